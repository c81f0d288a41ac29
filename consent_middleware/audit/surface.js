// Notes which questions scripts ask about the device. Runs before every script of every frame, and changes no answer.
(() => {
  const seen = new Set();
  Object.defineProperty(window, Symbol.for("consent-audit-probes"), { value: seen });
  const asker = () => {
    const line = (new Error().stack ?? "").split("\n").slice(3).find((part) => /https?:/.test(part)) ?? "";
    const address = line.match(/https?:\/\/([^/:)\s]+)/);
    return address ? address[1] : "";
  };
  const note = (family) => {
    if (seen.size < 500) seen.add(`${family} ${asker()}`);
  };
  const watchCall = (owner, name, family) => {
    const whole = owner?.prototype?.[name];
    if (typeof whole !== "function") return;
    owner.prototype[name] = function (...given) {
      note(family);
      return whole.apply(this, given);
    };
  };
  const watchGet = (owner, name, family) => {
    const whole = owner && Object.getOwnPropertyDescriptor(owner.prototype, name);
    if (!whole?.get || !whole.configurable) return;
    Object.defineProperty(owner.prototype, name, {
      ...whole,
      get() {
        note(family);
        return whole.get.call(this);
      },
    });
  };
  watchCall(window.HTMLCanvasElement, "toDataURL", "canvas");
  watchCall(window.HTMLCanvasElement, "toBlob", "canvas");
  watchCall(window.CanvasRenderingContext2D, "getImageData", "canvas");
  watchCall(window.WebGLRenderingContext, "getParameter", "webgl");
  watchCall(window.WebGL2RenderingContext, "getParameter", "webgl");
  watchCall(window.OfflineAudioContext, "startRendering", "audio");
  watchCall(window.SpeechSynthesis, "getVoices", "voices");
  watchCall(window.RTCPeerConnection, "createDataChannel", "webrtc");
  watchCall(window.NavigatorUAData, "getHighEntropyValues", "hints");
  watchCall(window.Navigator, "getBattery", "battery");
  watchGet(window.Navigator, "plugins", "plugins");
  watchGet(window.Navigator, "deviceMemory", "memory");
  watchGet(window.Navigator, "hardwareConcurrency", "processors");
  let measured = 0;
  const whole = window.CanvasRenderingContext2D?.prototype.measureText;
  if (whole) {
    // A page measures a text or two; who measures dozens asks which fonts are there.
    window.CanvasRenderingContext2D.prototype.measureText = function (...given) {
      if (++measured === 30) note("fonts");
      return whole.apply(this, given);
    };
  }
})();
