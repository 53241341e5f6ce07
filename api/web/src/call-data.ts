// What the server hands to the call page, in <script type="application/json" id="call-data">. Times are seconds.

export type Role = "agent" | "customer";
export type Verdict = "pass" | "fail" | "unknown" | "na";

export interface TurnData {
  role: Role;
  start: number;
  end: number;
  /** Four numbers a word: offset and end offset in the turn's text (UTF-16), start and end in ms of the recording. */
  words: number[];
}

export interface PinData {
  /** Number of the item on the form. */
  number: number;
  verdict: Verdict;
  start: number;
  end: number;
  role: Role | null;
  label: string;
}

export interface Shortcut {
  keys: string[];
  action: string;
}

export interface CallData {
  duration: number;
  peaks: string | null;
  turns: TurnData[];
  pins: PinData[];
  silences: [number, number][];
  overlaps: [number, number][];
  /** Seconds of lead-in before a piece of evidence. */
  lead: number;
  shortcuts: Shortcut[];
  words: Record<string, string>;
}

export function readData<T>(id: string): T | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : null;
}

export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Index of the last element whose key is not above `value`; -1 where there is none. */
export function lastAtOrBefore<T>(items: readonly T[], value: number, key: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(items[middle]!) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
