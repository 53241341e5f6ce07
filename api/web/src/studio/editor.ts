// The text editor: CodeMirror in a shadow root. There it keeps its styles in constructed sheets instead of <style>
// elements, which the content security policy of our pages forbids; colours come through as custom properties.

import { autocompletion, closeBrackets, closeBracketsKeymap, type CompletionContext, completionKeymap, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { codeFolding, foldGutter, foldKeymap, indentUnit } from "@codemirror/language";
import { type Diagnostic, forEachDiagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Text } from "@codemirror/state";
import { EditorView, type Tooltip, drawSelection, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { helpAt, type Place } from "./check";
import { formLanguage } from "./language";
import { theme } from "./theme";

const ABOUT_MS = 400;

export interface Options {
  label: string;
  phrases: Record<string, string>;
  editable: boolean;
}

/** Code points, as the server counts, → an offset in the document. */
export function offsetOf(doc: Text, place: Place): number {
  const line = doc.line(Math.min(Math.max(place.line ?? 1, 1), doc.lines));
  const before = [...line.text].slice(0, Math.max((place.column ?? 1) - 1, 0)).join("");
  return line.from + before.length;
}

/** An offset → line and column as the server counts them, from 1. */
export function placeOf(doc: Text, offset: number): { line: number; column: number } {
  const line = doc.lineAt(offset);
  return { line: line.number, column: [...line.text.slice(0, offset - line.from)].length + 1 };
}

export class FormEditor {
  onChange: () => void = () => undefined;
  onSave: () => void = () => undefined;
  private readonly view: EditorView;
  private about = 0;
  private waiting: Diagnostic[] | null = null;

  constructor(host: HTMLElement, field: HTMLTextAreaElement, options: Options) {
    const root = host.attachShadow({ mode: "open" });
    this.view = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: field.value,
        extensions: [
          lineNumbers(), foldGutter(), codeFolding(), lintGutter(), history(), drawSelection(), search({ top: true }),
          highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(), closeBrackets(),
          autocompletion({ override: [(context) => this.complete(context)], icons: false, activateOnTyping: true }),
          hoverTooltip(async (view, position) => this.tip(view, position), { hoverTime: 350 }),
          keymap.of([
            { key: "F8", run: () => this.nextFault() },
            { key: "Mod-s", preventDefault: true, run: () => (this.onSave(), true) },
            ...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap,
            ...defaultKeymap, indentWithTab,
          ]),
          indentUnit.of("  "), EditorState.tabSize.of(2), EditorState.phrases.of(options.phrases),
          EditorState.readOnly.of(!options.editable),
          EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false", lang: "zh" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) this.onChange();
            if (update.selectionSet || update.docChanged) this.explainSoon();
            if (this.waiting && !update.view.composing) queueMicrotask(() => this.flush());
          }),
          formLanguage, theme(),
        ],
      }),
    });
    field.hidden = true;
    host.hidden = false;
    const given = Number(new URLSearchParams(location.search).get("line"));
    if (given > 0) this.jump({ line: given, column: 1 });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Replaces the whole text; Ctrl+Z brings back what stood. */
  replace(text: string): void {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  jump(place: Place): void {
    const at = offsetOf(this.view.state.doc, place);
    this.view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    this.view.focus();
  }

  /** Marks shown in the text. While an input method composes they wait: a change would break the word begun. */
  mark(found: { place: Place; severity: "error" | "warning" | "info"; message: string }[]): void {
    const doc = this.view.state.doc;
    this.waiting = found.map(({ place, severity, message }) => {
      const from = offsetOf(doc, place);
      const word = /^[^\s,:{}[\]]+/.exec(doc.lineAt(from).text.slice(from - doc.lineAt(from).from));
      return { from, to: Math.min(from + Math.max(word?.[0].length ?? 1, 1), doc.lineAt(from).to), severity, message };
    });
    this.flush();
  }

  private flush(): void {
    if (!this.waiting || this.view.composing) return;
    const length = this.view.state.doc.length;
    const marks = this.waiting.filter((mark) => mark.to <= length);
    this.waiting = null;
    this.view.dispatch(setDiagnostics(this.view.state, marks));
  }

  /** To the next fault or warning, round the end. Examples that are right are no stops. */
  private nextFault(): boolean {
    const here = this.view.state.selection.main.head;
    const faults: number[] = [];
    forEachDiagnostic(this.view.state, (mark, from) => {
      if (mark.severity !== "info") faults.push(from);
    });
    const next = faults.find((at) => at > here) ?? faults[0];
    if (next !== undefined) this.jump(placeOf(this.view.state.doc, next));
    return true;
  }

  private async complete(context: CompletionContext): Promise<CompletionResult | null> {
    const word = context.matchBefore(/[^\s[\]{},:"'#]*/);
    if (!context.explicit && (!word || word.from === word.to)) return null;
    const { line, column } = placeOf(context.state.doc, context.pos);
    const found = await helpAt(context.state.doc.toString(), line, column);
    if (!found?.options.length || context.aborted) return null;
    return {
      from: offsetOf(context.state.doc, { line, column: found.start }),
      options: found.options.map((option) => ({
        label: option.label,
        apply: option.insert,
        detail: option.kind === "phrases" ? option.detail.slice(0, 40) : "",
        ...(option.detail ? { info: option.detail } : {}),
        type: option.kind,
      })),
      validFor: /^[^\s[\]{},:"'#]*$/,
    };
  }

  private async tip(view: EditorView, position: number): Promise<Tooltip | null> {
    const { line, column } = placeOf(view.state.doc, position);
    const found = await helpAt(view.state.doc.toString(), line, column);
    if (!found?.about) return null;
    return {
      pos: position,
      create: () => {
        const dom = document.createElement("div");
        dom.className = "cm-about";
        dom.textContent = found.about;
        return { dom };
      },
    };
  }

  /** What the word under the cursor means, beside the text: the same as on hover, for the keyboard. */
  private explainSoon(): void {
    clearTimeout(this.about);
    this.about = setTimeout(async () => {
      const shown = document.querySelector<HTMLElement>("#about");
      if (!shown) return;
      const { line, column } = placeOf(this.view.state.doc, this.view.state.selection.main.head);
      const found = await helpAt(this.text, line, column);
      shown.textContent = found?.about ?? "";
      shown.hidden = !found?.about;
    }, ABOUT_MS);
  }
}
