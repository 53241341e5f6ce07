// <callqa-wave>: two precomputed lanes (agent above, customer below) with silences, overlaps and evidence on one canvas.
//
// Own code and not wavesurfer.js: that draws channels, but silences, overlaps and numbered pins would each be a
// region plugin with styles injected inline, which the content security policy forbids; and it is 14 kB of the budget.

import { type CallData, clock, type PinData, type Role, type Verdict } from "./call-data";
import type { Player } from "./player";

interface Peaks {
  per_second: number;
  channels: number[][];
  roles: (Role | null)[];
}

const LANE = 40;
const GAP = 4;
const AXIS = 16;
const HEIGHT = 2 * LANE + GAP + AXIS;
const PEAK_MAX = 127;
const PIN_ROWS = 2;
/** Longer evidence (a stretch searched in vain) is a line above the lanes, not a coloured field. */
const LONG_S = 12;
const TICKS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900];
const ICONS: Record<Verdict, string> = { pass: "✓", fail: "✕", unknown: "?", na: "–" };

export class Wave extends HTMLElement {
  private readonly canvas = document.createElement("canvas");
  private readonly cursor = document.createElement("div");
  private readonly hover = document.createElement("div");
  private readonly pins = document.createElement("div");
  private data!: CallData;
  private player!: Player;
  private peaks: Peaks | null = null;
  private clip: [number | null, number | null] = [null, null];

  attach(data: CallData, player: Player, openPin: (pin: PinData) => void): void {
    this.data = data;
    this.player = player;
    this.cursor.className = "wave-cursor";
    this.hover.className = "wave-hover";
    this.pins.className = "wave-pins";
    this.canvas.className = "wave-canvas";
    this.canvas.setAttribute("aria-hidden", "true");
    const lanes = document.createElement("div");
    lanes.className = "wave-lanes";
    lanes.append(this.canvas, this.cursor, this.hover);
    this.replaceChildren(this.pins, lanes);
    this.asSlider(lanes);
    this.asPointerTarget(lanes);
    for (const pin of data.pins) this.pins.append(this.pinButton(pin, openPin));
    player.addEventListener("tick", () => this.moveCursor());
    new ResizeObserver(() => this.draw()).observe(lanes);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    if (data.peaks) void this.load(data.peaks);
  }

  /** Shows the pins of an item whatever its verdict; the others as the legend says. */
  choose(item: number): void {
    this.data.pins.forEach((pin, index) => {
      this.pins.children[index]?.classList.toggle("is-current", pin.number === item);
    });
    this.draw();
  }

  /** To be called when the legend shows or hides a verdict. */
  refresh(): void {
    this.draw();
  }

  /** The stretch that is to become an example, with one end or both; null where there is none. */
  showClip(start: number | null, end: number | null): void {
    this.clip = [start, end];
    this.draw();
  }

  private async load(url: string): Promise<void> {
    const reply = await fetch(url, { headers: { Accept: "application/json" } });
    if (!reply.ok) return; // the lanes stay empty; transcript, pins and sound are all there
    this.peaks = this.bySpeaker((await reply.json()) as Peaks);
    this.draw();
  }

  /** A mixed channel is split by the transcript: each lane shows the sound of its speaker's turns. */
  private bySpeaker(peaks: Peaks): Peaks {
    const mixed = peaks.channels[0];
    if (peaks.channels.length !== 1 || !mixed) return peaks;
    const roles: Role[] = ["agent", "customer"];
    const channels = roles.map((role) => {
      const lane = new Array<number>(mixed.length).fill(0);
      for (const turn of this.data.turns) {
        if (turn.role !== role) continue;
        const end = Math.min(mixed.length, Math.ceil(turn.end * peaks.per_second));
        for (let at = Math.floor(turn.start * peaks.per_second); at < end; at += 1) lane[at] = mixed[at] ?? 0;
      }
      return lane;
    });
    return { per_second: peaks.per_second, channels, roles };
  }

  private asSlider(lanes: HTMLElement): void {
    lanes.tabIndex = 0;
    lanes.setAttribute("role", "slider");
    lanes.setAttribute("aria-label", this.data.words["position"] ?? "");
    lanes.setAttribute("aria-valuemin", "0");
    lanes.setAttribute("aria-valuemax", String(Math.round(this.data.duration)));
    lanes.setAttribute("aria-valuenow", "0");
    lanes.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -3, ArrowRight: 3, PageUp: -15, PageDown: 15 }[event.key];
      if (step === undefined && event.key !== "Home" && event.key !== "End") return;
      if (event.key === "Home") this.player.seek(0);
      else if (event.key === "End") this.player.seek(this.data.duration);
      else this.player.seek(this.player.time + (step ?? 0));
      event.preventDefault();
      event.stopPropagation();
    });
  }

  private asPointerTarget(lanes: HTMLElement): void {
    const at = (event: PointerEvent): number => {
      const box = lanes.getBoundingClientRect();
      return (Math.min(Math.max(0, event.clientX - box.left), box.width) / box.width) * this.data.duration;
    };
    lanes.addEventListener("pointerdown", (event) => {
      lanes.setPointerCapture(event.pointerId);
      this.player.seek(at(event));
    });
    lanes.addEventListener("pointermove", (event) => {
      const time = at(event);
      this.hover.textContent = clock(time);
      this.hover.style.left = `${(time / this.data.duration) * 100}%`;
      if (event.buttons & 1) this.player.seek(time);
    });
  }

  private pinButton(pin: PinData, open: (pin: PinData) => void): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `pin pin-${pin.verdict}`;
    button.textContent = `${ICONS[pin.verdict]}${pin.number}`;
    button.title = pin.label;
    button.setAttribute("aria-label", pin.label);
    button.addEventListener("click", () => open(pin));
    return button;
  }

  /** Pins in two rows, each at its time or as little beside it as keeps every pin in sight. */
  private placePins(width: number): void {
    const shown = [...this.pins.children].flatMap((element, index) => {
      const pin = this.data.pins[index];
      return pin && element instanceof HTMLElement && this.isShown(index) ? [{ element, pin }] : [];
    });
    const wide = shown.map(({ element }) => element.offsetWidth + 1);
    const rows: { element: HTMLElement; left: number; wide: number }[][] = Array.from({ length: PIN_ROWS }, () => []);
    const ends = rows.map(() => 0);
    shown.forEach(({ element, pin }, index) => {
      const left = (pin.start / this.data.duration) * width;
      let row = ends.findIndex((end) => end <= left);
      if (row < 0) row = ends.indexOf(Math.min(...ends));
      const placed = { element, left: Math.max(left, ends[row]!), wide: wide[index]! };
      ends[row] = placed.left + placed.wide;
      rows[row]!.push(placed);
    });
    rows.forEach((row, number) => {
      let limit = width; // what ran over the right edge moves back, and pushes what is before it
      for (const placed of row.reverse()) {
        placed.left = Math.max(0, Math.min(placed.left, limit - placed.wide));
        limit = placed.left;
        placed.element.style.left = `${placed.left}px`;
        placed.element.dataset["row"] = String(number);
      }
    });
  }

  /** Stylesheets decide: the legend's classes on the page hide pins of a verdict. */
  private isShown(index: number): boolean {
    const element = this.pins.children[index];
    return element !== undefined && getComputedStyle(element).display !== "none";
  }

  private moveCursor(): void {
    const share = Math.min(1, this.player.time / this.data.duration);
    this.cursor.style.left = `${share * 100}%`;
    const lanes = this.cursor.parentElement;
    lanes?.setAttribute("aria-valuenow", String(Math.round(this.player.time)));
    lanes?.setAttribute("aria-valuetext", clock(this.player.time));
  }

  private draw(): void {
    const width = this.canvas.parentElement?.clientWidth ?? 0;
    const pen = this.canvas.getContext("2d");
    if (!width || !pen) return;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(HEIGHT * scale);
    pen.scale(scale, scale);
    const style = getComputedStyle(this);
    const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    const x = (seconds: number): number => (seconds / this.data.duration) * width;
    this.placePins(width);

    const tops: Record<Role, number> = { agent: 0, customer: LANE + GAP };
    for (const role of ["agent", "customer"] as const) {
      pen.fillStyle = colour("lane");
      pen.fillRect(0, tops[role], width, LANE);
    }
    for (const [start, end] of this.data.overlaps) {
      pen.fillStyle = colour("overlap-tint");
      pen.fillRect(x(start), 0, Math.max(2, x(end) - x(start)), 2 * LANE + GAP);
      pen.fillStyle = colour("overlap");
      pen.fillRect(x(start), LANE, Math.max(2, x(end) - x(start)), GAP);
    }
    for (const [index, pin] of this.data.pins.entries()) {
      if (!this.isShown(index)) continue;
      const from = x(pin.start);
      const long = Math.max(3, x(pin.end) - from);
      const top = pin.role ? tops[pin.role] : 0;
      const height = pin.role ? LANE : 2 * LANE + GAP;
      if (pin.end - pin.start <= LONG_S) {
        pen.fillStyle = colour(`${pin.verdict}-tint`);
        pen.fillRect(from, top, long, height);
      }
      pen.fillStyle = colour(`${pin.verdict}-mark`);
      pen.fillRect(from, pin.role === "customer" ? top + height - 2 : top, long, 2);
    }
    this.hatchSilences(pen, x, colour("hatch"));
    this.peaks?.channels.forEach((peaks, channel) => {
      const role = this.peaks?.roles[channel] ?? (channel === 0 ? "agent" : "customer");
      this.drawLane(pen, peaks, { top: tops[role], width, colour: colour(role) });
    });
    this.drawClip(pen, x, colour("accent"));
    this.drawAxis(pen, width, x, colour("ink-2"));
    this.moveCursor();
  }

  private drawLane(
    pen: CanvasRenderingContext2D,
    peaks: number[],
    lane: { top: number; width: number; colour: string },
  ): void {
    const loudest = Math.max(24, ...peaks); // quiet lines are raised, but noise alone is not blown up
    const perPixel = (this.peaks!.per_second * this.data.duration) / lane.width;
    const middle = lane.top + LANE / 2;
    pen.fillStyle = lane.colour;
    for (let column = 0; column < lane.width; column += 2) {
      const from = Math.floor(column * perPixel);
      const to = Math.max(from + 1, Math.floor((column + 2) * perPixel));
      let peak = 0;
      for (let index = from; index < to && index < peaks.length; index += 1) peak = Math.max(peak, peaks[index]!);
      const half = Math.max(0.5, (Math.min(peak, PEAK_MAX) / loudest) * (LANE / 2 - 3));
      pen.fillRect(column, middle - half, 1.4, 2 * half);
    }
  }

  private drawClip(pen: CanvasRenderingContext2D, x: (s: number) => number, colour: string): void {
    const [start, end] = this.clip;
    pen.fillStyle = colour;
    if (start !== null && end !== null) {
      pen.globalAlpha = 0.18;
      pen.fillRect(x(start), 0, Math.max(2, x(end) - x(start)), 2 * LANE + GAP);
      pen.globalAlpha = 1;
    }
    for (const edge of [start, end]) if (edge !== null) pen.fillRect(x(edge) - 1, 0, 2, 2 * LANE + GAP);
  }

  private hatchSilences(pen: CanvasRenderingContext2D, x: (s: number) => number, colour: string): void {
    pen.strokeStyle = colour;
    pen.lineWidth = 1;
    for (const [start, end] of this.data.silences) {
      const from = x(start);
      const long = x(end) - from;
      pen.save();
      pen.beginPath();
      pen.rect(from, 0, long, 2 * LANE + GAP);
      pen.clip();
      pen.beginPath();
      for (let left = from - 2 * LANE; left < from + long; left += 6) {
        pen.moveTo(left, 2 * LANE + GAP);
        pen.lineTo(left + 2 * LANE + GAP, 0);
      }
      pen.stroke();
      pen.restore();
    }
  }

  private drawAxis(pen: CanvasRenderingContext2D, width: number, x: (s: number) => number, colour: string): void {
    const step = TICKS_S.find((seconds) => x(seconds) >= 64) ?? 1800;
    pen.fillStyle = colour;
    pen.font = "11px system-ui, sans-serif";
    pen.textBaseline = "bottom";
    for (let time = 0; time <= this.data.duration; time += step) {
      pen.fillRect(x(time), 2 * LANE + GAP, 1, 4);
      const label = clock(time);
      if (x(time) + pen.measureText(label).width + 4 < width) pen.fillText(label, x(time) + 3, HEIGHT);
    }
  }
}

customElements.define("callqa-wave", Wave);
