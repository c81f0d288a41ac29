// Makes choices work in the page: the preference center as a dialog, answers without leaving it.
// Everything here also works by forms and links alone. Nothing is parsed from strings, so Trusted Types have nothing to object to.

/** @typedef {{allowed: string[], asks: string[], said?: string, asking?: string}} State what `GET choice` tells, and `POST choice` says */

const base = new URL("../", import.meta.url);
const holder = document.querySelector("[data-privacy-allowed]");
/** Finds a part of ours. @param {string} name */
const find = (name, within = document) => within.querySelector(`[data-privacy-ui="${name}"]`);

let allowed = new Set(holder?.dataset.privacyAllowed.split(" "));
let isBusy = false;
/** @type {HTMLDialogElement | undefined} */
let dialog;
/** @type {HTMLElement | undefined} */
let status;

// Into the top layer, above whatever z-index the page uses, and out of the reach of a transformed body.
/** @param {HTMLElement | null} part */
const lift = (part) => {
  if (!part?.showPopover) return;
  part.popover = "manual";
  part.showPopover();
};
lift(document.querySelector(".privacy-ui-bar"));
lift(find("entry"));

// What only some pages need.
const activation = () => import("./activate.js");

const bySignal = navigator.globalPrivacyControl && document.querySelector("script[data-privacy-signal]")?.dataset.privacySignal.split(" ");
/** Says whether a purpose or a service is allowed. @param {string} id */
const allows = (id) => allowed.has(id) && !bySignal?.includes(id);

/** Where the preference center is, and the way back to this page. */
const center = () => {
  const url = new URL("preferences", base);
  url.searchParams.set("next", location.pathname + location.search);
  if (holder?.lang) url.searchParams.set("lang", holder.lang);
  return url;
};

/** Fetches the preference center. The browser parses a document response by itself, which Trusted Types allow. */
const load = () => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  request.open("GET", center());
  request.responseType = "document";
  request.onload = () => {
    const found = request.response && find("preferences", request.response);
    found ? resolve(document.importNode(found, true)) : reject();
  };
  request.onerror = reject;
  request.send();
});

/** Opens the preference center: as a dialog, or as a page where that fails. */
const open = async () => {
  if (dialog?.open || isBusy) return;
  isBusy = true;
  try {
    const content = await load();
    const link = content.querySelector('[data-privacy-action="close"]');
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.privacyAction = "close";
    button.append(...link.childNodes);
    link.replaceWith(button);
    const heading = content.querySelector("h1");
    heading.tabIndex = -1;
    heading.autofocus = true;
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.dataset.privacyUi = "dialog";
      dialog.setAttribute("aria-labelledby", heading.id);
      document.body.append(dialog);
    }
    dialog.lang = content.lang;
    dialog.dir = content.dir;
    dialog.replaceChildren(content);
    dialog.showModal();
    const long = content.querySelector("[data-privacy-script]");
    if (long) import(new URL(long.dataset.privacyScript, base)).then((module) => module.search(content), () => {});
  } catch {
    location.assign(center());
  }
  isBusy = false;
};

/** Says what happened, to the eye and to a screen reader. @param {string} text */
const say = (text) => {
  if (!status) {
    status = document.createElement("p");
    status.dataset.privacyUi = "status";
    status.setAttribute("role", "status");
    status.lang = holder?.lang;
    status.dir = holder?.dir;
    document.body.append(status);
    lift(status);
  }
  // A live region speaks only when it changes after it was there.
  setTimeout(() => (status.textContent = text), 100);
  setTimeout(() => (status.textContent = ""), 5000);
};

// What was said of a choice that loaded the page again.
if (window.name.startsWith("privacy ")) {
  say(window.name.slice(8));
  window.name = "";
}

/** Lets a new state take effect. @param {State} state @param {boolean} [mayReload] */
const settle = async (state, mayReload = true) => {
  const before = allowed;
  const text = state.said || holder?.dataset.privacySaved;
  allowed = new Set(state.allowed);
  // What is in this page was decided before. A listener that adapts the page by itself says so.
  const event = new CustomEvent("privacy:change", { detail: state, cancelable: true });
  if (document.dispatchEvent(event)) {
    const isLess = [...before].some((id) => !allowed.has(id));
    const isMore = [...allowed].some((id) => !before.has(id));
    if (isLess ? mayReload : isMore && !(await (await activation()).activate(allowed))) {
      // A window keeps its name when it is loaded again. One that has a name of its own says nothing.
      window.name ||= "privacy " + text;
      return location.reload();
    }
  }
  dialog?.close();
  const banner = find("banner");
  const hadFocus = banner?.contains(document.activeElement);
  if (!state.asks.length) banner?.remove();
  else if (state.asking) banner?.querySelector("[data-privacy-asking]")?.replaceChildren(state.asking);
  if (hadFocus) find("entry")?.querySelector("a").focus({ preventScroll: true });
  say(text);
};

/** Sends one of our forms as JSON. @param {HTMLFormElement} form @param {string} action */
const send = async (form, action) => {
  const data = new FormData(form);
  // Not form.action: the buttons are called that.
  const reply = await fetch(form.getAttribute("action"), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      ...Object.fromEntries(data),
      action,
      purpose: data.getAll("purpose"),
      service: data.getAll("service"),
      listed: data.getAll("listed"),
    }),
  });
  if (!reply.ok) throw reply.status;
  settle(await reply.json());
};

document.addEventListener("submit", async (event) => {
  /** @type {{target: HTMLFormElement, submitter: HTMLButtonElement | null}} */
  const { target: form, submitter: button } = event;
  const action = button?.dataset.privacyAction;
  if (!action || event.defaultPrevented || !form.closest("[data-privacy-ui],[data-privacy-gated]")) return;
  event.preventDefault();
  if (action === "manage") return open();
  if (isBusy) return;
  isBusy = true;
  try {
    await send(form, action);
  } catch {
    // The plain form shows what is wrong.
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "action";
    field.value = action;
    form.append(field);
    form.submit();
  }
  isBusy = false;
});

document.addEventListener("click", (event) => {
  const control = event.target.closest?.("[data-privacy-action]");
  const action = control?.dataset.privacyAction;
  if (!action || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (action === "manage" && control.localName === "a") {
    event.preventDefault();
    open();
  } else if (action === "close" && dialog?.contains(control)) {
    dialog.close();
  } else if (action === "load-once") {
    activation().then(({ loadOnce }) => loadOnce(control));
  }
});

// A page out of some cache, or made ahead, may show what was decided before another choice.
addEventListener("pageshow", async ({ persisted }) => {
  const { transferSize, workerStart, activationStart, type } = performance.getEntriesByType("navigation")[0] ?? {};
  if (persisted || !transferSize || workerStart || activationStart) {
    (await activation()).refresh(base, allowed, find("banner"), (state) => settle(state, persisted || type !== "reload"));
  }
});

window.privacy = Object.freeze({ allows, open, get allowed() { return [...allowed].filter(allows); } });
