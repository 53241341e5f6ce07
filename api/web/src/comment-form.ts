// The form in which a comment is written or edited: names after @ by key, Ctrl+Enter saves, Esc closes.

import { Mention } from "./mention";

interface Wanted {
  text: string;
  forAgent: boolean;
  /** Agents' own comments are always theirs to see. */
  isAgent: boolean;
  people: readonly string[];
  word: (key: string) => string;
  save: (text: string, forAgent: boolean) => void;
  close: () => void;
}

export function commentForm(wanted: Wanted): HTMLFormElement {
  const { word, close } = wanted;
  const form = document.createElement("form");
  form.className = "comment-form";
  const field = document.createElement("textarea");
  field.value = wanted.text;
  field.rows = 2;
  field.maxLength = 2000;
  field.setAttribute("aria-label", word("label"));
  field.placeholder = word("label");
  const shown = document.createElement("input");
  shown.type = "checkbox";
  shown.checked = wanted.forAgent;
  shown.disabled = wanted.isAgent;
  const label = document.createElement("label");
  label.append(shown, word("for_agent"));
  const save = document.createElement("button");
  save.className = "button is-primary";
  save.textContent = word("save");
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.className = "button";
  cancel.textContent = word("cancel");
  cancel.addEventListener("click", close);
  const line = document.createElement("div");
  line.className = "comment-acts";
  line.append(save, cancel, label);
  form.append(field, line);
  new Mention(field, wanted.people, word("people"));
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    else return;
    event.preventDefault(); // Ctrl+Enter submits this, not the review
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = field.value.trim();
    if (words) wanted.save(words, shown.checked);
    close();
  });
  return form;
}
