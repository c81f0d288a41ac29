// Brings the visitor's part into a page that is the same for everyone: the banner or the entry, and what is allowed.
// Nothing is parsed from strings here either, and nothing runs before the state of this visitor is known.

/** @type {HTMLScriptElement} */
const own = document.querySelector("script[data-privacy-page]");

/** Asks for the fragment. By POST: no cache answers that, or keeps the answer. @returns {Promise<HTMLTemplateElement>} */
const ask = () => new Promise((resolve, reject) => {
  const request = new XMLHttpRequest();
  request.open("POST", new URL("../fragment", import.meta.url));
  request.responseType = "document";
  request.onload = () => {
    const found = request.response?.querySelector("template[data-privacy-fragment]");
    found ? resolve(found) : reject();
  };
  request.onerror = reject;
  request.send(new URLSearchParams({ page: own.dataset.privacyPage, query: location.search }));
});

/** Our part of the page is its own, also where it is shown in a frame of the site. */
const isFramed = self !== top;

const begin = async () => {
  const { content, dataset } = await ask();
  if (dataset.privacyRestriction) {
    // The page came with the hosts of everybody. From here on this visitor's are the only ones.
    const meta = document.createElement("meta");
    meta.httpEquiv = "Content-Security-Policy";
    meta.content = dataset.privacyRestriction;
    document.head.append(meta);
  }
  const { dataset: said, lang, dir } = content.querySelector("script[data-privacy-module]") ?? {};
  Object.assign(own.dataset, said);
  Object.assign(own, { lang, dir });
  const records = content.querySelector("script[data-privacy-records]");
  if (records) records.nonce = own.nonce;
  const parts = [...content.querySelectorAll(":is(section, aside)[data-privacy-ui]"), records].filter(Boolean);
  // First in reading order, like everywhere. Moved, not copied: of a script, Trusted Types believe only what a parser wrote.
  // Not after this script, which stands in the head where a page leaves out the tag of its body.
  if (!isFramed) document.body.prepend(...parts);
  else own.dataset.privacyAllowed = dataset.privacyAllowed;
  // It looks for what has just been put in.
  await import("./choices.js");
  const bySignal = navigator.globalPrivacyControl ? own.dataset.privacySignal?.split(" ") : [];
  const allowed = dataset.privacyAllowed.split(" ").filter((id) => !bySignal?.includes(id));
  const refused = dataset.privacyRefused ? dataset.privacyRefused.split(" ") : [];
  document.dispatchEvent(new CustomEvent("privacy:state", { detail: { allowed, refused } }));
  if ("privacyActivates" in dataset && own.dataset.privacyPage && document.querySelector("[data-privacy-gated][data-privacy-key]")) {
    await (await import("./activate.js")).begin(new Set(allowed));
  }
};

begin().catch(() => {
  // Offline, or not our server: the page stays as it is, with nothing in it that would have to be allowed.
});
