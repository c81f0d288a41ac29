// Finds a service among many: shows the rows of the preference center that hold every word one types.
// Loaded by the page, or by the module into its dialog. Switches that are hidden stay in the form.

/** @param {ParentNode} center the preference center */
export const search = (center) => {
  const field = /** @type {HTMLInputElement | null} */ (center.querySelector("[data-privacy-search]"));
  if (!field) return;
  const box = /** @type {HTMLElement} */ (field.closest(".privacy-ui-search"));
  const nothing = /** @type {HTMLElement} */ (box.querySelector("[role=status]"));
  const none = nothing.dataset.privacyNone ?? "";
  const fold = (/** @type {string} */ text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  box.hidden = false;
  field.addEventListener("input", () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    const fits = (/** @type {Element} */ element) => words.every((word) => fold(element.textContent ?? "").includes(word));
    let shown = 0;
    for (const purpose of center.querySelectorAll(".privacy-ui-purpose")) {
      const details = purpose.querySelector("details");
      const services = [...purpose.querySelectorAll(".privacy-ui-services > li")];
      const found = services.filter(fits);
      for (const service of services) service.hidden = Boolean(words.length && found.length && !found.includes(service));
      purpose.hidden = !fits(purpose);
      if (!purpose.hidden) shown += 1;
      if (details) details.open = Boolean(words.length && found.length);
    }
    nothing.textContent = shown ? "" : none;
  });
  // Enter would press the first button of the form: an answer nobody meant.
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
};

if (document.querySelector("[data-privacy-page]")) search(document);
