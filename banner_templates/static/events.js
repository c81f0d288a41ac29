// Reports clicks on what the site marks with data-privacy-event: that name, the page's path, how long ago. Nothing that was typed.
// Sent only to visitors who allow it; the server asks again with each report.
(() => {
  const { src, dataset } = document.currentScript;
  const address = new URL("../events", src);
  /** @type {[string, number][]} */
  let clicks = [];

  const report = () => {
    if (!clicks.length) return;
    const now = performance.now();
    const body = { path: location.pathname, clicks: clicks.map(([name, at]) => [name, Math.round(now - at)]) };
    clicks = [];
    // A string goes as text/plain, which a browser still sends while the page is left.
    navigator.sendBeacon(address, JSON.stringify(body));
  };

  const note = (/** @type {MouseEvent} */ event) => {
    const marked = event.isTrusted && event.target.closest?.("[data-privacy-event]");
    if (!marked) return;
    clicks.push([marked.dataset.privacyEvent, performance.now()]);
    if (clicks.length >= 20) report();
  };

  // First of all listeners: one of the page's own may stop the event, or leave the page.
  addEventListener("click", note, true);
  addEventListener("pagehide", report);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && report());
  document.addEventListener("privacy:change", (event) => {
    if (event.detail.allowed.includes(dataset.privacyRecords)) return;
    clicks = [];
    removeEventListener("click", note, true);
  });
})();
