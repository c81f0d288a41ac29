// Keeps scripts from storing, and from reading, what the visitor does not allow, and clears what a choice refused.
// It comes before every other script and is a seat belt: a script that wants to get around it can (another realm, say).
// The server, the HTML gate and the content security policy are the wall.
(() => {
  const { privacyGuard, privacyRefused, privacySignal } = document.currentScript.dataset;
  const words = (text) => new Set(text ? text.split(" ") : []);
  const bySignal = words(navigator.globalPrivacyControl ? privacySignal : "");
  // By kind: who a name belongs to, and what the name looks like. The server fills this in.
  const table = { /* table */ };
  let allowed = words(privacyGuard);
  let refused = words(privacyRefused);

  /** To whom a name belongs; the first entry that fits it says so. */
  const ownerOf = (kind, name) => {
    for (const entry of table[kind]) {
      // Compiled when it is first needed.
      entry[2] ??= new RegExp(`^(?:${entry[1]})$`, "s");
      if (entry[2].test(name)) return entry[0];
    }
  };
  const isAllowed = (owner) => !owner || (allowed.has(owner) && !bySignal.has(owner));
  const isOff = (kind, name) => !isAllowed(ownerOf(kind, name));

  const nameOf = (crumb) => crumb.slice(0, Math.max(0, crumb.indexOf("="))).trim();
  const valueOf = (text, attribute) =>
    text.split(";").slice(1).map((part) => part.trim().split(/\s*=\s*/)).findLast((part) => part[0].toLowerCase() === attribute)?.[1];
  /** Whether a cookie that is being set is being deleted. Max-Age beats Expires. */
  const isDeletion = (text) => {
    const age = valueOf(text, "max-age");
    return age ? age <= 0 : Date.parse(valueOf(text, "expires")) <= Date.now();
  };

  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  const crumbs = () => cookie.get.call(document).split("; ");
  Object.defineProperty(Document.prototype, "cookie", {
    ...cookie,
    get() {
      return cookie.get.call(this).split("; ").filter((crumb) => !isOff("cookie", nameOf(crumb))).join("; ");
    },
    set(text) {
      // Once: what an object says of itself may change.
      text = `${text}`;
      if (!isOff("cookie", nameOf(text.split(";", 1)[0]))) cookie.set.call(this, text);
      // Of repeated attributes the last one counts, so this deletes, whatever else it says.
      else if (isDeletion(text)) cookie.set.call(this, `${text};Max-Age=0`);
    },
  });

  /** Puts a function in the place of a method; it gets the native one. */
  const replace = (owner, name, make) => {
    const native = owner?.prototype[name];
    if (native) owner.prototype[name] = { [name](...given) { return make(native, this, given); } }[name];
  };

  /** The same for methods of the cookie store, which take a name or an object that has one. */
  const replaceInStore = (name, instead) =>
    replace(globalThis.CookieStore, name, (native, store, [first, ...rest]) => {
      first = typeof first === "object" ? { ...first } : first === undefined ? first : `${first}`;
      const asked = first?.name ?? first;
      return typeof asked === "string" && isOff("cookie", asked) ? Promise.resolve(instead) : native.call(store, first, ...rest);
    });
  replaceInStore("set");
  replaceInStore("get", null);
  replace(globalThis.CookieStore, "getAll", async (native, store, given) =>
    (await native.apply(store, given)).filter(({ name }) => !isOff("cookie", name)));

  const guardStorage = (name, instead) =>
    replace(Storage, name, (native, store, [key, ...rest]) => {
      key = `${key}`;
      return isOff(store === sessionStorage ? "session" : "local", key) ? instead : native.call(store, key, ...rest);
    });
  guardStorage("setItem");
  guardStorage("getItem", null);

  replace(IDBFactory, "open", (native, factory, [name, ...rest]) => {
    name = `${name}`;
    if (isOff("indexeddb", name)) throw new DOMException("The visitor does not allow this.", "SecurityError");
    return native.call(factory, name, ...rest);
  });

  // What tells the inventory, where there is one. The server fills this in.
  { /* telling */ }

  /** Removes what a recorded choice refuses. Without a choice everything stays where it is, unseen. */
  const clear = async () => {
    const isRefused = (kind, name) => refused.has(ownerOf(kind, name));
    const hosts = location.hostname.split(".").map((_, index, parts) => parts.slice(index).join("."));
    const folders = location.pathname.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/"));
    for (const name of crumbs().map(nameOf).filter((name) => isRefused("cookie", name))) {
      for (const path of folders.flatMap((folder) => [folder, `${folder}/`])) {
        for (const domain of ["", ...hosts.map((host) => `;Domain=${host}`)]) {
          for (const more of ["", ";Secure;Partitioned"]) cookie.set.call(document, `${name}=;Max-Age=0;Path=${path}${domain}${more}`);
        }
      }
    }
    try {
      for (const [kind, store] of [["local", localStorage], ["session", sessionStorage]]) {
        for (const key of Object.keys(store)) if (isRefused(kind, key)) store.removeItem(key);
      }
      for (const { name } of await indexedDB.databases()) if (isRefused("indexeddb", name)) indexedDB.deleteDatabase(name);
    } catch {
      // A browser that lets nobody store anything has nothing to clear.
    }
  };

  // Not now: reading a store for the first time can take longer than all of this.
  if (refused.size) addEventListener("DOMContentLoaded", clear);
  const follow = ({ detail }) => {
    allowed = new Set(detail.allowed);
    refused = new Set(detail.refused);
    clear();
  };
  // The first one comes in pages that are the same for everyone, when it is known who this is.
  for (const event of ["privacy:state", "privacy:change"]) document.addEventListener(event, follow, true);
})();
