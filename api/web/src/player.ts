// The one player of the page: seeking, speed, skipped silences, and a mute for each speaker.

import type { Role } from "./call-data";

export const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2] as const;
const SILENCE_KEPT_S = 0.4;

/** Emits "tick" with every animation frame while playing and after each seek, "state" on any other change. */
export class Player extends EventTarget {
  skipSilence = false;
  private readonly muted = new Set<Role>();
  private gains: Record<Role, GainNode> | null = null;
  private context: AudioContext | null = null;
  /** Stretches still to be played before the sound stops by itself; the first is playing. */
  private stretches: readonly [number, number][] = [];

  constructor(
    readonly audio: HTMLAudioElement,
    private readonly duration: number,
    private readonly silences: readonly [number, number][],
    private readonly channels: readonly Role[],
  ) {
    super();
    for (const name of ["play", "pause", "ratechange", "ended", "error"]) {
      audio.addEventListener(name, () => this.emit("state"));
    }
    audio.addEventListener("play", () => this.frame());
    for (const name of ["seeked", "loadedmetadata"]) audio.addEventListener(name, () => this.emit("tick"));
  }

  get time(): number {
    return this.audio.currentTime;
  }

  get playing(): boolean {
    return !this.audio.paused;
  }

  toggle(): void {
    this.stretches = [];
    if (this.playing) this.audio.pause();
    else this.play();
  }

  /** Plays these seconds of the recording and nothing else. */
  playOnly(stretches: readonly [number, number][]): void {
    const first = stretches[0];
    if (!first) return;
    this.playFrom(first[0]);
    this.stretches = stretches;
  }

  /** What was to be heard has been heard: sound that `playOnly` began stops, other sound goes on. */
  stopStretches(): void {
    if (this.stretches.length) this.toggle();
  }

  seek(seconds: number): void {
    this.stretches = [];
    this.audio.currentTime = Math.min(Math.max(0, seconds), this.duration);
    this.emit("tick");
  }

  playFrom(seconds: number): void {
    this.seek(seconds);
    this.play();
  }

  /** The speed `steps` places further in the list of speeds. */
  faster(steps: number): void {
    const now = SPEEDS.findIndex((speed) => speed >= this.audio.playbackRate);
    const next = SPEEDS[Math.min(Math.max(0, now + steps), SPEEDS.length - 1)];
    if (next) this.audio.playbackRate = next;
  }

  isMuted(role: Role): boolean {
    return this.muted.has(role);
  }

  toggleMute(role: Role): void {
    if (!this.muted.delete(role)) this.muted.add(role);
    this.route();
    this.emit("state");
  }

  private play(): void {
    void this.context?.resume();
    // A refused play (no sound yet, page in the background) shows as a paused player; nothing else to do.
    this.audio.play().catch(() => this.emit("state"));
  }

  /** Sound goes through Web Audio from the first mute on: what remains is heard in both ears. */
  private route(): void {
    if (!this.gains) {
      this.context = new AudioContext();
      const source = this.context.createMediaElementSource(this.audio);
      const splitter = this.context.createChannelSplitter(2);
      const both = this.context.createGain();
      both.channelCount = 1;
      both.channelCountMode = "explicit";
      source.connect(splitter);
      this.gains = { agent: this.context.createGain(), customer: this.context.createGain() };
      this.channels.forEach((role, channel) => {
        splitter.connect(this.gains![role], channel);
        this.gains![role].connect(both);
      });
      both.connect(this.context.destination);
      void this.context.resume();
    }
    for (const role of ["agent", "customer"] as const) this.gains[role].gain.value = this.muted.has(role) ? 0 : 1;
  }

  private frame(): void {
    if (!this.playing) return;
    if (this.stretches.length) this.keepToStretches();
    else if (this.skipSilence) this.jumpSilence();
    this.emit("tick");
    requestAnimationFrame(() => this.frame());
  }

  private keepToStretches(): void {
    if (this.audio.seeking || this.time < this.stretches[0]![1]) return;
    this.stretches = this.stretches.slice(1);
    const next = this.stretches[0];
    if (next) this.audio.currentTime = next[0];
    else this.audio.pause();
  }

  private jumpSilence(): void {
    const now = this.time;
    const silence = this.silences.find(([start, end]) => now > start + SILENCE_KEPT_S && now < end - SILENCE_KEPT_S);
    if (silence) this.audio.currentTime = silence[1] - SILENCE_KEPT_S;
  }

  private emit(name: "tick" | "state"): void {
    this.dispatchEvent(new Event(name));
  }
}
