// A stretch of the call kept as an example: in and out on the waveform, and the dialog that says what it shows.

import { clock } from "./call-data";
import type { Player } from "./player";
import type { Wave } from "./wave";

export interface ClipData {
  call: string;
  rubric: string;
  words: Record<string, string>;
}

type Range = [number, number];

const BEFORE_S = 10;
const AFTER_S = 5;
const LONGEST_S = 90;

export class ClipMaker {
  private start: number | null = null;
  private end: number | null = null;
  private saving = false;
  private readonly dialog = document.querySelector<HTMLDialogElement>("#clip-dialog")!;
  private readonly form = this.dialog.querySelector<HTMLFormElement>("#clip-form")!;
  private readonly status = document.getElementById("clip-status")!;

  constructor(
    private readonly data: ClipData,
    private readonly duration: number,
    private readonly player: Player | null,
    private readonly wave: Wave | null,
    private readonly item: () => string,
  ) {
    const asked = new URLSearchParams(location.search); // a link that marks a stretch
    const [start, end] = ["in", "out"].map((name) => Number(asked.get(name) ?? NaN)) as Range;
    if (start >= 0 && end > start && start < duration) {
      [this.start, this.end] = [start, Math.min(end, duration)];
      this.show();
    }
    document.getElementById("clip-in")?.addEventListener("click", () => this.markIn());
    document.getElementById("clip-out")?.addEventListener("click", () => this.markOut());
    for (const button of document.querySelectorAll("[data-keep-clip]")) {
      button.addEventListener("click", () => this.keep());
    }
    this.dialog.querySelector("[data-cancel]")?.addEventListener("click", () => this.dialog.close());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    });
    this.form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.ctrlKey || event.isComposing) return;
      event.preventDefault(); // a text field would send the form a second time
      this.form.requestSubmit();
    });
  }

  markIn(): void {
    this.start = this.now;
    if (this.end !== null && this.end <= this.start) this.end = null;
    this.show();
  }

  markOut(): void {
    this.end = this.now;
    if (this.start !== null && this.start >= this.end) this.start = null;
    this.show();
  }

  /** Opens the dialog on the stretch that was marked, else on what was just heard. */
  keep(): void {
    const [start, end] = this.range();
    this.start = start;
    this.end = end;
    this.show();
    const item = this.item();
    const select = this.form.elements.namedItem("item_id") as HTMLSelectElement;
    if ([...select.options].some((option) => option.value === item)) select.value = item;
    const title = this.form.elements.namedItem("title") as HTMLInputElement;
    if (!title.value) title.value = select.selectedOptions[0]?.value ? (select.selectedOptions[0]?.text ?? "") : "";
    const failed = document.querySelector(`.item[data-id="${CSS.escape(item)}"]`)?.getAttribute("data-verdict") === "fail";
    (this.form.elements.namedItem("polarity") as RadioNodeList).value = failed ? "bad" : "good";
    const range = this.dialog.querySelector("#clip-range");
    if (range) range.textContent = this.word("from_to", this.values());
    this.dialog.showModal();
    title.select();
  }

  private get now(): number {
    return Math.min(this.player?.time ?? 0, this.duration);
  }

  private range(): Range {
    const now = this.now;
    const start = this.start ?? Math.max(0, (this.end ?? now) - BEFORE_S);
    const end = this.end ?? (now > start + 1 ? now : Math.min(this.duration, start + BEFORE_S + AFTER_S));
    return [start, Math.min(end, start + LONGEST_S)];
  }

  private values(): Record<string, string> {
    const [start, end] = this.range();
    return { start: clock(start), end: clock(end), n: (end - start).toFixed(1) };
  }

  private word(key: string, values: Record<string, string> = {}): string {
    return (this.data.words[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  }

  private show(): void {
    this.wave?.showClip(this.start, this.end);
    if (this.start !== null && this.end !== null) this.say(this.word("from_to", this.values()));
    else if (this.start !== null) this.say(this.word("in", { at: clock(this.start) }));
    else if (this.end !== null) this.say(this.word("out", { at: clock(this.end) }));
  }

  private say(text: string, ...more: HTMLElement[]): void {
    this.status.replaceChildren(text, ...more);
  }

  private async save(): Promise<void> {
    if (this.saving) return;
    this.saving = true;
    await this.sendForm();
    this.saving = false;
  }

  private async sendForm(): Promise<void> {
    const fields = new FormData(this.form);
    const text = (name: string): string => String(fields.get(name) ?? "");
    const [start, end] = this.range();
    const reply = await this.send("POST", "/api/v1/clips", {
      call_id: this.data.call,
      rubric: this.data.rubric,
      start_ms: Math.round(start * 1000),
      end_ms: Math.round(end * 1000),
      ...Object.fromEntries(["title", "why", "polarity", "item_id", "objection"].map((name) => [name, text(name)])),
    });
    const refusal = this.dialog.querySelector<HTMLElement>("#clip-refused")!;
    refusal.hidden = reply.ok;
    if (!reply.ok) {
      refusal.textContent = this.word("failed", { why: reply.why });
      return; // the dialog stays open with all that was written
    }
    this.dialog.close();
    this.form.reset();
    this.start = this.end = null;
    this.wave?.showClip(null, null);
    this.tellSaved(Number(reply.body["id"]));
  }

  private tellSaved(id: number): void {
    const link = document.createElement("a");
    link.href = `/library/clips/${id}`;
    link.textContent = this.word("open");
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "button";
    undo.textContent = this.word("undo");
    undo.addEventListener("click", async () => {
      const reply = await this.send("DELETE", `/api/v1/clips/${id}`);
      this.say(reply.ok ? this.word("undone") : this.word("failed", { why: reply.why }));
    });
    this.say(`${this.word("saved")} `, link, undo);
  }

  private async send(
    method: string,
    address: string,
    body?: Record<string, unknown>,
  ): Promise<{ ok: boolean; why: string; body: Record<string, unknown> }> {
    const reply = await fetch(address, {
      method,
      ...(body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {}),
    }).catch(() => null);
    const read = reply && reply.status !== 204 ? ((await reply.json().catch(() => ({}))) as Record<string, unknown>) : {};
    const error = read["error"] as { message?: string; hint?: string } | undefined;
    return { ok: reply?.ok ?? false, why: error ? `${error.message ?? ""} ${error.hint ?? ""}` : "–", body: read };
  }
}
