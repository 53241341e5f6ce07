// What is typed into a field with data-draft is kept on this machine: also where the server refuses what was sent.

import { recall, remember } from "./queue";

export function keepDrafts(): void {
  for (const field of document.querySelectorAll<HTMLTextAreaElement>("textarea[data-draft]")) {
    const key = `callqa-draft-${field.dataset["draft"]}`;
    const kept = recall("localStorage", key);
    if (kept && !field.value) {
      field.value = kept;
      const folded = field.closest("details");
      if (folded) folded.open = true;
    }
    field.addEventListener("input", () => remember("localStorage", key, field.value));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault(); // of the form that is typed into, not of the review; where there is a choice, none is made
      const choices = field.form?.querySelectorAll<HTMLButtonElement>("button:enabled") ?? [];
      if (choices.length === 1) field.form?.requestSubmit();
      else choices[0]?.focus();
    });
  }
}
