// Keys from the table that also renders the help. Nothing is bound while an input method composes or text is typed.

import type { Shortcut } from "./call-data";

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
/** The one key that does its work from a text field too. */
const WHILE_TYPING = "ctrl+enter";
const PRESSABLE = "button, a[href], summary, input";

export function bindShortcuts(table: readonly Shortcut[], actions: Readonly<Record<string, () => void>>): void {
  const byKey = new Map(table.flatMap(({ keys, action }) => keys.map((key) => [key.toLowerCase(), action] as const)));
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const held = event.ctrlKey || event.metaKey ? "ctrl+" : "";
    const key = held + (event.key === " " ? "space" : event.key.toLowerCase());
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(TYPING) && key !== WHILE_TYPING) return;
    if (event.key === " " && target.closest(PRESSABLE)) return; // Space presses the button that has the focus
    const action = actions[byKey.get(key) ?? ""];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
