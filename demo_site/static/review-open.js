// Opens the preference center of an example that shows the dialog.
addEventListener("load", () => window.privacy.open());
