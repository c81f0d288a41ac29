// Runs before everything else in the page, and notes what a visitor would notice.
(selector) => {
  const seen = (window.__seen = { visible: null, tasks: [], shift: 0, largestIsBanner: false });
  const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("longtask", ({ startTime, duration }) => seen.tasks.push([startTime, duration]));
  watch("layout-shift", ({ value, hadRecentInput }) => { if (!hadRecentInput) seen.shift += value; });
  watch("largest-contentful-paint", ({ element }) => { seen.largestIsBanner = Boolean(element?.closest(selector)); });
  // The first frame in which some of it is on the screen, however faint: animations do not count against anybody.
  const look = () => {
    const banner = document.querySelector(selector);
    const { top, bottom, left, right } = banner?.getBoundingClientRect() ?? { top: 0, bottom: 0, left: 0, right: 0 };
    const width = Math.min(right, innerWidth) - Math.max(left, 0);
    const height = Math.min(bottom, innerHeight) - Math.max(top, 0);
    if (width > 20 && height > 20 && banner.checkVisibility({ opacityProperty: true, visibilityProperty: true })) {
      seen.visible = performance.now();
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
