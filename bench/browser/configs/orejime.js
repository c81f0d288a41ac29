// As in the maker's example, with its default texts.
window.orejimeConfig = {
  privacyPolicyUrl: "/privacy",
  purposes: [
    { id: "preferences", title: "Preferences", description: "Remembers settings such as language and region.", cookies: ["region"] },
    { id: "analytics", title: "Analytics", description: "Counts visits and clicks.", cookies: [/^_ga/] },
    { id: "marketing", title: "Marketing", description: "Recognizes you on other sites.", cookies: ["ads"] },
    { id: "network", title: "Network details", description: "Your full address in the network.", cookies: [] },
    { id: "device", title: "Device details", description: "The exact browser and device.", cookies: [] },
  ],
};
