// What was found, beside the text and in it: faults first, then examples that come out otherwise, then warnings.

import type { CheckReport, Place } from "./check";
import type { FormEditor } from "./editor";
import { type Word, element } from "./words";

export class Findings {
  private readonly list = document.querySelector<HTMLElement>("#faults");
  private readonly verdict = document.querySelector<HTMLElement>("#verdict");

  constructor(
    private readonly editor: FormEditor,
    private readonly word: Word,
  ) {}

  working(): void {
    if (this.verdict && !this.verdict.textContent) this.verdict.textContent = this.word("working");
  }

  show(report: CheckReport, withExamples: boolean): void {
    const wrong = report.examples.filter((example) => !example.ok);
    const told = (message: string, hint: string): string => (hint ? `${message}\n→ ${hint}` : message);
    const outcome = (expected: string | null, got: string): string =>
      this.word("example_wrong", { expected: this.word(expected ?? got), got: this.word(got) });
    this.editor.mark([
      ...report.problems.map((one) => ({ place: one.where, severity: "error" as const, message: told(one.message, one.hint) })),
      ...wrong.map((one) => ({ place: one.where, severity: "error" as const, message: `${outcome(one.expected, one.got)}\n${one.reason}` })),
      ...report.warnings.map((one) => ({ place: one.where, severity: "warning" as const, message: told(one.message, one.hint) })),
      ...report.examples
        .filter((one) => one.ok)
        .map((one) => ({ place: one.where, severity: "info" as const, message: `${this.word("example_right")} · ${one.reason}` })),
    ]);
    this.list?.replaceChildren(
      ...report.problems.map((one) => this.line("error", one.where, this.word("error"), one.message, one.hint)),
      ...wrong.map((one) =>
        this.line("error", one.where, this.word("example"), `${one.line} — ${outcome(one.expected, one.got)}`, one.reason),
      ),
      ...report.warnings.map((one) => this.line("warning", one.where, this.word("warning"), one.message, one.hint)),
    );
    if (!this.verdict) return;
    const faults = report.problems.length + wrong.length;
    if (!faults && !withExamples) this.verdict.textContent = this.word("working");
    else if (faults) this.verdict.textContent = this.word("faulty", { n: faults });
    else this.verdict.textContent = this.word("fine", { right: report.examples.length, all: report.examples.length });
    this.verdict.dataset["state"] = faults ? "faulty" : withExamples ? "fine" : "working";
  }

  private line(kind: string, where: Place, name: string, message: string, hint: string): HTMLElement {
    const made = element("li", `fault is-${kind}`);
    const place = element("button", "fault-place", `${where.line ?? 1}:${where.column ?? 1}`);
    place.type = "button";
    place.addEventListener("click", () => this.editor.jump(where));
    const text = element("span");
    text.append(element("b", "", name), ` ${message} `, element("span", "muted", hint));
    made.append(place, text);
    return made;
  }
}
