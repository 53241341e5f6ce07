// The search page: hits are stepped through and heard without leaving the results.

import { type Shortcut, readData } from "./call-data";
import { bindShortcuts } from "./shortcuts";

const hits = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-hit]")];
const audio = (): HTMLAudioElement | null => document.querySelector("#audio");
const current = (): HTMLElement | null => document.activeElement?.closest<HTMLElement>("[data-hit]") ?? null;

function show(): void {
  const sound = audio();
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-play]")) {
    const playing = sound !== null && !sound.paused && sound.dataset["from"] === key(button);
    button.setAttribute("aria-pressed", String(playing));
  }
  const broken = document.getElementById("audio-error");
  if (broken && sound) broken.hidden = !sound.error;
}

const key = (button: HTMLButtonElement): string => `${button.dataset["call"]} ${button.dataset["play"]}`;

/** The results may be exchanged under the page: the player of the day is bound when it is first used. */
function bound(sound: HTMLAudioElement): HTMLAudioElement {
  if (!sound.dataset["bound"]) {
    sound.dataset["bound"] = "yes";
    for (const name of ["play", "pause", "ended", "error"]) sound.addEventListener(name, show);
  }
  return sound;
}

/** Plays from a hit, or pauses where it is the one that plays. */
function toggle(button: HTMLButtonElement): void {
  const found = audio();
  if (!found) return;
  const sound = bound(found);
  if (!sound.paused && sound.dataset["from"] === key(button)) {
    sound.pause();
    return;
  }
  const address = `/api/v1/calls/${encodeURIComponent(button.dataset["call"] ?? "")}/audio`;
  const from = Number(button.dataset["play"]);
  sound.dataset["from"] = key(button);
  const start = (): void => {
    sound.currentTime = from;
    // A refusal shows as the element's error; another hit that was chosen meanwhile is none.
    void sound.play().catch(() => undefined);
  };
  if (sound.getAttribute("src") === address && sound.readyState > 0) start();
  else {
    sound.addEventListener("loadedmetadata", start, { once: true });
    sound.setAttribute("src", address);
    sound.load();
  }
}

function step(steps: number): void {
  const all = hits();
  const now = current();
  const at = now ? all.indexOf(now) + steps : steps > 0 ? 0 : all.length - 1;
  const next = all[Math.min(Math.max(0, at), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("[data-play]") : null;
  if (button) toggle(button);
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || !(event.target instanceof HTMLElement)) return;
  if (event.key === "ArrowDown" && event.target.id === "search") {
    event.preventDefault();
    step(1);
  }
  if (event.key === "Enter" && event.target.matches("[data-hit]")) {
    event.target.querySelector<HTMLAnchorElement>(".hit-open")?.click();
  }
});

const table = readData<Shortcut[]>("shortcuts");
if (table) {
  bindShortcuts(table, {
    next_hit: () => step(1),
    previous_hit: () => step(-1),
    play_hit: () => {
      const button = (current() ?? hits()[0])?.querySelector<HTMLButtonElement>("[data-play]");
      if (button) toggle(button);
    },
  });
}
