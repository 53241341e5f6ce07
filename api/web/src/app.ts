// Every page: htmx for the parts that change by themselves, the help, and the keys that work everywhere.

import "htmx.org";
import { type Shortcut, readData } from "./call-data";
import { rememberList } from "./queue";
import { bindShortcuts } from "./shortcuts";

const help = document.querySelector<HTMLDialogElement>("#help");

export function toggleHelp(): void {
  if (help?.open) help.close();
  else help?.showModal();
}

for (const button of document.querySelectorAll("[data-help]")) button.addEventListener("click", toggleHelp);
help?.addEventListener("click", (event) => {
  if (event.target === help) help.close(); // the backdrop
});
addEventListener("callqa:help", toggleHelp);

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());

for (const all of document.querySelectorAll<HTMLInputElement>("[data-pick-all]")) {
  all.addEventListener("change", () => {
    for (const box of all.form?.querySelectorAll<HTMLInputElement>(`[name="${all.dataset.pickAll}"]`) ?? []) box.checked = all.checked;
  });
}

// Back in the browser's own history: what was typed there is still there.
for (const link of document.querySelectorAll("[data-take-up]")) {
  link.addEventListener("click", (event) => {
    if (history.length < 2) return;
    event.preventDefault();
    history.back();
  });
}

// A part that does not come leaves what is there, and says so; without this an error's page would take its place, or nothing.
const loadFailed = document.getElementById("load-failed");
const sayLoadFailed = (failed: boolean): void => {
  if (loadFailed) loadFailed.hidden = !failed;
};
loadFailed?.querySelector("button")?.addEventListener("click", () => location.reload());
document.addEventListener("htmx:before:swap", (event) => {
  const status: number = (event as CustomEvent).detail.ctx.response?.raw.status ?? 0;
  if (status >= 400) event.preventDefault();
  sayLoadFailed(status >= 400);
});
document.addEventListener("htmx:error", () => sayLoadFailed(true));

// A second click on a button that is on its way would do the same thing twice.
const ON_ITS_WAY_MS = 8000;
const underWay = new Set<HTMLFormElement>();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) return;
  if (underWay.has(form)) event.preventDefault();
  else {
    underWay.add(form);
    setTimeout(() => underWay.delete(form), ON_ITS_WAY_MS); // the answer never came: one may try again
  }
});
addEventListener("pageshow", () => underWay.clear());

rememberList();

const search = document.querySelector<HTMLInputElement>("#search");
// htmx binds the page in a task of its own: what was typed before that (or kept by the browser over a reload) is
// searched for now. This task comes after htmx's, which was queued when it was imported.
setTimeout(() => {
  if (search && search.value !== search.defaultValue) search.dispatchEvent(new Event("input", { bubbles: true }));
});

const shortcuts = readData<Shortcut[]>("shortcuts");
if (shortcuts) {
  bindShortcuts(shortcuts, {
    find: () => {
      search?.focus();
      search?.select();
    },
    help: toggleHelp,
  });
}
