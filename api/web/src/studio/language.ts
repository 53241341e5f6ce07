// YAML as forms use it: what is coloured, folded and indented.

import { HighlightStyle, StreamLanguage, foldService, indentService, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tags } from "@lezer/highlight";

const KEY = /^[^\s#:{}[\],"'$-][^:#{}[\],"']*(?=:(\s|$))/;

const yaml = StreamLanguage.define<{ quote: string }>({
  name: "yaml",
  startState: () => ({ quote: "" }),
  token(stream, state) {
    if (state.quote) {
      while (!stream.eol()) if (stream.next() === state.quote) { state.quote = ""; break; }
      return "string";
    }
    if (stream.eatSpace()) return null;
    const before = stream.string.charAt(stream.pos - 1);
    if (stream.peek() === "#" && (stream.pos === 0 || before === " ")) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match(/^["']/)) {
      const quote = stream.current();
      while (!stream.eol()) if (stream.next() === quote) return "string";
      state.quote = quote;
      return "string";
    }
    if (stream.match(/^[{}[\],]/) || stream.match(/^-(?=\s|$)/)) return "punctuation";
    if (stream.match(KEY)) return "propertyName";
    if (stream.match(/^:(?=\s|$)/)) return "punctuation";
    if (stream.match(/^\$[^\s,{}[\]]+/)) return "variableName";
    if (stream.match(/^(true|false|null)(?=[\s,}\]]|$)/)) return "bool";
    if (stream.match(/^[-+]?\d+(\.\d+)?(?=[\s,}\]]|$)/)) return "number";
    stream.match(/^[^\s,{}[\]]+/) || stream.next();
    return "string";
  },
  languageData: { commentTokens: { line: "#" }, closeBrackets: { brackets: ["[", "{", '"'] } },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.comment, color: "var(--na-ink)", fontStyle: "italic" },
  { tag: tags.number, color: "var(--unknown-ink)" },
  { tag: tags.bool, color: "var(--unknown-ink)" },
  { tag: tags.variableName, color: "var(--fail-ink)", fontWeight: "600" },
  { tag: tags.string, color: "var(--ink)" },
  { tag: tags.punctuation, color: "var(--ink-2)" },
]);

const left = (text: string): number => text.length - text.trimStart().length;

/** A line folds all lines below it that stand further right. */
const folding = foldService.of((state, start) => {
  const line = state.doc.lineAt(start);
  if (!line.text.trim()) return null;
  let last = line;
  for (let number = line.number + 1; number <= state.doc.lines; number += 1) {
    const next = state.doc.line(number);
    if (next.text.trim() && left(next.text) <= left(line.text)) break;
    if (next.text.trim()) last = next;
  }
  return last.number > line.number ? { from: line.to, to: last.to } : null;
});

/** A new line stands under the one above; under its key where that opens something. */
const indenting = indentService.of((context, position) => {
  const line = context.lineAt(position, -1);
  const dash = /^\s*(- +)+/.exec(line.text);
  const column = dash ? dash[0].length : left(line.text);
  return /:\s*$/.test(line.text) ? column + 2 : column;
});

export const formLanguage: Extension = [yaml, syntaxHighlighting(colours), folding, indenting];
