// As in the maker's quickstart, without a server of theirs: the mode that asks nobody and is there first.
import "@c15t/react/styles.css";
import { ConsentBanner, ConsentDialog, ConsentManagerProvider } from "@c15t/react";
import { createRoot } from "react-dom/client";

const options = {
  mode: "offline",
  consentCategories: ["necessary", "functionality", "measurement", "marketing", "experience"],
  overrides: { country: "DE" },
};

createRoot(document.body.appendChild(document.createElement("div"))).render(
  <ConsentManagerProvider options={options}>
    <ConsentBanner />
    <ConsentDialog />
  </ConsentManagerProvider>,
);
