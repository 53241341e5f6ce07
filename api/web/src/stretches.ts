// Stretches of a recording that are to be heard.

/** Room before and after, so that the ear is in the sentence; less than for evidence, because every second counts here. */
const BEFORE_S = 0.6;
const AFTER_S = 0.4;

/** The stretches with room around them, kept within the recording; those that touch become one. */
export function padded(stretches: readonly [number, number][], duration: number): [number, number][] {
  const joined: [number, number][] = [];
  for (const [start, end] of [...stretches].sort((a, b) => a[0] - b[0])) {
    const from = Math.max(0, start - BEFORE_S);
    const to = Math.min(duration, end + AFTER_S);
    const last = joined.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}
