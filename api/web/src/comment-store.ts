// The comments of a call: what the server has, and what still waits on this page (also over a reload).

import { recall, remember } from "./queue";

export interface Comment {
  id: number;
  start_s: number;
  end_s: number | null;
  turn: number | null;
  text: string;
  for_agent: boolean;
  name: string;
  version: number;
  edited_at: string | null;
  withdrawn_at: string | null;
  resolved_at: string | null;
  resolved_by: string;
  is_mine: boolean;
}

export interface CommentData {
  call: string;
  name: string;
  is_agent: boolean;
  comments: Comment[];
  people: string[];
  unread: number[];
  words: Record<string, string>;
}

interface Change {
  method: "POST" | "PUT";
  path: string;
  body: Record<string, unknown>;
}

const RETRY_MS = [1000, 2000, 4000, 8000, 15000];

/** Emits "change" whenever something is to be painted anew. */
export class CommentStore extends EventTarget {
  comments: Comment[];
  state: "idle" | "saving" | "offline" | "refused" = "idle";
  refusal = "";
  private changes: Change[];
  private running = false;
  private failures = 0;
  private readonly key: string;

  constructor(readonly data: CommentData) {
    super();
    this.comments = data.comments;
    this.key = `callqa-comments-${data.call}-${data.name}`;
    const kept = data.name ? recall("localStorage", this.key) : null;
    this.changes = kept ? (JSON.parse(kept) as Change[]) : [];
    addEventListener("online", () => void this.flush());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void this.refresh();
    });
    addEventListener("beforeunload", (event) => {
      if (this.changes.length) event.preventDefault();
    });
    if (this.changes.length) void this.flush();
  }

  get waiting(): number {
    return this.changes.length;
  }

  /** Comments that were written here and have not reached the server yet. */
  get unsent(): { start_s: number; text: string; for_agent: boolean }[] {
    return this.changes
      .filter((change) => change.path.endsWith(`/calls/${this.data.call}/comments`))
      .map((change) => change.body as unknown as { start_s: number; text: string; for_agent: boolean });
  }

  write(place: [number, number | null], text: string, forAgent: boolean): void {
    const [start_s, end_s] = place;
    this.add("POST", `/calls/${this.data.call}/comments`, { start_s, end_s, text, for_agent: forAgent });
  }

  edit(comment: Comment, text: string, forAgent: boolean): void {
    this.add("PUT", `/comments/${comment.id}`, { text, for_agent: forAgent, seen: comment.version });
  }

  withdraw(comment: Comment): void {
    this.add("POST", `/comments/${comment.id}/withdraw`, {});
  }

  resolve(comment: Comment, resolved: boolean): void {
    this.add("POST", `/comments/${comment.id}/resolve`, { resolved });
  }

  /** Notes that somebody has looked at mentions of them. */
  async read(ids: number[]): Promise<void> {
    const reply = await this.ask("POST", "/mentions/read", { comments: ids });
    if (!reply?.ok) return;
    const { unread } = (await reply.json()) as { unread: number };
    const badge = document.getElementById("badge-inbox");
    if (badge?.firstChild) badge.firstChild.textContent = String(unread);
    if (badge) badge.hidden = unread === 0;
  }

  async history(comment: Comment): Promise<{ name: string; at: string; text: string }[]> {
    const reply = await this.ask("GET", `/comments/${comment.id}/changes`);
    return reply?.ok ? ((await reply.json()) as { name: string; at: string; text: string }[]) : [];
  }

  private async refresh(): Promise<void> {
    if (this.changes.length) return;
    const reply = await this.ask("GET", `/calls/${this.data.call}/comments`);
    if (!reply?.ok) return;
    this.comments = ((await reply.json()) as { comments: Comment[] }).comments;
    this.paint();
  }

  private add(method: "POST" | "PUT", path: string, body: Record<string, unknown>): void {
    this.changes.push({ method, path, body: { ...body, token: token() } });
    this.keep();
    void this.flush();
  }

  private async flush(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let change = this.changes[0]; change; change = this.changes[0]) {
      this.state = "saving";
      this.paint();
      const reply = await this.ask(change.method, change.path, change.body);
      if (!reply || reply.status >= 500 || reply.status === 429) {
        this.state = "offline";
        setTimeout(() => void this.flush(), RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)]);
        this.failures += 1;
        break;
      }
      this.failures = 0;
      this.changes.shift();
      this.keep();
      this.state = "idle";
      if (reply.ok) this.take((await reply.json()) as Comment);
      else await this.refused(change, reply);
    }
    this.running = false;
    this.paint();
  }

  private async refused(change: Change, reply: Response): Promise<void> {
    const { error } = (await reply.json().catch(() => ({ error: { message: "", hint: "" } }))) as {
      error: { message: string; hint: string };
    };
    this.state = "refused";
    this.refusal = `${error.message} ${error.hint}`;
    this.dispatchEvent(new CustomEvent("refused", { detail: change.body }));
  }

  private take(comment: Comment): void {
    this.comments = [...this.comments.filter((other) => other.id !== comment.id), comment].sort(
      (one, other) => one.start_s - other.start_s || one.id - other.id,
    );
  }

  private ask(method: string, path: string, body?: object): Promise<Response | null> {
    return fetch(`/api/v1${path}`, {
      method,
      headers: { Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch(() => null);
  }

  private keep(): void {
    remember("localStorage", this.key, JSON.stringify(this.changes));
  }

  private paint(): void {
    this.dispatchEvent(new Event("change"));
  }
}

function token(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
