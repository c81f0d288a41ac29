// The maker's layout "box", with buttons of equal weight. It has no texts of its own: these are ours.
CookieConsent.run({
  // It would not show itself to an automated browser.
  hideFromBots: false,
  guiOptions: { consentModal: { layout: "box", position: "bottom right", equalWeightButtons: true } },
  categories: { necessary: { enabled: true, readOnly: true }, preferences: {}, analytics: {}, marketing: {}, network: {}, device: {} },
  language: {
    default: "en",
    translations: {
      en: {
        consentModal: {
          title: "Your privacy at Harbour",
          description: 'Only what is necessary is on. If you allow it, we also use: Preferences, Analytics, Marketing, Network details and Device details. You can change your mind at any time. <a href="/privacy">Privacy policy</a>',
          acceptAllBtn: "Accept all",
          acceptNecessaryBtn: "Reject all",
          showPreferencesBtn: "Manage",
        },
        preferencesModal: {
          title: "Privacy choices",
          acceptAllBtn: "Accept all",
          acceptNecessaryBtn: "Reject all",
          savePreferencesBtn: "Save selection",
          closeIconLabel: "Close",
          sections: [
            { title: "Always on", description: "Without these the site cannot give you what you ask it for.", linkedCategory: "necessary" },
            { title: "Preferences", description: "Remembers settings such as language and region.", linkedCategory: "preferences" },
            { title: "Analytics", description: "Counts visits and clicks.", linkedCategory: "analytics" },
            { title: "Marketing", description: "Recognizes you on other sites.", linkedCategory: "marketing" },
            { title: "Network details", description: "Your full address in the network.", linkedCategory: "network" },
            { title: "Device details", description: "The exact browser and device.", linkedCategory: "device" },
          ],
        },
      },
    },
  },
});
