// A part of guard.js, where the team's overview is on: tells the server under which keys the page stores something, refused or not.
// Names only, each once a page, and without what may be an id in them. The same stars as in overview/naming.py.
const personal = /[?={[].*|[^\s:/|,;]*(?:@|[^\x20-\x7e])[^\s:/|,;]*|[\da-f]{8}-[\da-f]{4}-[\da-f-]{4,27}|\d{5,}|(?=[\da-f]*\d)[\da-f]{8,}|(?=[\da-z]*\d)[\da-z]{16,}|[\da-z]{33,}/gis;
const { privacyTell } = document.currentScript.dataset;
const told = new Set();
let untold = [];
const note = (kind, name) => {
  const written = name.slice(0, 400).replace(personal, "*").slice(0, 100);
  if (!written || told.size > 19 || told.size === told.add(kind + written).size) return;
  untold.push([kind, written, isOff(kind, name)]);
};
// Around the guard's own methods, so that what they refuse is heard, too.
replace(Storage, "setItem", (native, store, [key, ...rest]) => {
  key = `${key}`;
  note(store === sessionStorage ? "session" : "local", key);
  return native.call(store, key, ...rest);
});
replace(IDBFactory, "open", (native, factory, [name, ...rest]) => {
  name = `${name}`;
  note("indexeddb", name);
  return native.call(factory, name, ...rest);
});
const tell = () => {
  if (untold.length) navigator.sendBeacon(privacyTell, JSON.stringify({ path: location.pathname.slice(0, 256), keys: untold }));
  untold = [];
};
addEventListener("pagehide", tell);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && tell());
