// The find box of the transcript: every hit highlighted, Enter and Shift+Enter step through them.

import { rangeOf } from "./transcript";

export class Find {
  private readonly count: HTMLElement | null;
  private hits: { turn: HTMLElement; range: Range }[] = [];
  private at = -1;

  constructor(
    private readonly input: HTMLInputElement,
    private readonly scroller: HTMLElement,
    private readonly onHit: () => void,
  ) {
    this.count = document.getElementById("find-count");
    input.addEventListener("input", () => this.search());
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter") {
        event.preventDefault();
        this.step(event.shiftKey ? -1 : 1);
      } else if (event.key === "Escape") {
        input.value = "";
        this.search();
        input.blur();
      }
    });
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  private search(): void {
    const wanted = this.input.value.trim().toLowerCase();
    this.hits = [];
    this.at = -1;
    for (const said of wanted ? this.scroller.querySelectorAll<HTMLElement>(".said") : []) {
      const text = (said.textContent ?? "").toLowerCase();
      for (let start = text.indexOf(wanted); start >= 0; start = text.indexOf(wanted, start + wanted.length)) {
        const range = rangeOf(said, start, start + wanted.length);
        if (range) this.hits.push({ turn: said, range });
      }
    }
    if ("highlights" in CSS) CSS.highlights.set("found", new Highlight(...this.hits.map((hit) => hit.range)));
    if (wanted) this.step(1);
    this.report(wanted);
  }

  private step(steps: number): void {
    if (!this.hits.length) return;
    this.at = (this.at + steps + this.hits.length) % this.hits.length;
    const hit = this.hits[this.at]!;
    if ("highlights" in CSS) CSS.highlights.set("found-now", new Highlight(hit.range));
    this.onHit();
    hit.turn.scrollIntoView({ block: "center" });
    this.report("x");
  }

  private report(wanted: string): void {
    if (!this.hits.length && "highlights" in CSS) CSS.highlights.delete("found-now");
    if (this.count) this.count.textContent = wanted ? `${this.at + 1}/${this.hits.length}` : "";
  }
}
