// A review as it is worked on: every change is sent by itself and in order, waits on the page while the server is away
// (and over a reload), and meets what others changed meanwhile.

import { recall, remember } from "./queue";

export type Human = "pass" | "fail" | "na";

export interface Decision {
  verdict: Human | null;
  reason: string | null;
  note: string;
}

export interface Decided extends Decision {
  item_id: string;
  name: string;
  version: number;
}

export interface Total {
  score: number | null;
  low: number | null;
  high: number | null;
  result: string;
}

export interface ReviewState {
  evaluation_id: number;
  round: number;
  version: number;
  state: "draft" | "submitted";
  submitted_by: string;
  second_why: string;
  items: Decided[];
  machine: Total;
  human: Total | null;
  others: string[];
  can_undo: boolean;
}

interface Change {
  path: string;
  method: "PUT" | "POST";
  item: string | null;
  body: Record<string, unknown>;
  /** Once it may have reached the server it is sent again as it is: its token makes that harmless. */
  sent: boolean;
}

export type Saving = "idle" | "saving" | "saved" | "offline" | "refused";

const NOTHING: Decision = { verdict: null, reason: null, note: "" };
const RETRY_MS = [1000, 2000, 4000, 8000, 15000];

/** Emits "change" whenever anything of it is to be painted anew; "refused" with the error's code as detail. */
export class Review extends EventTarget {
  saving: Saving = "idle";
  refusal = "";
  /** Items that somebody else decided while this person did, with this person's choice. */
  readonly clashes = new Map<string, Decision>();
  private changes: Change[] = [];
  private running: Promise<void> | null = null;
  private failures = 0;
  private readonly base: string;
  private readonly key: string;

  constructor(
    public state: ReviewState,
    readonly name: string,
  ) {
    super();
    this.base = `/api/v1/evaluations/${state.evaluation_id}/review`;
    this.key = `callqa-review-${state.evaluation_id}-${state.round}-${name}`;
    const kept = name ? recall("localStorage", this.key) : null;
    this.changes = kept ? (JSON.parse(kept) as Change[]) : [];
    addEventListener("online", () => void this.flush());
    if (this.changes.length) void this.flush();
  }

  get waiting(): number {
    return this.changes.length;
  }

  get isClosed(): boolean {
    return this.state.state === "submitted";
  }

  /** What stands for an item on this page: a change that waits goes before what the server has. */
  of(item: string): Decision & { name: string } {
    const waits = this.changes.findLast((change) => change.item === item);
    if (waits) return { ...(waits.body as unknown as Decision), name: this.name };
    return this.stored(item) ?? { ...NOTHING, name: "" };
  }

  stored(item: string): Decided | undefined {
    return this.state.items.find((decided) => decided.item_id === item);
  }

  decide(item: string, part: Partial<Decision>): void {
    const { verdict, reason, note } = { ...this.of(item), ...part };
    const decision = { verdict, reason, note };
    this.clashes.delete(item);
    const last = this.changes.at(-1);
    // reasons tried and words typed since the last sending are one step; each verdict is a step of its own
    if (last && last.item === item && !last.sent && last.body["verdict"] === verdict) Object.assign(last.body, decision);
    else {
      const seen = this.stored(item)?.version ?? 0;
      this.add("PUT", `/items/${encodeURIComponent(item)}`, item, { ...decision, seen });
    }
    void this.flush();
  }

  undo(): Promise<void> {
    this.add("POST", "/undo", null, {});
    return this.flush();
  }

  askSecond(why: string): Promise<void> {
    this.add("POST", "/second", null, { why });
    return this.flush();
  }

  reopen(): Promise<void> {
    this.add("POST", "/reopen", null, {});
    return this.flush();
  }

  /** Whether it is submitted now. */
  async submit(): Promise<boolean> {
    await this.flush();
    if (this.waiting || this.clashes.size) return false;
    this.add("POST", "/submit", null, { seen: this.state.version });
    await this.flush();
    return this.isClosed;
  }

  /** Takes the other's choice of an item, or one's own, having seen it. */
  settle(item: string, whose: "mine" | "theirs"): void {
    const mine = this.clashes.get(item);
    this.clashes.delete(item);
    if (whose === "mine" && mine) this.decide(item, mine);
    else this.paint();
  }

  async refresh(): Promise<void> {
    const reply = await this.ask("GET", "");
    if (reply?.ok) this.take((await reply.json()) as ReviewState);
  }

  ask(method: string, path: string, body?: object, keepalive = false): Promise<Response | null> {
    return fetch(`${this.base}${path}?round=${this.state.round}`, {
      method,
      keepalive,
      headers: { Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch(() => null);
  }

  private add(method: "PUT" | "POST", path: string, item: string | null, body: Record<string, unknown>): void {
    this.changes.push({ method, path, item, body: { ...body, token: token() }, sent: false });
    this.keep();
    this.paint();
  }

  private flush(): Promise<void> {
    this.running ??= this.send().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async send(): Promise<void> {
    for (let change = this.changes[0]; change; change = this.changes[0]) {
      this.saving = "saving";
      change.sent = true;
      this.keep();
      this.paint();
      const reply = await this.ask(change.method, change.path, change.body);
      if (!reply || reply.status >= 500 || reply.status === 429) {
        this.saving = "offline";
        this.paint();
        const pause = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
        this.failures += 1;
        setTimeout(() => void this.flush(), pause);
        return;
      }
      this.failures = 0;
      if (reply.ok) {
        const state = (await reply.json()) as ReviewState;
        this.changes.shift(); // not sooner: until the answer is here the change itself says what stands
        this.saving = "saved";
        this.take(state);
      } else {
        await this.refused(change, reply);
      }
      this.keep();
    }
  }

  private async refused(change: Change, reply: Response): Promise<void> {
    const { error } = (await reply.json().catch(() => ({ error: { code: "", message: "" } }))) as {
      error: { code: string; message: string };
    };
    await this.refresh();
    this.changes.shift();
    if (error.code === "review_conflict" && change.item) {
      const mine = this.changes.findLast((later) => later.item === change.item)?.body ?? change.body;
      this.changes = this.changes.filter((later) => later.item !== change.item);
      this.clashes.set(change.item, mine as unknown as Decision);
      this.saving = "saved";
    } else {
      this.saving = "refused";
      this.refusal = error.message;
    }
    this.paint();
    this.dispatchEvent(new CustomEvent("refused", { detail: error.code }));
  }

  private take(state: ReviewState): void {
    const before = this.state;
    this.state = state;
    this.paint();
    if (state.version > before.version) this.dispatchEvent(new CustomEvent("moved", { detail: before.version }));
  }

  private keep(): void {
    remember("localStorage", this.key, JSON.stringify(this.changes));
  }

  private paint(): void {
    this.dispatchEvent(new Event("change"));
  }
}

function token(): string {
  // randomUUID is there on secure origins only, and intranets often are none
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether a person decided against a verdict that the machine was sure of. */
export function overturns(machine: string, decision: Decision): boolean {
  return decision.verdict !== null && machine !== "unknown" && decision.verdict !== machine;
}
