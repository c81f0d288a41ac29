// Puts into the page what has just been allowed, without loading the page again, and looks after pages out of caches.
// Loaded by the module when it is needed. Nothing is parsed from strings here either.

/** Whether the visitor has begun to fill in something that a reload would lose. */
const isBegun = () =>
  [...document.querySelectorAll("input, textarea, select")].some((field) =>
    field.type === "hidden" || field.closest("[data-privacy-ui]") ? false
    : field.options ? [...field.options].some((option) => option.selected !== option.defaultSelected && field.selectedIndex > 0)
    : field.value !== field.defaultValue && !/^(checkbox|radio)$/.test(field.type) || field.checked !== field.defaultChecked);

/** Asks for this page once more. What the server would now let through stands in templates, each with the key of its marker. */
const ask = (/** @type {string} */ ids) => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  request.open("GET", location.href);
  request.responseType = "document";
  request.setRequestHeader("Accept", "text/html");
  request.setRequestHeader("Privacy-Activation", ids);
  request.onload = () => (request.status === 200 && request.response ? resolve(request) : reject());
  request.onerror = reject;
  request.send();
});

/** Resolves when a script has run, or failed to. */
const ended = (/** @type {HTMLScriptElement} */ script) => new Promise((resolve) => {
  script.onload = script.onerror = resolve;
});

/** Puts elements in the places of their markers, in the order of the page. Says whether nothing was in the way. */
const graft = async (/** @type {Document} */ page, /** @type {string} */ within) => {
  const found = new Map([...page.querySelectorAll("template[data-privacy-key]:not([data-privacy-gated])")].map((each) => [each.dataset.privacyKey, each]));
  // An inline script of the page we asked for has that page's nonce; this one has its own.
  const nonce = document.querySelector("script[data-privacy-module]")?.nonce;
  let isBlocked = false;
  const onViolation = (event) => (isBlocked ||= event.disposition === "enforce");
  document.addEventListener("securitypolicyviolation", onViolation);
  const late = [];
  for (const marker of document.querySelectorAll(`${within}[data-privacy-key]`)) {
    const template = found.get(marker.dataset.privacyKey);
    if (!template || isBlocked) continue;
    // Out of a template comes a script that has not run yet, and it is no copy: Trusted Types believe what a parser wrote.
    const fragment = document.createDocumentFragment();
    fragment.append(...template.content.childNodes);
    const scripts = [...fragment.querySelectorAll("script")];
    for (const script of scripts) if (script.hasAttribute("nonce")) script.nonce = nonce;
    const [first] = scripts;
    // Not the properties: a script that no parser put in counts as async.
    const isAsync = first?.hasAttribute("async");
    const isLate = first && !isAsync && (first.type === "module" || (first.src && first.hasAttribute("defer")));
    if (isLate && scripts.length === 1) {
      late.push([marker, fragment, first]);
      continue;
    }
    // Those with an address would not wait for each other: each is waited for before the next one is put in.
    const waits = first?.src && !isAsync ? ended(first) : null;
    marker.replaceWith(fragment);
    await waits;
  }
  for (const [marker, fragment, script] of late) {
    if (isBlocked) break;
    const waits = script.src ? ended(script) : null;
    marker.replaceWith(fragment);
    await waits;
  }
  // The browser tells of violations a moment later.
  await new Promise((resolve) => setTimeout(resolve, 50));
  document.removeEventListener("securitypolicyviolation", onViolation);
  return !isBlocked;
};

/** Lets a grant take effect in this page. Says whether it did; if not, the page has to be loaded again. */
export const activate = async () => {
  try {
    const request = await ask("");
    const isDone = await graft(request.response, "");
    // An app that asks for the consent itself may have other things to show.
    return isDone && (isBegun() || !request.getResponseHeader("Privacy-Depends"));
  } catch {
    return isBegun();
  }
};

/** Loads one frame this once: nothing is recorded. */
export const loadOnce = async (/** @type {HTMLElement} */ button) => {
  const { privacyGated, privacyKey } = button.closest("[data-privacy-key]").dataset;
  const request = await ask(privacyGated);
  return graft(request.response, `[data-privacy-key="${privacyKey}"]`);
};

/** Reads anew what holds, and settles it where this page shows something else. */
export const refresh = async (base, allowed, banner, settle) => {
  try {
    const state = await (await fetch(new URL("choice", base))).json();
    if ((banner && !state.asks.length) || state.allowed.length !== allowed.size || state.allowed.some((id) => !allowed.has(id))) settle(state);
  } catch {
    // Offline: the page stays as it was.
  }
};
