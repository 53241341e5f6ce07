// The transcript follows the sound: current turn and word, words that seek, and the find box.
//
// Words are not elements: an hour of talk has fifteen thousand of them. The CSS custom highlight API underlines
// ranges of the plain text, and a click finds its word by the caret's offset.

import { type CallData, lastAtOrBefore, type TurnData } from "./call-data";
import type { Player } from "./player";

export class TranscriptView {
  private readonly turns: HTMLElement[];
  private readonly followButton = document.getElementById("follow");
  private current = -1;
  private currentWord = "";
  private following = true;

  constructor(
    private readonly scroller: HTMLElement,
    private readonly data: CallData,
    private readonly player: Player | null,
  ) {
    this.turns = [...scroller.querySelectorAll<HTMLElement>(".turn")];
    scroller.addEventListener("click", (event) => this.onClick(event));
    for (const name of ["wheel", "touchmove"]) {
      scroller.addEventListener(name, () => this.follow(false), { passive: true });
    }
    scroller.addEventListener("keydown", (event) => {
      if (["PageUp", "PageDown", "Home", "End"].includes(event.key)) this.follow(false);
    });
    this.followButton?.addEventListener("click", () => {
      this.follow(true);
      this.show(this.current);
    });
    player?.addEventListener("tick", () => this.update(player.time));
  }

  /** The turn `steps` away from the current one: seeks there, or scrolls where there is no sound. */
  step(steps: number): void {
    const index = Math.min(Math.max(0, this.current + steps), this.turns.length - 1);
    const turn = this.data.turns[index];
    if (!turn) return;
    this.follow(true);
    if (this.player) this.player.seek(turn.start);
    else this.mark(index);
    this.show(index);
  }

  /** The moment of a link: seeks there; without sound its turn is marked and brought into sight. */
  open(time: number): void {
    if (this.player) return this.player.seek(time);
    const index = lastAtOrBefore(this.data.turns, time, (turn) => turn.start);
    this.mark(index);
    this.show(index);
  }

  /** The turn that is being heard, or was last; the first before any. */
  get heard(): number {
    return Math.max(0, this.current);
  }

  show(index: number): void {
    const turn = this.turns[index];
    if (!turn) return;
    if (this.scroller.scrollHeight <= this.scroller.clientHeight + 1) {
      turn.scrollIntoView({ block: "nearest" }); // one column: the page scrolls
      return;
    }
    const box = this.scroller.getBoundingClientRect();
    const own = turn.getBoundingClientRect();
    const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (own.top < box.top + 32 || own.bottom > box.bottom - 48) {
      const top = this.scroller.scrollTop + own.top - box.top - box.height / 3;
      this.scroller.scrollTo({ top, behavior: reduced ? "auto" : "smooth" });
    }
  }

  follow(on: boolean): void {
    if (!this.player) return;
    this.following = on;
    if (this.followButton) this.followButton.hidden = on;
  }

  private update(time: number): void {
    const index = lastAtOrBefore(this.data.turns, time, (turn) => turn.start);
    if (index !== this.current) {
      this.mark(index);
      if (this.following) this.show(index);
    }
    const turn = this.data.turns[index];
    if (turn) this.underline(index, turn, time);
  }

  private mark(index: number): void {
    this.turns[this.current]?.removeAttribute("aria-current");
    this.current = index;
    this.turns[index]?.setAttribute("aria-current", "true");
  }

  private underline(index: number, turn: TurnData, time: number): void {
    const at = lastWord(turn.words, time * 1000);
    const key = `${index}:${at}`;
    if (key === this.currentWord || !("highlights" in CSS)) return;
    this.currentWord = key;
    const said = this.turns[index]?.querySelector<HTMLElement>(".said");
    const range = said && at >= 0 ? rangeOf(said, turn.words[at]!, turn.words[at + 1]!) : null;
    if (range) CSS.highlights.set("current-word", new Highlight(range));
    else CSS.highlights.delete("current-word");
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const element = target.closest<HTMLElement>(".turn");
    if (!element || !this.player || target.closest("a, button, summary")) return;
    if (!target.closest(".said") || !getSelection()?.isCollapsed) return;
    const index = this.turns.indexOf(element);
    const turn = this.data.turns[index];
    const said = element.querySelector<HTMLElement>(".said");
    if (!turn || !said) return;
    this.follow(true);
    this.player.seek(wordTime(turn, offsetAt(said, event.clientX, event.clientY)));
  }
}

/** Index (into the flat list) of the last word that has begun. */
function lastWord(words: number[], ms: number): number {
  let at = -1;
  for (let index = 0; index < words.length && words[index + 2]! <= ms; index += 4) at = index;
  return at;
}

/** Start of the word at a text offset; without word times, by its share of the turn's text. */
function wordTime(turn: TurnData, offset: number): number {
  let time = turn.start;
  for (let index = 0; index < turn.words.length && turn.words[index]! <= offset; index += 4) {
    time = turn.words[index + 2]! / 1000;
  }
  return time;
}

function offsetAt(said: HTMLElement, x: number, y: number): number {
  let node: Node | null = null;
  let offset = 0;
  if ("caretPositionFromPoint" in document) {
    const caret = document.caretPositionFromPoint(x, y);
    node = caret?.offsetNode ?? null;
    offset = caret?.offset ?? 0;
  } else {
    const legacy = document as unknown as { caretRangeFromPoint(x: number, y: number): Range | null };
    const caret = legacy.caretRangeFromPoint(x, y);
    node = caret?.startContainer ?? null;
    offset = caret?.startOffset ?? 0;
  }
  if (!node || !said.contains(node)) return 0;
  const range = document.createRange();
  range.setStart(said, 0);
  range.setEnd(node, offset);
  const length = range.toString().length;
  // The caret falls between two characters: a click on the right half of one belongs to that one.
  range.setStart(node, Math.max(0, offset - 1));
  const box = range.getBoundingClientRect();
  return x < box.right && x >= box.left ? Math.max(0, length - 1) : length;
}

/** The text between two offsets of an element, across the marks inside it. */
export function rangeOf(root: HTMLElement, start: number, end: number): Range | null {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let before = 0;
  let begun = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (!begun && start < before + length) {
      range.setStart(node, start - before);
      begun = true;
    }
    if (begun && end <= before + length) {
      range.setEnd(node, end - before);
      return range;
    }
    before += length;
  }
  return null;
}
