// Puts into the page what has just been allowed, without loading the page again, and looks after pages out of caches.
// Loaded by the module when it is needed. Nothing is parsed from strings here either.

/** Whether the visitor has begun to fill in something that a reload would lose. */
const isBegun = () =>
  [...document.querySelectorAll("input, textarea, select")].some((field) =>
    field.type === "hidden" || field.closest("[data-privacy-ui]") ? false
    : field.options ? [...field.options].some((option) => option.selected !== option.defaultSelected && field.selectedIndex > 0)
    : field.value !== field.defaultValue && !/^(checkbox|radio)$/.test(field.type) || field.checked !== field.defaultChecked);

const own = document.querySelector("script[data-privacy-module]");

/**
 * Asks for this page once more, as it is with `ids` allowed too; a page that caches keep, by an address that they do not. The server puts all of it into one template, where scripts do not
 * run, and a number on each element that belongs to a third party: the same number as on its marker.
 */
const ask = (/** @type {string} */ ids) => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  const privacyPage = own?.dataset.privacyPage;
  request.open(privacyPage ? "POST" : "GET", privacyPage ? new URL("../page", import.meta.url) : location.href);
  request.responseType = "document";
  request.setRequestHeader("Accept", "text/html");
  request.setRequestHeader("Privacy-Activation", ids);
  // Not out of the browser's cache, which may hold the page itself: whoever names a condition passes caches by
  // (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch). An XMLHttpRequest has no other way to say so.
  request.setRequestHeader("If-Modified-Since", new Date(0).toUTCString());
  request.onload = () => (request.status === 200 && pageOf(request) ? resolve(request) : reject());
  request.onerror = reject;
  request.send(privacyPage ? new URLSearchParams({ page: privacyPage, query: location.search }) : null);
});
const pageOf = (/** @type {XMLHttpRequest} */ request) => request.response?.querySelector("template[data-privacy-page]")?.content;

/** Resolves when a script has run, or failed to. */
const ended = (/** @type {HTMLScriptElement} */ script) => new Promise((resolve) => {
  script.onload = script.onerror = resolve;
});

/** Puts elements in the places of their markers, in the order of the page. Says whether nothing was in the way. */
const graft = async (/** @type {XMLHttpRequest} */ request, /** @type {Set<string>} */ allowed, within = "") => {
  const found = new Map([...pageOf(request).querySelectorAll("[data-privacy-key]")].map((each) => [each.dataset.privacyKey, each]));
  // An inline script of the page we asked for has that page's nonce; this one has its own.
  const nonce = own?.nonce;
  let isBlocked = false;
  const onViolation = (event) => (isBlocked ||= event.disposition === "enforce");
  document.addEventListener("securitypolicyviolation", onViolation);
  const put = async (/** @type {HTMLElement} */ marker, /** @type {HTMLElement} */ element) => {
    if (isBlocked) return;
    const waits = element.localName === "script" && element.src && !element.hasAttribute("async") ? ended(element) : null;
    // Not a copy: of a script, Trusted Types believe only what a parser wrote.
    marker.replaceWith(element);
    // Scripts with an address would not wait for each other, and the others not for them.
    await waits;
  };
  const late = [];
  for (const marker of document.querySelectorAll(`[data-privacy-gated][data-privacy-key]${within}`)) {
    const element = found.get(marker.dataset.privacyKey);
    const { privacyGated } = element?.dataset ?? {};
    if (!element || (privacyGated && !allowed.has(privacyGated))) continue;
    element.removeAttribute("data-privacy-key");
    if (element.hasAttribute("nonce")) element.nonce = nonce;
    if (marker.localName === element.localName && !/^(script|style|iframe)$/.test(element.localName)) {
      // It is there, but for the attributes that would have fetched something.
      for (const { name, value } of element.attributes) if (marker.getAttribute(name) !== value) marker.setAttribute(name, value);
      marker.removeAttribute("data-privacy-key");
      if (!privacyGated) marker.removeAttribute("data-privacy-gated");
    // Not the properties: a script that no parser put in counts as async.
    } else if (element.localName === "script" && !element.hasAttribute("async") && (element.type === "module" || (element.src && element.hasAttribute("defer")))) {
      late.push([marker, element]);
    } else await put(marker, element);
  }
  for (const [marker, element] of late) await put(marker, element);
  // The browser tells of violations a moment later.
  await new Promise((resolve) => setTimeout(resolve, 50));
  document.removeEventListener("securitypolicyviolation", onViolation);
  return !isBlocked;
};

/** Puts what was allowed before into a page that is the same for everyone. */
export const begin = async (/** @type {Set<string>} */ allowed) => graft(await ask(""), allowed);

/** Lets a grant take effect in this page. Says whether it did; if not, the page has to be loaded again. */
export const activate = async (/** @type {Set<string>} */ allowed) => {
  try {
    const request = await ask("");
    // An app that asks for the consent itself may have other things to show, and a page keeps the policy it was loaded with.
    if (request.getResponseHeader("Privacy-Depends") && !isBegun()) return false;
    return await graft(request, allowed);
  } catch {
    return isBegun();
  }
};

/**
 * Loads one frame this once: nothing is recorded. Where a content security policy is in the way, which cannot change before the page
 * is loaded again, the placeholder comes back with a word about that and a link to the same address in a tab of its own.
 */
export const loadOnce = async (/** @type {HTMLElement} */ button) => {
  /** @type {HTMLElement} */
  const placeholder = button.closest("[data-privacy-key]");
  const { privacyGated, privacyKey, privacyBlocked } = placeholder.dataset;
  const request = await ask(privacyGated);
  const frame = pageOf(request).querySelector(`[data-privacy-key="${privacyKey}"]`);
  const onViolation = ({ disposition, effectiveDirective }) => {
    if (disposition !== "enforce" || !/^(frame|child|default)-src$/.test(effectiveDirective)) return;
    document.removeEventListener("securitypolicyviolation", onViolation);
    const said = document.createElement("p");
    said.setAttribute("role", "alert");
    const link = document.createElement("a");
    link.href = frame.src;
    link.target = "_blank";
    link.rel = "noreferrer";
    link.textContent = link.host;
    said.append(privacyBlocked, " ", link);
    frame.replaceWith(placeholder);
    button.replaceWith(said);
    link.focus();
  };
  // It stays: a busy browser tells of a violation late.
  document.addEventListener("securitypolicyviolation", onViolation);
  return graft(request, new Set([privacyGated]), `[data-privacy-key="${privacyKey}"]`);
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
