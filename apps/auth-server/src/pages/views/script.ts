/**
 * The script of all pages. Everything works without it: it filters the project list
 * and copies commands. It disables no buttons: the server handles a second click itself.
 */
export const js = `
"use strict";

const filter = document.getElementById("project-filter");
if (filter) {
  filter.parentElement.hidden = false;
  const fold = (text) => text.normalize("NFKD").replace(/\\p{M}/gu, "").toLowerCase();
  const rows = [...document.querySelectorAll(".project")].map((row) => [row, fold(row.textContent)]);
  filter.addEventListener("input", () => {
    const wanted = fold(filter.value.trim());
    for (const [row, text] of rows) row.hidden = !text.includes(wanted);
  });
  filter.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
`.trim();
