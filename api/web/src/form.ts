// The form: which item is in hand, and its evidence, one piece after the other.

import type { CallData, PinData } from "./call-data";
import type { Player } from "./player";
import type { TranscriptView } from "./transcript";

export class FormView {
  private readonly items: HTMLElement[];
  private selected = -1;
  private piece = -1;

  constructor(
    private readonly root: HTMLElement,
    private readonly data: CallData,
    private readonly player: Player | null,
    private readonly transcript: TranscriptView,
    private readonly onSelect: (item: number) => void,
  ) {
    this.items = [...root.querySelectorAll<HTMLElement>(".item")];
    this.items.forEach((item, index) => {
      item.addEventListener("click", () => this.select(index));
      item.querySelectorAll<HTMLElement>(".chip[data-turn], .chip[data-seek]").forEach((chip, place) => {
        chip.addEventListener("click", (event) => {
          event.preventDefault();
          this.select(index);
          this.piece = place;
          this.open(chip);
        });
      });
    });
    for (const chip of document.querySelectorAll<HTMLElement>(".seek")) {
      chip.addEventListener("click", (event) => {
        event.preventDefault();
        this.open(chip);
      });
    }
    for (const mark of document.querySelectorAll<HTMLElement>(".hit")) {
      mark.addEventListener("dblclick", () => this.selectNumber(Number(itemsOf(mark)[0])));
    }
  }

  /** The item `steps` further down; from nowhere, the first one that needs a look. */
  step(steps: number): void {
    if (this.selected < 0) return this.select(this.firstDoubtful());
    let index = this.selected + steps;
    while (this.items[index] && !isShown(this.items[index]!)) index += steps;
    this.select(index);
  }

  /** Id of the item in hand; from nowhere, of the first one that needs a look, which is in hand then. */
  get current(): string {
    if (this.selected < 0) this.select(this.firstDoubtful());
    return this.items[this.selected]?.dataset["id"] ?? "";
  }

  /** Id of the item in hand, "" for none. */
  get inHand(): string {
    return this.items[this.selected]?.dataset["id"] ?? "";
  }

  selectId(id: string): void {
    this.select(this.items.findIndex((item) => item.dataset["id"] === id));
  }

  /** The next item, from the one in hand on and round, for which this holds; that one itself comes first. */
  nextWhere(holds: (id: string) => boolean): string | null {
    const from = Math.max(0, this.selected);
    const round = [...this.items.slice(from), ...this.items.slice(0, from)];
    return round.map((item) => item.dataset["id"] ?? "").find((id) => holds(id)) ?? null;
  }

  /** The item that the address names (a list filtered by an item leads to it) is in hand from the start. */
  openAddress(): void {
    const named = decodeURIComponent(location.hash.slice(1));
    const place = named ? document.getElementById(named)?.closest(".item") : null; // the item, or an appeal on it
    this.select(this.items.findIndex((item) => item === place));
  }

  /** Plays the next piece of evidence of the item in hand, then of the next item that has any. */
  nextEvidence(): void {
    if (this.selected < 0) this.select(this.firstDoubtful());
    const shown = [...this.items.keys()].filter((index) => isShown(this.items[index]!));
    for (let tried = 0; tried <= shown.length; tried += 1) {
      this.piece += 1;
      const chip = this.chips(this.selected)[this.piece];
      if (chip) return this.open(chip);
      this.select(shown.find((index) => index > this.selected) ?? shown[0] ?? -1);
    }
  }

  openPin(pin: PinData): void {
    this.selectNumber(pin.number);
    this.playEvidence(pin.start);
  }

  private selectNumber(number: number): void {
    this.select(this.items.findIndex((item) => Number(item.dataset["n"]) === number));
  }

  private select(index: number): void {
    const item = this.items[index];
    if (!item || index === this.selected) return;
    this.items[this.selected]?.removeAttribute("aria-current");
    this.selected = index;
    this.piece = -1;
    item.setAttribute("aria-current", "true");
    item.scrollIntoView({ block: "nearest" });
    this.onSelect(Number(item.dataset["n"]));
    for (const mark of document.querySelectorAll<HTMLElement>(".hit")) {
      mark.classList.toggle("is-current", itemsOf(mark).includes(item.dataset["n"] ?? "-"));
    }
  }

  private chips(index: number): HTMLElement[] {
    return [...(this.items[index]?.querySelectorAll<HTMLElement>(".chip[data-turn], .chip[data-seek]") ?? [])];
  }

  private firstDoubtful(): number {
    const index = this.items.findIndex((item) => ["fail", "unknown"].includes(item.dataset["verdict"] ?? ""));
    return Math.max(0, index);
  }

  private open(chip: HTMLElement): void {
    const { turn, seek, lead } = chip.dataset;
    if (turn !== undefined) this.transcript.show(Number(turn));
    if (seek !== undefined) this.playEvidence(Number(seek), lead === undefined ? this.data.lead : Number(lead));
    for (const other of this.root.querySelectorAll(".chip.is-playing")) other.classList.remove("is-playing");
    chip.classList.add("is-playing");
  }

  private playEvidence(start: number, lead = this.data.lead): void {
    this.transcript.follow(true);
    this.player?.playFrom(start - lead);
  }
}

function isShown(item: HTMLElement): boolean {
  return item.getClientRects().length > 0;
}

/** Numbers of the items for which these words are evidence. */
function itemsOf(mark: HTMLElement): string[] {
  return (mark.dataset["items"] ?? "").split(" ");
}
