// The call page: sound, waveform, transcript and form kept in step.

import { type CallData, clock, readData, type Role } from "./call-data";
import type { CommentData } from "./comment-store";
import { Comments } from "./comments";
import { keepDrafts } from "./drafts";
import { type ClipData, ClipMaker } from "./clip";
import { TurnEditor } from "./edit";
import { Find } from "./find";
import { FormView } from "./form";
import { Player } from "./player";
import { recall, remember, showPlace } from "./queue";
import { type ReviewData, ReviewView } from "./review-view";
import { bindShortcuts } from "./shortcuts";
import { padded } from "./stretches";
import { TranscriptView } from "./transcript";
import { Wave } from "./wave";

const STEP_S = 3;
const ONLY_OPEN = "callqa-only-open";

function buttons(player: Player, data: CallData): void {
  const play = document.getElementById("play");
  const time = document.getElementById("time");
  const speed = document.querySelector<HTMLSelectElement>("#speed");
  const skip = document.querySelector<HTMLInputElement>("#skip-silence");
  play?.addEventListener("click", () => player.toggle());
  speed?.addEventListener("change", () => {
    player.audio.playbackRate = Number(speed.value);
  });
  skip?.addEventListener("change", () => {
    player.skipSilence = skip.checked;
  });
  const mutes = [...document.querySelectorAll<HTMLButtonElement>("[data-mute]")];
  for (const button of mutes) {
    button.addEventListener("click", () => player.toggleMute(button.dataset["mute"] as Role));
  }
  const show = (): void => {
    play?.setAttribute("aria-label", (player.playing ? data.words["pause"] : data.words["play"]) ?? "");
    play?.classList.toggle("is-playing", player.playing);
    if (speed) speed.value = String(player.audio.playbackRate);
    for (const button of mutes) {
      button.setAttribute("aria-pressed", String(player.isMuted(button.dataset["mute"] as Role)));
    }
    const broken = document.getElementById("audio-error");
    if (broken) broken.hidden = !player.audio.error;
  };
  player.addEventListener("state", show);
  player.addEventListener("tick", () => {
    if (time) time.textContent = clock(player.time);
  });
  show();
}

/** The legend's verdicts show and hide their evidence, in the waveform and in the text. */
function legend(changed: () => void): void {
  const page = document.querySelector(".workbench");
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-show]")) {
    button.addEventListener("click", () => {
      const hidden = page?.classList.toggle(`hide-${button.dataset["show"]}`) ?? false;
      button.setAttribute("aria-pressed", String(!hidden));
      changed();
    });
  }
}

/** Shows only the items that need a look; the choice is kept for the next call. */
function onlyOpen(root: HTMLElement): void {
  const button = root.querySelector<HTMLButtonElement>("button.only-open");
  const show = (on: boolean): void => {
    root.classList.toggle("is-only-open", on);
    button?.setAttribute("aria-pressed", String(on));
  };
  show(recall("localStorage", ONLY_OPEN) === "yes");
  button?.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    remember("localStorage", ONLY_OPEN, on ? "yes" : "no");
    show(on);
  });
}

function withReview(form: FormView, player: Player | null): ReviewView | null {
  const data = readData<ReviewData>("review-data");
  return data && new ReviewView(data, (item) => form.selectId(item), () => player?.stopStretches());
}

function start(data: CallData): void {
  const audio = document.querySelector<HTMLAudioElement>("#audio");
  const scroller = document.getElementById("transcript");
  const root = document.getElementById("form");
  if (!scroller || !root) return;
  const roles = (audio?.dataset["roles"] ?? "").split(" ").filter((role): role is Role => role !== "");
  const player = audio ? new Player(audio, data.duration, data.silences, roles) : null;
  const transcript = new TranscriptView(scroller, data, player);
  const found = document.querySelector("callqa-wave");
  const wave = player && found instanceof Wave ? found : null;
  const form = new FormView(root, data, player, transcript, (item) => wave?.choose(item));
  if (player) buttons(player, data);
  if (player) wave?.attach(data, player, (pin) => form.openPin(pin));
  legend(() => wave?.refresh());
  onlyOpen(root);
  form.openAddress();
  const at = Number(new URLSearchParams(location.search).get("at") ?? NaN);
  if (Number.isFinite(at)) transcript.open(at); // a link to a moment
  const place = showPlace();
  const box = document.querySelector<HTMLInputElement>("#find");
  const find = box ? new Find(box, scroller, () => transcript.follow(false)) : null;
  const review = withReview(form, player);
  const decide = (verdict: "pass" | "fail" | "na"): void => review?.verdict(form.current, verdict);
  const submit = (): void => void review?.submitAndNext(place.next);
  const whatDecides = (): void => {
    const item = review ? form.nextWhere((id) => review.isOpen(id)) : null;
    if (!review || !item) return review?.say(review.word("nothing_open"));
    form.selectId(item);
    const stretches = padded(review.settle(item), data.duration);
    const seconds = Math.ceil(stretches.reduce((sum, [start, end]) => sum + end - start, 0));
    const n = review.number(item);
    review.say(seconds ? review.word("listening", { n, seconds }) : review.word("no_settle", { n }));
    player?.playOnly(stretches);
  };
  const call = location.pathname.split("/").pop() ?? "";
  const editor = review && new TurnEditor(call, review, () => player?.playing && player.toggle());
  const written = readData<CommentData>("comment-data");
  const comments =
    written && new Comments(written, data, player, () => transcript.heard, (turn) => transcript.show(turn));
  keepDrafts();
  const clip = readData<ClipData>("clip-data");
  const maker = clip && new ClipMaker(clip, data.duration, player, wave, () => form.inHand);
  document.getElementById("submit")?.addEventListener("click", submit);
  document.getElementById("decide")?.addEventListener("click", whatDecides);
  bindShortcuts(data.shortcuts, {
    play: () => player?.toggle(),
    back: () => player?.seek(player.time - STEP_S),
    forward: () => player?.seek(player.time + STEP_S),
    previous_turn: () => transcript.step(-1),
    next_turn: () => transcript.step(1),
    previous_item: () => form.step(-1),
    next_item: () => form.step(1),
    next_evidence: () => form.nextEvidence(),
    decide: whatDecides,
    verdict_pass: () => decide("pass"),
    verdict_fail: () => decide("fail"),
    verdict_na: () => decide("na"),
    reason: () => review?.nextReason(form.current),
    note: () => review?.note(form.current),
    correct: () => editor?.open(transcript.heard),
    comment: () => comments?.open(),
    clip_in: () => maker?.markIn(),
    clip_out: () => maker?.markOut(),
    keep_clip: () => maker?.keep(),
    undo: () => void review?.undo(),
    submit_next: submit,
    previous_call: place.previous,
    next_call: place.next,
    slower: () => player?.faster(-1),
    faster: () => player?.faster(1),
    find: () => find?.focus(),
    help: () => dispatchEvent(new Event("callqa:help")),
  });
}

const data = readData<CallData>("call-data");
if (data) start(data);
