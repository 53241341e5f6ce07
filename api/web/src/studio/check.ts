// What the server finds in the text as it stands.

export interface Place {
  line: number | null;
  column: number | null;
}

export interface Problem {
  code: string;
  message: string;
  hint: string;
  where: Place;
}

export interface ExampleFound {
  item: string;
  line: string;
  expected: string | null;
  got: string;
  ok: boolean;
  reason: string;
  where: Place;
}

export interface OutlineItem {
  id: string;
  title: string;
  line: number;
  weight: number | null;
  way: string;
  is_trial: boolean;
  auto_fail: string;
  examples: number;
}

export interface OutlineFound {
  weight: number;
  sections: { id: string; title: string; line: number; weight: number; items: OutlineItem[] }[];
}

export interface CheckReport {
  ok: boolean;
  problems: Problem[];
  warnings: Problem[];
  examples: ExampleFound[];
  outline: OutlineFound | null;
}

export async function checkForm(text: string, withExamples: boolean): Promise<CheckReport | null> {
  const reply = await fetch(`/api/v1/rubrics/check?examples=${withExamples}`, {
    method: "POST",
    headers: { "Content-Type": "application/yaml" },
    body: text,
  }).catch(() => null);
  return reply?.ok ? ((await reply.json()) as CheckReport) : null;
}

export interface HelpFound {
  start: number;
  about: string;
  options: { label: string; insert: string; kind: string; detail: string }[];
}

export async function helpAt(text: string, line: number, column: number): Promise<HelpFound | null> {
  const reply = await fetch("/api/v1/rubrics/complete", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text, line, column }),
  }).catch(() => null);
  return reply?.ok ? ((await reply.json()) as HelpFound) : null;
}
