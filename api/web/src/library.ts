// The example library: one player at a time, what was really heard told to the server, and keys for the cards.

import { type Shortcut, readData } from "./call-data";
import { bindShortcuts } from "./shortcuts";

const players = [...document.getElementsByTagName("audio")]; // for the reports at the end; cards may come later
let current: HTMLElement | null = null;

function cards(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".clip-card")];
}

/** Stretches that the element has played, in ms; a seek over a part does not count as hearing it. */
function played(audio: HTMLAudioElement): [number, number][] {
  return Array.from({ length: audio.played.length }, (_, at) => [
    Math.round(audio.played.start(at) * 1000),
    Math.round(audio.played.end(at) * 1000),
  ]);
}

async function report(audio: HTMLAudioElement): Promise<void> {
  const address = audio.dataset["heard"];
  if (!address || !audio.played.length) return;
  const body = { played: played(audio).slice(0, 200), stopped_ms: audio.ended ? 0 : Math.round(audio.currentTime * 1000) };
  const reply = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    keepalive: true,
  }).catch(() => null);
  if (!reply?.ok) return; // nobody has signed, or the server is away: the next pause tells it all again
  const { share } = (await reply.json()) as { share: number };
  const line = audio.parentElement?.querySelector(".heard");
  line?.querySelector("progress")?.setAttribute("value", share.toFixed(3));
  const text = line?.querySelector("span");
  if (text) text.textContent = (text.textContent ?? "").replace(/[\d.]+(?=\s*%)/, String(Math.round(share * 100)));
}

function resume(audio: HTMLAudioElement): void {
  const from = Number(audio.dataset["from"] ?? audio.dataset["stopped"] ?? 0) / 1000;
  const to = Number(audio.dataset["to"] ?? NaN) / 1000;
  if (from > 0 && audio.currentTime < from) audio.currentTime = from;
  if (audio.currentTime >= to) audio.currentTime = from;
}

document.addEventListener(
  "play",
  (event) => {
    const audio = event.target as HTMLAudioElement;
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    if (!players.includes(audio)) players.push(audio);
    if (!audio.dataset["begun"]) {
      audio.dataset["begun"] = "yes";
      resume(audio);
    } else if (audio.dataset["to"]) resume(audio);
    take(audio.closest<HTMLElement>(".clip-card"));
  },
  true,
);
document.addEventListener(
  "timeupdate",
  (event) => {
    const audio = event.target as HTMLAudioElement;
    if (audio.dataset["to"] && audio.currentTime * 1000 >= Number(audio.dataset["to"])) audio.pause(); // a moment of a call
  },
  true,
);
for (const name of ["pause", "ended"]) {
  document.addEventListener(name, (event) => void report(event.target as HTMLAudioElement), true);
}
addEventListener("pagehide", () => {
  for (const audio of players) if (!audio.paused) void report(audio);
});

function take(card: HTMLElement | null): void {
  if (!card || card === current) return;
  current?.removeAttribute("aria-current");
  current = card;
  card.setAttribute("aria-current", "true");
}

function step(steps: number): void {
  const all = cards();
  const at = current ? all.indexOf(current) : -1;
  const next = all[Math.min(Math.max(0, at < 0 ? 0 : at + steps), all.length - 1)];
  if (!next) return;
  take(next);
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function toggle(): void {
  if (!current) step(0);
  const audio = current?.querySelector("audio");
  if (audio?.paused) audio.play().catch(() => undefined); // no sound: the element shows it
  else audio?.pause();
}

/** Presses the card's own button for a key, or the page's. */
function press(key: string): void {
  if (!current) step(0);
  const within = current?.querySelector<HTMLButtonElement>(`[data-key=${key}]`);
  (within ?? document.querySelector<HTMLButtonElement>(`[data-key=${key}]`))?.click();
}

document.addEventListener("focusin", (event) => take((event.target as Element).closest<HTMLElement>(".clip-card")));
const named = location.hash ? document.getElementById(location.hash.slice(1)) : null;
if (named?.classList.contains("clip-card")) {
  take(named);
  named.focus({ preventScroll: true });
}

const copy = document.querySelector<HTMLButtonElement>("#copy-link");
copy?.addEventListener("click", () => {
  const link = document.querySelector<HTMLInputElement>("#share-link");
  link?.select();
  void navigator.clipboard?.writeText(link?.value ?? "").then(() => {
    copy.textContent = copy.dataset["done"] ?? copy.textContent;
  });
});

const data = readData<{ shortcuts: Shortcut[] }>("library-data");
if (data) {
  bindShortcuts(data.shortcuts, {
    play: toggle,
    previous_clip: () => step(-1),
    next_clip: () => step(1),
    accept: () => press("accept"),
    dismiss: () => press("dismiss"),
    undo_dismiss: () => press("undo_dismiss"),
    answer_met: () => press("answer_met"),
    answer_not_met: () => press("answer_not_met"),
    move_up: () => press("move_up"),
    move_down: () => press("move_down"),
  });
}
