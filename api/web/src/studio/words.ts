// What the server hands to the page: the draft and the words of the reader's language.

export interface Draft {
  id: string;
  revision: number;
  open: boolean;
  rubric: string;
}

export interface StudioData {
  draft: Draft;
  words: Record<string, string>;
  phrases: Record<string, string>;
}

export type Word = (key: string, values?: Record<string, string | number>) => string;

export function wordsOf(words: Record<string, string>): Word {
  return (key, values = {}) =>
    (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}
