// Makes choices work in the page: the preference center as a dialog, answers without leaving.
// Everything here also works without it, by forms and links. Nothing is parsed from strings, so it runs under Trusted Types.

const base = new URL("../", import.meta.url);
const holder = document.querySelector("[data-privacy-allowed]");
let allowed = new Set(holder?.dataset.privacyAllowed.split(" "));
/** @type {HTMLDialogElement | undefined} */
let dialog;

/** @param {string} id a purpose or a service @returns {boolean} */
const allows = (id) => allowed.has(id);

const here = () => location.pathname + location.search;

/** Fetches the preference center; a document response is parsed by the browser, which Trusted Types allow. */
const load = () => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  request.open("GET", new URL(`preferences?next=${encodeURIComponent(here())}&lang=${holder?.lang || ""}`, base));
  request.responseType = "document";
  request.onload = () => {
    const center = request.response?.querySelector('[data-privacy-ui="preferences"]');
    center ? resolve(document.importNode(center, true)) : reject(request.status);
  };
  request.onerror = reject;
  request.send();
});

/** Opens the preference center, as a dialog where that is possible. */
const open = async () => {
  try {
    if (dialog?.open) return;
    const center = await load();
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.dataset.privacyUi = "dialog";
      document.body.append(dialog);
    }
    dialog.setAttribute("aria-labelledby", "privacy-ui-heading");
    dialog.replaceChildren(center);
    const close = dialog.querySelector('[data-privacy-action="close"]');
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.privacyAction = "close";
    button.textContent = close.textContent;
    close.replaceWith(button);
    const heading = dialog.querySelector("h1");
    heading.tabIndex = -1;
    heading.autofocus = true;
    dialog.showModal();
  } catch {
    location.assign(new URL(`preferences?next=${encodeURIComponent(here())}`, base));
  }
};

/** Lets a new state take effect. @param {{allowed: string[], asks: string[]}} state */
const settle = (state) => {
  const before = allowed;
  allowed = new Set(state.allowed);
  const differs = before.size !== allowed.size || [...before].some((id) => !allowed.has(id));
  const event = new CustomEvent("privacy:change", { detail: state, cancelable: true });
  // What the server put into this page was decided before: another choice, another page. A listener may know better.
  if (document.dispatchEvent(event) && differs) return location.reload();
  dialog?.close();
  if (state.asks.length) return;
  document.querySelector('[data-privacy-ui="banner"]')?.remove();
};

/** Sends a form of ours as JSON. @param {HTMLFormElement} form @param {HTMLElement | null} button */
const send = async (form, button) => {
  const data = new FormData(form);
  const reply = await fetch(form.getAttribute("action"), {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({
      action: button.value,
      purposes: data.getAll("purpose"),
      service: data.getAll("service"),
      listed: data.getAll("listed"),
      lang: data.get("lang"),
      token: data.get("token") || "",
    }),
  });
  if (!reply.ok) throw reply;
  settle(await reply.json());
};

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  const action = button?.dataset.privacyAction;
  if (!action || !form.closest("[data-privacy-ui]")) return;
  event.preventDefault();
  if (action === "manage") return open();
  // Whatever goes wrong, the plain form still works and shows what happened.
  send(form, button).catch(() => {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "action";
    field.value = button.value;
    form.append(field);
    form.submit();
  });
});

document.addEventListener("click", (event) => {
  const control = event.target.closest?.("[data-privacy-action]");
  const action = control?.dataset.privacyAction;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (action === "manage" && control.localName === "a") {
    event.preventDefault();
    open();
  } else if (action === "close" && dialog?.contains(control)) {
    dialog.close();
  }
});

// A page that comes back from the back/forward cache may show a banner that was answered meanwhile.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  fetch(new URL("choice", base), { headers: { Accept: "application/json" } })
    .then((reply) => reply.json())
    .then((state) => {
      if (state.allowed.join() !== [...allowed].join() || (holder?.dataset.privacyState && !state.asks.length)) settle(state);
    })
    .catch(() => {});
});

window.privacy = Object.freeze({ allows, open });
