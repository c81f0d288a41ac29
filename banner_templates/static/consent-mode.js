// Tells Google's tags what they may do: Consent Mode v2, https://developers.google.com/tag-platform/security/guides/consent
// The server knows the answer before the first tag runs, so nothing has to wait.
(() => {
  // Each signal and the purpose or service it follows. The server fills this in.
  const signals = { /* table */ };
  const { privacyConsent, privacySignal } = document.currentScript.dataset;
  const bySignal = navigator.globalPrivacyControl && privacySignal ? privacySignal.split(" ") : [];
  const states = (/** @type {string[]} */ allowed) =>
    Object.fromEntries(Object.entries(signals).map(([signal, id]) =>
      [signal, allowed.includes(id) && !bySignal.includes(id) ? "granted" : "denied"]));
  window.dataLayer ||= [];
  // Tags tell commands from data by their being an `arguments` object.
  function tell() {
    window.dataLayer.push(arguments);
  }
  tell("consent", "default", states(privacyConsent.split(" ")));
  // The first one comes in pages that are the same for everyone, when it is known who this is.
  for (const event of ["privacy:state", "privacy:change"]) {
    document.addEventListener(event, ({ detail }) => tell("consent", "update", states(detail.allowed)), true);
  }
})();
