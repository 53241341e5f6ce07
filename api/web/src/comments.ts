// Comments on moments of the call: under their turn in the transcript, as marks on the waveform, written by key.

import { type CallData, clock, lastAtOrBefore } from "./call-data";
import { commentForm } from "./comment-form";
import { type Comment, type CommentData, CommentStore } from "./comment-store";
import { withMentions } from "./mention";
import type { Player } from "./player";
import { recall, remember } from "./queue";

export class Comments {
  readonly store: CommentStore;
  private readonly places = new Map<number, HTMLElement>();
  private readonly marks = document.createElement("div");
  private readonly status = document.getElementById("comment-status");
  private form: HTMLFormElement | null = null;
  private seen = new Set<number>();
  private told = "";
  /** A stretch that was marked on the page; a comment is about it rather than about one moment. */
  private range: [number, number] | null = null;

  constructor(
    private readonly data: CommentData,
    private readonly call: CallData,
    private readonly player: Player | null,
    private readonly heard: () => number,
    private readonly show: (turn: number) => void,
  ) {
    this.store = new CommentStore(data);
    for (const place of document.querySelectorAll<HTMLElement>(".comments[data-turn]")) {
      this.places.set(Number(place.dataset["turn"]), place);
    }
    this.marks.className = "wave-marks";
    document.querySelector("callqa-wave")?.append(this.marks);
    document.getElementById("comment")?.addEventListener("click", () => this.open());
    addEventListener("callqa:clip-range", (event) => {
      this.range = (event as CustomEvent<[number, number] | null>).detail;
    });
    this.store.addEventListener("change", () => this.paint());
    this.store.addEventListener("refused", (event) => this.back((event as CustomEvent<Record<string, unknown>>).detail));
    this.paint();
    const wanted = Number(new URLSearchParams(location.search).get("comment") ?? NaN);
    if (wanted) this.go(wanted);
  }

  /** A form at the current moment; what was typed before is there again. */
  open(text = recall("localStorage", this.draft) ?? "", forAgent = this.data.is_agent): void {
    if (!this.mayWrite()) return;
    if (this.form) return this.form.querySelector("textarea")?.focus();
    if (this.player?.playing) this.player.toggle();
    const start = this.range?.[0] ?? this.player?.time ?? this.call.turns[this.heard()]?.start ?? 0;
    const place: [number, number | null] = [Number(start.toFixed(2)), this.range?.[1] ?? null];
    const form = this.makeForm(clock(start), text, forAgent, (words, shown) => {
      remember("localStorage", this.draft, "");
      this.store.write(place, words, shown);
    });
    form.querySelector("textarea")!.addEventListener("input", (event) => {
      remember("localStorage", this.draft, (event.target as HTMLTextAreaElement).value);
    });
    const turn = this.turnAt(start);
    this.places.get(turn)?.append(form);
    this.show(turn);
    form.querySelector("textarea")?.focus();
    form.scrollIntoView({ block: "nearest" });
  }

  private get draft(): string {
    return `callqa-comment-draft-${this.data.call}`;
  }

  private turnAt(seconds: number): number {
    return Math.max(0, lastAtOrBefore(this.call.turns, seconds, (turn) => turn.start));
  }

  private mayWrite(): boolean {
    if (this.data.name) return true;
    this.tell(this.word("no_name"));
    document.getElementById("reviewer")?.focus();
    return false;
  }

  private makeForm(
    time: string,
    text: string,
    forAgent: boolean,
    save: (text: string, forAgent: boolean) => void,
  ): HTMLFormElement {
    this.close();
    this.form = commentForm({
      text,
      forAgent,
      isAgent: this.data.is_agent,
      people: this.data.people.filter((name) => name !== this.data.name),
      word: (key) => this.word(key, { time }),
      close: () => this.close(),
      save: (words, shown) => {
        this.told = "";
        save(words, shown);
      },
    });
    return this.form;
  }

  private close(): void {
    const had = this.form?.contains(document.activeElement) ?? false;
    this.form?.remove();
    this.form = null;
    this.paint();
    if (had) document.getElementById("transcript")?.focus({ preventScroll: true }); // where the keys work on
  }

  /** What the server would not take is in the form again. */
  private back(body: Record<string, unknown>): void {
    if (typeof body["text"] !== "string" || typeof body["start_s"] !== "number") return;
    this.player?.seek(body["start_s"]);
    this.open(body["text"], body["for_agent"] === true);
  }

  private paint(): void {
    if (!this.form?.isConnected) this.form = null;
    for (const [turn, place] of this.places) {
      const own = this.store.comments.filter((comment) => (comment.turn ?? 0) === turn).map((one) => this.line(one));
      const unsent = this.store.unsent.filter((one) => this.turnAt(one.start_s) === turn).map((one) => this.unsent(one));
      const kept = this.form && place.contains(this.form) && !this.form.dataset["edits"] ? [this.form] : [];
      if (place.childElementCount || own.length || unsent.length) {
        if (this.form?.dataset["edits"] && place.contains(this.form)) continue; // being edited: painted when that ends
        const focus = kept.length ? (document.activeElement as HTMLElement | null) : null;
        place.replaceChildren(...own, ...unsent, ...kept);
        focus?.focus();
      }
    }
    this.marks.replaceChildren(
      ...this.store.comments.filter((comment) => !comment.withdrawn_at).map((comment) => this.mark(comment)),
    );
    this.paintStatus();
    this.watch();
  }

  private paintStatus(): void {
    if (!this.status) return;
    const { store } = this;
    const text =
      store.state === "offline"
        ? this.word("waiting", { n: store.waiting })
        : store.state === "refused"
          ? this.word("refused", { why: store.refusal })
          : store.state === "saving"
            ? this.word("saving")
            : this.told;
    this.status.textContent = text;
    this.status.hidden = text === "";
    this.status.classList.toggle("is-bad", store.state === "offline" || store.state === "refused");
  }

  private tell(text: string): void {
    this.told = text;
    this.paintStatus();
  }

  private line(comment: Comment): HTMLElement {
    const box = document.createElement("div");
    box.className = "comment";
    box.id = `comment-${comment.id}`;
    box.tabIndex = -1;
    if (comment.withdrawn_at) {
      box.classList.add("is-withdrawn");
      box.textContent = this.word("withdrawn", { name: comment.name });
      return box;
    }
    box.classList.toggle("is-resolved", comment.resolved_at !== null);
    const head = document.createElement("div");
    head.className = "comment-head";
    const name = document.createElement("b");
    name.textContent = comment.name;
    head.append(name, this.small(clock(comment.start_s)));
    if (!this.data.is_agent) head.append(this.tag(this.word(comment.for_agent ? "for_agent" : "internal")));
    if (comment.edited_at) head.append(this.small(this.word("edited")));
    if (comment.resolved_at) head.append(this.tag(`✓ ${this.word("resolved", { name: comment.resolved_by })}`));
    const words = document.createElement("p");
    words.append(...withMentions(comment.text, this.data.people));
    box.append(head, words, this.acts(comment, box));
    return box;
  }

  private acts(comment: Comment, box: HTMLElement): HTMLElement {
    const acts = document.createElement("div");
    acts.className = "comment-acts";
    if (!this.data.name) return acts;
    const done = comment.resolved_at !== null;
    acts.append(this.button(done ? "reopen" : "resolve", () => this.store.resolve(comment, !done)));
    if (comment.is_mine) {
      acts.append(
        this.button("edit", () => this.edit(comment, box)),
        this.button("withdraw", () => this.store.withdraw(comment)),
      );
    }
    if (comment.edited_at) acts.append(this.button("history", () => void this.history(comment, box)));
    return acts;
  }

  private edit(comment: Comment, box: HTMLElement): void {
    const form = this.makeForm(clock(comment.start_s), comment.text, comment.for_agent, (text, forAgent) =>
      this.store.edit(comment, text, forAgent),
    );
    form.dataset["edits"] = String(comment.id);
    (document.getElementById(box.id) ?? box).replaceWith(form);
    form.querySelector("textarea")?.focus();
  }

  private async history(comment: Comment, box: HTMLElement): Promise<void> {
    const log = document.createElement("ol");
    log.className = "comment-log";
    for (const line of await this.store.history(comment)) {
      const item = document.createElement("li");
      item.textContent = `${line.name} ${new Date(line.at).toLocaleString()} ${line.text}`;
      log.append(item);
    }
    box.querySelector(".comment-log")?.remove();
    box.append(log);
  }

  private unsent(one: { start_s: number; text: string }): HTMLElement {
    const box = document.createElement("div");
    box.className = "comment is-waiting";
    const words = document.createElement("p");
    words.textContent = `${clock(one.start_s)} ${one.text}`;
    box.append(words);
    return box;
  }

  private mark(comment: Comment): HTMLElement {
    const mark = this.button("at", () => this.go(comment.id), "wave-mark", { time: clock(comment.start_s) });
    mark.setAttribute("aria-label", `${mark.textContent} ${comment.name}`);
    mark.title = `${comment.name}: ${comment.text}`;
    mark.textContent = "";
    mark.classList.toggle("is-resolved", comment.resolved_at !== null);
    mark.style.left = `${(Math.min(1, comment.start_s / this.call.duration) * 100).toFixed(2)}%`;
    return mark;
  }

  private go(id: number): void {
    const comment = this.store.comments.find((one) => one.id === id);
    if (!comment) return;
    this.player?.seek(comment.start_s);
    this.show(comment.turn ?? 0);
    const box = document.getElementById(`comment-${id}`);
    for (const other of document.querySelectorAll(".comment.is-current")) other.classList.remove("is-current");
    box?.classList.add("is-current");
    box?.scrollIntoView({ block: "nearest" });
    box?.focus({ preventScroll: true });
  }

  /** Mentions of this person count as read once their comment has been on the screen. */
  private watch(): void {
    const open = this.data.unread.filter((id) => !this.seen.has(id));
    if (!open.length) return;
    const watcher = new IntersectionObserver((entries) => {
      const ids = entries
        .filter((entry) => entry.isIntersecting)
        .map((entry) => Number(entry.target.id.replace("comment-", "")))
        .filter((id) => !this.seen.has(id));
      if (!ids.length) return;
      for (const id of ids) this.seen.add(id);
      void this.store.read(ids);
    });
    for (const id of open) {
      const box = document.getElementById(`comment-${id}`);
      if (box) watcher.observe(box);
    }
  }

  private button(word: string, act: () => void, className = "", values: Record<string, string> = {}): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = className;
    button.textContent = this.word(word, values);
    button.addEventListener("click", act);
    return button;
  }

  private small(text: string): HTMLElement {
    const small = document.createElement("span");
    small.className = "small muted";
    small.textContent = text;
    return small;
  }

  private tag(text: string): HTMLElement {
    const tag = document.createElement("span");
    tag.className = "tag";
    tag.textContent = text;
    return tag;
  }

  private word(key: string, values: Record<string, string | number> = {}): string {
    return (this.data.words[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
  }
}
