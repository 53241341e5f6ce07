// Correcting a turn: its text becomes a field, and what the correction changes in the score is told.

import { recall, remember } from "./queue";
import type { ReviewView } from "./review-view";

interface Form {
  rubric: string;
  score_before: number | null;
  score_after: number | null;
  items: { title: string; before: string; after: string }[];
}

const TOLD = "callqa-corrected";

export class TurnEditor {
  constructor(
    private readonly call: string,
    private readonly review: ReviewView,
    private readonly onOpen: () => void,
  ) {
    for (const button of document.querySelectorAll<HTMLElement>(".edit-turn")) {
      button.addEventListener("click", () => this.open(Number(button.dataset["turn"])));
    }
    const told = recall("sessionStorage", TOLD);
    if (told) review.say(told);
    remember("sessionStorage", TOLD, "");
  }

  open(turn: number): void {
    const said = document.querySelector<HTMLElement>(`#turn-${turn} .said`);
    if (!said || said.hidden || !this.review.review.name) return;
    this.onOpen();
    const before = said.textContent ?? "";
    const form = document.createElement("form");
    form.className = "edit-form";
    const field = document.createElement("textarea");
    field.value = before;
    field.rows = Math.max(2, Math.ceil(before.length / 34));
    field.maxLength = 5000;
    field.setAttribute("aria-label", this.review.word("edit_label"));
    const button = (word: string, type: "submit" | "button"): HTMLButtonElement => {
      const made = document.createElement("button");
      made.type = type;
      made.className = type === "submit" ? "button is-primary" : "button";
      made.textContent = this.review.word(word);
      return made;
    };
    const cancel = button("edit_cancel", "button");
    form.append(field, button("edit_save", "submit"), cancel);
    const close = (): void => {
      form.remove();
      said.hidden = false;
    };
    cancel.addEventListener("click", close);
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") close();
      if (event.key !== "Enter" || event.ctrlKey) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (field.value.trim() === before) close();
      else void this.save(turn, before, field.value.trim());
    });
    said.hidden = true;
    said.after(form);
    field.focus();
    form.scrollIntoView({ block: "nearest" });
  }

  private async save(turn: number, before: string, after: string): Promise<void> {
    const reply = await fetch(`/api/v1/calls/${this.call}/transcript/turns/${turn}`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ before, after }),
    }).catch(() => null);
    if (!reply?.ok) {
      const error = (await reply?.json().catch(() => null)) as { error: { message: string; hint: string } } | null;
      this.review.say(this.review.word("edit_failed", { why: error ? `${error.error.message} ${error.error.hint}` : "–" }));
      return;
    }
    const { forms } = (await reply.json()) as { forms: Form[] };
    remember("sessionStorage", TOLD, forms.map((form) => this.told(form)).join(" "));
    location.hash = `turn-${turn}`;
    location.reload(); // verdicts, evidence and pins are all drawn anew
  }

  private told(form: Form): string {
    if (!form.items.length) return this.review.word("edit_same");
    const name = (verdict: string): string => this.review.word(`verdict.${verdict}`);
    const items = form.items.map((item) => `${item.title} ${name(item.before)} → ${name(item.after)}`).join("、");
    const score = (value: number | null): string => (value === null ? "–" : String(Number(value.toFixed(1))));
    return this.review.word("edit_done", { before: score(form.score_before), after: score(form.score_after), items });
  }
}
