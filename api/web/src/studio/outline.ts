// Sections and items beside the text, with their weights; a click goes there.

import type { OutlineFound, OutlineItem } from "./check";
import type { FormEditor } from "./editor";
import { type Word, element } from "./words";

export class Outline {
  private readonly host = document.querySelector<HTMLElement>("#outline");

  constructor(
    private readonly editor: FormEditor,
    private readonly word: Word,
  ) {}

  show(found: OutlineFound | null): void {
    if (!this.host) return;
    if (!found) {
      const note = this.host.querySelector(".outline-note") ?? element("p", "outline-note muted small");
      note.textContent = this.word("no_outline");
      this.host.prepend(note);
      return;
    }
    const isWhole = Math.abs(found.weight - 100) < 1e-6;
    const total = element("p", `outline-total ${isWhole ? "is-whole" : "is-off"}`, this.word("total", { n: found.weight }));
    const list = element("ol", "outline-list");
    for (const section of found.sections) {
      const part = element("li");
      part.append(this.jumper("outline-section", section.line, section.title || section.id || "–", this.word("weight", { n: section.weight })));
      const items = element("ol");
      items.append(...section.items.map((item) => this.item(item)));
      part.append(items);
      list.append(part);
    }
    this.host.replaceChildren(element("h2", "outline-head", this.word("outline")), total, list);
  }

  private item(item: OutlineItem): HTMLElement {
    const tags = [
      item.auto_fail ? this.word("killer") : "",
      item.is_trial ? this.word("trial") : "",
      item.way ? "" : this.word("undecided"),
      item.examples ? this.word("examples", { n: item.examples }) : "",
    ].filter(Boolean);
    const weight = item.weight ? this.word("weight", { n: item.weight }) : "";
    const made = element("li");
    made.append(this.jumper("outline-item", item.line, item.title || item.id || "–", [weight, ...tags].filter(Boolean).join(" · ")));
    return made;
  }

  private jumper(className: string, line: number, title: string, detail: string): HTMLElement {
    const made = element("button", className);
    made.type = "button";
    made.append(element("span", "outline-title", title), element("span", "outline-detail", detail));
    made.addEventListener("click", () => this.editor.jump({ line, column: 1 }));
    return made;
  }
}
