// Saving as one writes, on top of the revision that was read. What could not be saved stays in this browser, and is
// offered when the draft is opened again; what somebody else saved meanwhile is never written over unasked.

import { recall, remember } from "../queue";
import type { FormEditor } from "./editor";
import { type Draft, type Word, element } from "./words";

const AFTER_MS = 1_000;
const AGAIN_MS = 8_000;

interface Saved {
  revision: number;
  changed_at: string;
  changed_by: string;
}

interface Failure {
  error: { code: string; message: string; hint: string };
}

export class Autosave {
  private timer = 0;
  private isSaving = false;
  private isClash = false;
  private saved: string;
  private revision: number;
  private readonly status = document.querySelector<HTMLElement>("#saved");
  private readonly clash = document.querySelector<HTMLElement>("#clash");
  private readonly key: string;

  constructor(
    draft: Draft,
    private readonly editor: FormEditor,
    private readonly form: HTMLFormElement,
    private readonly word: Word,
  ) {
    this.address = `/api/v1/drafts/${draft.id}`;
    this.key = `callqa-draft-${draft.id}`;
    this.revision = draft.revision;
    this.saved = editor.text;
    this.offerKept();
    addEventListener("beforeunload", (event) => {
      if (this.isSaved) return;
      remember("localStorage", this.key, this.editor.text);
      event.preventDefault();
    });
  }

  private readonly address: string;

  private get isSaved(): boolean {
    return this.editor.text === this.saved;
  }

  changed(): void {
    this.say(this.isSaved ? "" : this.word("unsaved"));
    clearTimeout(this.timer);
    if (!this.isClash) this.timer = setTimeout(() => void this.save(), AFTER_MS);
  }

  /** The form is sent with the text in it: nothing is left to save here. */
  leaving(form: HTMLFormElement): void {
    clearTimeout(this.timer);
    const field = form.querySelector<HTMLInputElement>('input[name="revision"]');
    if (field) field.value = String(this.revision);
    this.saved = this.editor.text;
    remember("localStorage", this.key, "");
  }

  async save(): Promise<void> {
    clearTimeout(this.timer);
    if (this.isSaving || this.isClash || this.isSaved) return;
    this.isSaving = true;
    this.say(this.word("saving"));
    const text = this.editor.text;
    const reply = await this.put(text);
    this.isSaving = false;
    if (reply?.ok) {
      const saved = (await reply.json()) as Saved;
      this.revision = saved.revision;
      this.saved = text;
      remember("localStorage", this.key, "");
      const at = new Date(saved.changed_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
      this.say(this.word("saved", { at }));
      if (!this.isSaved) this.changed();
      return;
    }
    remember("localStorage", this.key, text);
    const failure = (await reply?.json().catch(() => null)) as Failure | null;
    if (failure?.error.code === "draft_conflict") {
      await this.showClash();
      return;
    }
    this.say(this.word("failed", { why: failure?.error.message ?? "–" }));
    this.timer = setTimeout(() => void this.save(), AGAIN_MS);
  }

  private put(text: string): Promise<Response | null> {
    const by = this.form.querySelector<HTMLInputElement>('input[name="by_name"]')?.value ?? "";
    return fetch(this.address, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text, revision: this.revision, by }),
    }).catch(() => null);
  }

  private async showClash(): Promise<void> {
    const reply = await fetch(this.address).catch(() => null);
    if (!reply?.ok || !this.clash) return;
    const theirs = (await reply.json()) as Saved & { text: string };
    this.isClash = true;
    const end = (): void => {
      this.isClash = false;
      this.revision = theirs.revision;
      if (this.clash) this.clash.hidden = true;
    };
    const button = (name: string, act: () => void, isPrimary = false): HTMLElement => {
      const made = element("button", isPrimary ? "button is-primary" : "button", this.word(name));
      made.type = "button";
      made.addEventListener("click", act);
      return made;
    };
    this.clash.replaceChildren(
      element("p", "", this.word("clash", { who: theirs.changed_by })),
      button("mine", () => { end(); void this.save(); }, true),
      button("theirs", () => { end(); this.saved = theirs.text; this.editor.replace(theirs.text); }),
      button("look", () => this.form.requestSubmit(this.form.querySelector<HTMLButtonElement>("#check"))),
    );
    this.clash.hidden = false;
    this.say(this.word("unsaved"));
  }

  /** A text that an earlier visit could not save. */
  private offerKept(): void {
    const kept = recall("localStorage", this.key);
    if (!kept || kept === this.editor.text || !this.clash) return;
    const take = element("button", "button is-primary", this.word("kept_use"));
    const drop = element("button", "button", this.word("kept_drop"));
    for (const one of [take, drop]) one.type = "button";
    take.addEventListener("click", () => { this.hideKept(); this.editor.replace(kept); });
    drop.addEventListener("click", () => this.hideKept());
    this.clash.replaceChildren(element("p", "", this.word("kept")), take, drop);
    this.clash.hidden = false;
  }

  private hideKept(): void {
    remember("localStorage", this.key, "");
    if (this.clash) this.clash.hidden = true;
  }

  private say(text: string): void {
    if (this.status && text) this.status.textContent = text;
  }
}
