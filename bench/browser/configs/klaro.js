// As in the maker's example, with its default texts; one service for each purpose.
var klaroConfig = {
  version: 1,
  elementID: "klaro",
  acceptAll: true,
  translations: {
    zz: { privacyPolicyUrl: "/privacy" },
    en: { purposes: { preferences: "Preferences", analytics: "Analytics", marketing: "Marketing", network: "Network details", device: "Device details" } },
  },
  services: [
    { name: "region", title: "Region", purposes: ["preferences"], cookies: ["region"] },
    { name: "counter", title: "Counter", purposes: ["analytics"], cookies: [/^_ga/] },
    { name: "ads", title: "Ads", purposes: ["marketing"], cookies: ["ads"] },
    { name: "address", title: "Address", purposes: ["network"] },
    { name: "model", title: "Model", purposes: ["device"] },
  ],
};
