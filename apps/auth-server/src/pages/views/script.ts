/**
 * The script of all pages. Everything works without it: it disables submitted buttons, filters the
 * project list and copies commands.
 */
export const js = `
"use strict";

// Buttons come back after a while: a redirect to an app's scheme leaves the page open.
const BUSY_MS = 4000;
const setBusy = (form, isBusy) => {
  for (const button of document.querySelectorAll("button[type=submit]")) {
    if (button.form === form || !isBusy) button.disabled = isBusy;
  }
};
for (const form of document.forms) {
  form.addEventListener("submit", () => {
    setTimeout(() => setBusy(form, true), 0);
    setTimeout(() => setBusy(form, false), BUSY_MS);
  });
}
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) setBusy(form, false);
});

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
