// The editor in the colours of the page.

import { EditorView } from "@codemirror/view";
import type { Extension } from "@codemirror/state";

export function theme(): Extension {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
  const panel = { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--line-strong)" };
  return EditorView.theme(
    {
      "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--card)", fontSize: "13px" },
      "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
      ".cm-scroller": { fontFamily: 'ui-monospace, "Cascadia Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace', lineHeight: "20px" },
      ".cm-content": { caretColor: "var(--ink)" },
      ".cm-cursor": { borderLeftColor: "var(--ink)" },
      ".cm-gutters": { backgroundColor: "var(--card-2)", color: "var(--na-ink)", borderRight: "1px solid var(--line)" },
      ".cm-activeLine": { backgroundColor: "var(--row-tint, rgb(120 140 170 / 10%))" },
      ".cm-activeLineGutter": { backgroundColor: "var(--na-tint)", color: "var(--ink)" },
      "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-tint)" },
      ".cm-tooltip": { ...panel, borderRadius: "6px", maxWidth: "520px" },
      ".cm-tooltip-autocomplete > ul > li": { padding: "2px 8px" },
      ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
      ".cm-completionDetail": { fontStyle: "normal", opacity: "0.85" },
      ".cm-completionInfo": { whiteSpace: "pre-wrap", maxWidth: "360px" },
      ".cm-about": { padding: "6px 10px", whiteSpace: "pre-wrap" },
      ".cm-panels": { ...panel, borderWidth: "0 0 1px 0" },
      ".cm-textfield": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--line-strong)" },
      ".cm-button": { backgroundImage: "none", backgroundColor: "var(--card-2)", color: "var(--ink)", border: "1px solid var(--line-strong)" },
      ".cm-searchMatch": { backgroundColor: "var(--found)", color: "var(--found-ink)" },
      ".cm-foldPlaceholder": { backgroundColor: "var(--na-tint)", border: "0", color: "var(--ink)" },
      ".cm-diagnostic": { whiteSpace: "pre-wrap" },
      ".cm-diagnostic-error": { borderLeftColor: "var(--fail-mark)" },
      ".cm-diagnostic-warning": { borderLeftColor: "var(--unknown-mark)" },
      // an example that came out as it says: a green dot, nothing to mend
      ".cm-lintRange-info": { backgroundImage: "none" },
      ".cm-lint-marker-info": { content: "normal", width: "8px", height: "8px", margin: "3px", borderRadius: "50%", backgroundColor: "var(--pass-mark)" },
      ".cm-diagnostic-info": { borderLeftColor: "var(--pass-mark)" },
    },
    { dark },
  );
}
