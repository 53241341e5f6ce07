// The controls of a review beside the machine's verdicts, and the bar below the form.

import { type Decision, type Human, overturns, Review, type ReviewState, type Total } from "./review";

export interface ReviewData {
  name: string;
  /** The queue from which the call was opened, "" for none, and its filters as a query. */
  queue: string;
  query: string;
  review: ReviewState;
  items: Record<string, { number: number; machine: string; settle: [number, number][] }>;
  reasons: string[];
  words: Record<string, string>;
}

const SILENT_MS = 8000;
const NOTE_MS = 600;

export class ReviewView {
  readonly review: Review;
  private readonly bar = document.getElementById("review-bar")!;
  private readonly boxes = new Map<string, HTMLElement>();
  private told = "";
  /** Who else took the call out of the queue, "" for nobody. */
  private holder = "";

  constructor(
    private readonly data: ReviewData,
    private readonly select: (item: string) => void,
    private readonly onVerdict: () => void,
  ) {
    this.review = new Review(data.review, data.name);
    for (const box of document.querySelectorAll<HTMLElement>(".human")) this.bind(box);
    this.bindBar();
    this.review.addEventListener("change", () => this.paint());
    this.review.addEventListener("moved", (event) => this.tell((event as CustomEvent<number>).detail));
    this.review.addEventListener("refused", (event) => this.refused((event as CustomEvent<string>).detail));
    this.paint();
    if (data.name) this.stayHere();
    addEventListener("beforeunload", (event) => {
      if (this.review.waiting) event.preventDefault();
    });
  }

  word(key: string, values: Record<string, string | number> = {}): string {
    return (this.data.words[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
  }

  /** Tells the person something in the bar, until the next change. */
  say(text: string): void {
    this.told = text;
    this.paint();
  }

  number(item: string): number {
    return this.data.items[item]?.number ?? 0;
  }

  /** Whether the machine left the item open and nobody has decided it. */
  isOpen(item: string): boolean {
    return this.data.items[item]?.machine === "unknown" && this.review.of(item).verdict === null;
  }

  settle(item: string): [number, number][] {
    return this.data.items[item]?.settle ?? [];
  }

  verdict(item: string, verdict: Human): void {
    if (!this.mayChange()) return;
    const now = this.review.of(item);
    const chosen = now.verdict === verdict ? null : verdict;
    const machine = this.data.items[item]?.machine ?? "";
    const reason = overturns(machine, { ...now, verdict: chosen }) ? now.reason : null;
    this.told = "";
    this.onVerdict();
    this.review.decide(item, { verdict: chosen, reason });
    this.boxes.get(item)?.closest(".item")?.scrollIntoView({ block: "nearest" });
  }

  nextReason(item: string): void {
    const box = this.boxes.get(item);
    if (!box || box.querySelector<HTMLElement>(".why")?.hidden || !this.mayChange()) return;
    const { reasons } = this.data;
    this.told = "";
    const at = reasons.indexOf(this.review.of(item).reason ?? "");
    this.review.decide(item, { reason: reasons[(at + 1) % reasons.length] ?? null });
  }

  note(item: string): void {
    const label = this.boxes.get(item)?.querySelector<HTMLElement>(".note");
    if (!label || !this.mayChange()) return;
    label.hidden = false;
    label.querySelector("input")?.focus();
  }

  async undo(): Promise<void> {
    if (!this.mayChange()) return;
    this.told = "";
    await this.review.undo();
  }

  /** Submits and opens what comes next: of the queue, else `otherwise`. */
  async submitAndNext(otherwise: () => void): Promise<void> {
    if (!this.mayAct()) return;
    this.told = "";
    (document.activeElement as HTMLElement | null)?.blur(); // a note that is being written is kept
    if (!this.review.isClosed) {
      const bare = Object.keys(this.data.items).find((item) => this.lacksReason(item));
      if (bare) {
        this.select(bare);
        const key = this.review.of(bare).reason === "other" ? "note_needed" : "no_reason";
        return this.say(this.word(key, { n: this.number(bare) }));
      }
      if (!(await this.review.submit())) return;
    }
    if (this.data.queue) await this.next();
    else otherwise();
  }

  private lacksReason(item: string): boolean {
    const decision = this.review.of(item);
    if (!overturns(this.data.items[item]?.machine ?? "", decision)) return false;
    return decision.reason === null || (decision.reason === "other" && !decision.note.trim());
  }

  private async next(): Promise<void> {
    const { queue, query } = this.data;
    const reply = await fetch(`/api/v1/reviews/${queue}/next?${query}`, { method: "POST" }).catch(() => null);
    if (!reply?.ok) return this.say(this.word("offline", { n: 0 }));
    const { address } = (await reply.json()) as { address: string | null };
    location.assign(address ?? this.queueAddress({ done: "1" }));
  }

  private async release(): Promise<void> {
    await this.review.ask("DELETE", "/claim");
    location.assign(this.queueAddress());
  }

  private queueAddress(more: Record<string, string> = {}): string {
    const filters = Object.fromEntries(new URLSearchParams(this.data.query));
    return `/reviews?${new URLSearchParams({ queue: this.data.queue, ...filters, ...more })}`;
  }

  private mayAct(): boolean {
    if (this.data.name) return true;
    this.say(this.word("no_name"));
    document.getElementById("reviewer")?.focus();
    return false;
  }

  private mayChange(): boolean {
    if (!this.mayAct()) return false;
    if (!this.review.isClosed) return true;
    this.say(this.word("submitted", { name: this.review.state.submitted_by }));
    return false;
  }

  private bind(box: HTMLElement): void {
    const item = box.dataset["item"] ?? "";
    this.boxes.set(item, box);
    for (const button of box.querySelectorAll<HTMLButtonElement>("[data-verdict]")) {
      button.addEventListener("click", () => this.verdict(item, button.dataset["verdict"] as Human));
    }
    for (const button of box.querySelectorAll<HTMLButtonElement>("[data-reason]")) {
      button.addEventListener("click", () => {
        if (this.mayChange()) this.review.decide(item, { reason: button.dataset["reason"] ?? null });
      });
    }
    for (const button of box.querySelectorAll<HTMLButtonElement>("[data-keep]")) {
      button.textContent = this.word(button.dataset["keep"] ?? "");
      button.addEventListener("click", () => this.review.settle(item, button.dataset["keep"] as "mine" | "theirs"));
    }
    const input = box.querySelector("input")!;
    let timer = 0;
    const keep = (): void => {
      clearTimeout(timer);
      if (this.told && input.value !== this.review.of(item).note) this.told = "";
      if (input.value !== this.review.of(item).note && this.mayChange()) this.review.decide(item, { note: input.value });
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = window.setTimeout(keep, NOTE_MS);
    });
    input.addEventListener("blur", keep);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape") || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.blur();
    });
  }

  private bindBar(): void {
    const press = (id: string, act: () => void): void => {
      document.getElementById(id)?.addEventListener("click", act);
    };
    press("undo", () => void this.undo());
    press("reopen", () => void this.review.reopen());
    press("release", () => void this.release());
    const second = document.querySelector<HTMLFormElement>("#second");
    press("ask-second", () => {
      if (!second) return;
      second.hidden = !second.hidden;
      document.getElementById("ask-second")?.setAttribute("aria-expanded", String(!second.hidden));
      if (!second.hidden) second.querySelector("input")?.focus();
    });
    const ask = (why: string): void => {
      if (second) second.hidden = true;
      void this.review.askSecond(why);
    };
    second?.addEventListener("submit", (event) => {
      event.preventDefault();
      const why = second.querySelector("input")?.value.trim() ?? "";
      if (why) ask(why);
    });
    second?.querySelector("[data-drop]")?.addEventListener("click", () => ask(""));
  }

  /** Signs of life, and what others changed since the last one. */
  private stayHere(): void {
    const call = async (): Promise<void> => {
      if (document.hidden) return;
      const reply = await this.review.ask("POST", "/here", { claim: this.data.queue !== "" });
      if (!reply?.ok) return;
      const { others, version, holder } = (await reply.json()) as { others: string[]; version: number; holder: string };
      this.review.state.others = others;
      this.holder = holder;
      this.paint();
      if (version !== this.review.state.version && !this.review.waiting) await this.review.refresh();
    };
    void call();
    setInterval(() => void call(), SILENT_MS);
    addEventListener("pagehide", () => void this.review.ask("DELETE", "/here", undefined, true));
  }

  private tell(since: number): void {
    const { name } = this.data;
    const theirs = this.review.state.items.find((item) => item.version > since && item.name !== name);
    if (this.review.state.evaluation_id !== this.data.review.evaluation_id) this.say(this.word("edit_elsewhere"));
    else if (theirs) this.say(this.word("changed", { name: theirs.name, n: this.number(theirs.item_id) }));
  }

  private refused(code: string): void {
    if (code === "nothing_to_undo") this.say(this.word("nothing_to_undo"));
    else if (code === "review_conflict" && !this.review.clashes.size) this.say(this.word("conflict"));
    else if (code === "review_conflict") this.show([...this.review.clashes.keys()].at(-1)!);
  }

  private show(item: string): void {
    this.select(item);
    this.boxes.get(item)?.closest(".item")?.scrollIntoView({ block: "nearest" });
  }

  private paint(): void {
    for (const [item, box] of this.boxes) this.paintItem(item, box);
    const { review } = this;
    const { state } = review;
    const total = document.getElementById("human-total");
    if (total) paintTotal(total, state.human, this.word(`result.${state.human?.result}`));
    const saved = document.getElementById("saved")!;
    saved.textContent = this.status();
    saved.className = `saved is-${review.saving}`;
    const told = document.getElementById("told")!;
    told.hidden = this.told === "";
    told.textContent = this.told;
    const others = document.getElementById("others")!;
    const here = state.others.length ? [this.word("others", { names: state.others.join("、") })] : [];
    if (this.holder) here.push(this.word("held", { name: this.holder }));
    others.hidden = here.length === 0;
    others.querySelector("span")!.textContent = here.join(" · ");
    this.bar.classList.toggle("is-closed", review.isClosed);
    const undo = document.querySelector<HTMLButtonElement>("#undo");
    if (undo) undo.disabled = review.isClosed || !(state.can_undo || review.waiting);
    const reopen = document.getElementById("reopen");
    if (reopen) reopen.hidden = !review.isClosed;
    const drop = document.querySelector<HTMLElement>("[data-drop]");
    if (drop) drop.hidden = state.second_why === "";
    document.getElementById("ask-second")?.classList.toggle("is-on", state.second_why !== "");
  }

  private status(): string {
    const { review } = this;
    if (review.saving === "offline") return this.word("offline", { n: review.waiting });
    if (review.isClosed) return this.word("submitted", { name: review.state.submitted_by });
    if (review.saving === "refused") return this.word("refused", { why: review.refusal });
    if (review.saving === "saving") return this.word("saving");
    return this.word(review.state.version ? "saved" : "unchanged");
  }

  private paintItem(item: string, box: HTMLElement): void {
    const decision = this.review.of(item);
    for (const button of box.querySelectorAll<HTMLElement>("[data-verdict]")) {
      button.setAttribute("aria-pressed", String(button.dataset["verdict"] === decision.verdict));
    }
    for (const button of box.querySelectorAll<HTMLElement>("[data-reason]")) {
      button.setAttribute("aria-pressed", String(button.dataset["reason"] === decision.reason));
    }
    const corrected = overturns(this.data.items[item]?.machine ?? "", decision);
    box.querySelector<HTMLElement>(".why")!.hidden = !corrected;
    box.querySelector<HTMLElement>(".by")!.textContent = decision.verdict ? decision.name : "";
    const note = box.querySelector<HTMLElement>(".note")!;
    const input = note.querySelector("input")!;
    if (document.activeElement !== input) {
      input.value = decision.note;
      note.hidden = !corrected && !decision.note;
    }
    box.closest(".item")?.classList.toggle("is-decided", decision.verdict !== null);
    this.paintClash(item, box);
  }

  private paintClash(item: string, box: HTMLElement): void {
    const clash = box.querySelector<HTMLElement>(".clash")!;
    const mine = this.review.clashes.get(item);
    const theirs = this.review.stored(item);
    clash.hidden = !mine || !theirs;
    if (!mine || !theirs) return;
    const said = (decision: Decision): string => {
      const verdict = this.word(decision.verdict ? `verdict.${decision.verdict}` : "cleared");
      return decision.note ? `${verdict} · ${decision.note}` : verdict;
    };
    const text = this.word("clash", { name: theirs.name, verdict: said(theirs), mine: said(mine) });
    clash.querySelector(".clash-text")!.textContent = text;
  }
}

function paintTotal(place: HTMLElement, total: Total | null, result: string): void {
  const number = document.createElement("b");
  number.textContent = total ? written(total.score) : (place.dataset["none"] ?? "");
  place.replaceChildren(number);
  if (!total) return;
  const small = document.createElement("span");
  small.className = "small muted";
  const open = total.low !== null && total.high !== null && total.high - total.low >= 0.05;
  small.textContent = `${open ? ` (${written(total.low)}–${written(total.high)})` : ""} ${result}`;
  place.append(small);
}

/** As the server writes numbers: one decimal, none where it is zero. */
function written(value: number | null): string {
  return value === null ? "–" : String(Number(value.toFixed(1)));
}
