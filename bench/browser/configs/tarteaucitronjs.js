// As in the maker's README, with five services of one's own.
tarteaucitronForceLanguage = "en";
tarteaucitron.init({
  privacyUrl: "/privacy",
  bodyPosition: "bottom",
  hashtag: "#tarteaucitron",
  cookieName: "tarteaucitron",
  orientation: "middle",
  groupServices: false,
  showDetailsOnClick: true,
  serviceDefaultState: "wait",
  showIcon: true,
  iconPosition: "BottomRight",
  DenyAllCta: true,
  AcceptAllCta: true,
  highPrivacy: true,
  moreInfoLink: true,
  mandatory: true,
  mandatoryCta: true,
});
for (const [key, type] of [["region", "other"], ["counter", "analytic"], ["ads", "ads"], ["address", "other"], ["model", "other"]]) {
  tarteaucitron.services[key] = { key, type, name: key, needConsent: true, cookies: [key], uri: "/privacy", js() {}, fallback() {} };
  (tarteaucitron.job = tarteaucitron.job || []).push(key);
}
