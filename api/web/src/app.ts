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

rememberList();

const search = document.querySelector<HTMLInputElement>("#search");
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
