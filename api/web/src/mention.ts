// Names after an @ in a text field: a list to choose from by key.

const STARTED = /[@＠]([^\s@＠]{0,30})$/;
const SHOWN = 8;

export class Mention {
  private readonly list = document.createElement("ul");
  private names: string[] = [];
  private chosen = 0;

  constructor(
    private readonly field: HTMLTextAreaElement,
    private readonly people: readonly string[],
    label: string,
  ) {
    this.list.className = "people";
    this.list.id = "people";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-controls", this.list.id);
    field.after(this.list);
    field.addEventListener("input", () => this.look());
    field.addEventListener("blur", () => this.close());
    // before the form's own keys: while the list is open, they are the list's
    field.addEventListener("keydown", (event) => this.onKey(event), { capture: true });
  }

  private look(): void {
    const started = STARTED.exec(this.field.value.slice(0, this.field.selectionStart));
    const begun = (started?.[1] ?? "").toLowerCase();
    this.names = started ? this.people.filter((name) => name.toLowerCase().includes(begun)).slice(0, SHOWN) : [];
    this.chosen = 0;
    this.paint();
  }

  private onKey(event: KeyboardEvent): void {
    if (this.list.hidden || event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown") this.move(1);
    else if (event.key === "ArrowUp") this.move(-1);
    else if (event.key === "Enter" || event.key === "Tab") this.choose(this.chosen);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  private move(steps: number): void {
    this.chosen = (this.chosen + steps + this.names.length) % this.names.length;
    this.paint();
  }

  private choose(index: number): void {
    const name = this.names[index];
    const at = this.field.selectionStart;
    if (name === undefined) return;
    const before = this.field.value.slice(0, at).replace(STARTED, `@${name} `);
    this.field.value = before + this.field.value.slice(at);
    this.field.setSelectionRange(before.length, before.length);
    this.close();
    this.field.dispatchEvent(new Event("input"));
  }

  private close(): void {
    this.names = [];
    this.paint();
  }

  private paint(): void {
    this.list.hidden = this.names.length === 0;
    this.field.setAttribute("aria-expanded", String(!this.list.hidden));
    this.list.replaceChildren(
      ...this.names.map((name, index) => {
        const line = document.createElement("li");
        line.id = `person-${index}`;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", String(index === this.chosen));
        line.textContent = name;
        line.addEventListener("pointerdown", (event) => {
          event.preventDefault(); // the field keeps the focus
          this.choose(index);
        });
        return line;
      }),
    );
    if (this.list.hidden) this.field.removeAttribute("aria-activedescendant");
    else this.field.setAttribute("aria-activedescendant", `person-${this.chosen}`);
  }
}

/** A text with the names that it mentions marked. */
export function withMentions(text: string, people: readonly string[]): (Node | string)[] {
  const known = [...people].sort((one, other) => other.length - one.length);
  const parts: (Node | string)[] = [];
  let rest = text;
  for (let at = rest.search(/[@＠]/); at >= 0; at = rest.search(/[@＠]/)) {
    const name = known.find((one) => rest.startsWith(one, at + 1));
    const end = at + 1 + (name?.length ?? 0);
    parts.push(rest.slice(0, name ? at : end));
    if (name) {
      const mention = document.createElement("span");
      mention.className = "mention";
      mention.textContent = rest.slice(at, end);
      parts.push(mention);
    }
    rest = rest.slice(end);
  }
  return [...parts, rest];
}
