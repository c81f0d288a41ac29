// Puts a button beside each declaration of the overview that copies it. Without it, the text is there to be selected.

for (const lines of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-overview-copy]"))) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", (lines.getAttribute("aria-label") ?? "").replace("Lines that declare", "Copy the lines that declare"));
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(`${lines.textContent}\n`);
    said.textContent = " Copied.";
  });
  lines.after(button, said);
}
