// Finds the controls of a consent notice in this document, by what they are called. Returns what can be told of each; the
// elements themselves stay in `window[Symbol.for("consent-audit")]`, to be pressed by number.
({ patterns, about, necessary }) => {
  const kinds = Object.entries(patterns).map(([kind, text]) => [kind, new RegExp(text, "iu")]);
  const speaks = new RegExp(about, "iu");
  const isNecessary = new RegExp(necessary, "iu");
  const own = { "accept-all": "accept", "reject-all": "reject", manage: "manage", save: "save" };
  const found = [];
  const elements = (window[Symbol.for("consent-audit")] = []);
  const everything = (root) =>
    [...root.querySelectorAll("*")].flatMap((element) => [element, ...(element.shadowRoot ? everything(element.shadowRoot) : [])]);
  const parent = (element) => element.parentElement ?? element.getRootNode().host ?? null;
  const isVisible = (element) => {
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) return false;
    return !element.checkVisibility || element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const clean = (text) => text.replace(/[\s ]+/g, " ").replace(/^[\s✓✔✕×›»→.…!]+|[\s✓✔✕×›»→.…!]+$/g, "");
  const nameOf = (element) =>
    clean(element.getAttribute("aria-label") || element.innerText || element.value || element.title || element.querySelector?.("img")?.alt || "");
  // The nearest part of the page that asks for consent: it floats, is a dialog, is named so, or is small.
  const noticeAround = (element) => {
    const known = element.closest("[data-privacy-ui]");
    if (known) return known;
    for (let part = parent(element), depth = 0; part && part !== document.body && depth < 14; part = parent(part), depth++) {
      const text = part.innerText ?? "";
      if (!speaks.test(text) && !speaks.test(part.getAttribute("aria-label") ?? "")) continue;
      const style = getComputedStyle(part);
      const named = `${part.id} ${typeof part.className === "string" ? part.className : ""}`;
      if (/fixed|sticky/.test(style.position) || part.matches('dialog, [role~="dialog"], [role~="alertdialog"], [role~="region"]')) return part;
      // A page of choices, rather than a notice on a page.
      if (part.matches("form, main") && speaks.test(part.querySelector("h1, h2, legend")?.innerText ?? "")) return part;
      if (/consent|cookie|privacy|gdpr|cmp|notice|banner/i.test(named) || text.length < 1500) return part;
    }
    // A notice that fills a frame of its own.
    return window !== window.top && speaks.test(document.body?.innerText ?? "") ? document.body : null;
  };
  const modal = document.querySelector("dialog[open]");
  for (const element of everything(document)) {
    const isBox = element.matches('input[type="checkbox"], [role="switch"], [role="checkbox"]');
    const isControl = element.matches('button, a, [role="button"], input[type="button"], input[type="submit"]');
    if (!isBox && !isControl) continue;
    if (modal && !modal.contains(element)) continue;
    const notice = noticeAround(element);
    if (isBox) {
      const label = clean(element.labels?.[0]?.innerText || nameOf(element));
      const isOn = element.checked ?? element.getAttribute("aria-checked") === "true";
      const isFixed = element.disabled || element.getAttribute("aria-disabled") === "true" || isNecessary.test(label);
      const isShown = isVisible(element) || isVisible(element.labels?.[0] ?? element);
      if (!notice || !isShown) continue;
      elements.push(element);
      found.push({ kind: "switch", name: label.slice(0, 80), is_on: isOn, is_fixed: isFixed, index: elements.length - 1 });
      continue;
    }
    if (!isVisible(element) || element.disabled) continue;
    const name = nameOf(element);
    if (!name || name.length > 70) continue;
    const kind = own[element.dataset?.privacyAction] ?? kinds.find(([, pattern]) => pattern.test(name))?.[0];
    if (!kind || (!notice && kind !== "manage")) continue;
    if (kind === "manage" && !notice && !speaks.test(name)) continue;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    elements.push(element);
    found.push({
      kind,
      name,
      index: elements.length - 1,
      in_notice: notice !== null,
      width: box.width,
      height: box.height,
      font_size: parseFloat(style.fontSize),
      background: style.backgroundColor,
      border: style.borderTopWidth === "0px" || style.borderTopStyle === "none" ? "" : style.borderTopColor,
      is_link: element.localName === "a" && !element.matches('[role="button"]') && style.display === "inline",
    });
  }
  return found;
};
