// The studio's page: the editor in place of the text field, what is wrong as one types, the outline, and saving.

import { Autosave } from "./studio/autosave";
import { type CheckReport, checkForm } from "./studio/check";
import { FormEditor } from "./studio/editor";
import { Findings } from "./studio/findings";
import { Outline } from "./studio/outline";
import { type StudioData, wordsOf } from "./studio/words";
import { readData } from "./call-data";

const QUICK_MS = 350;
const EXAMPLES_MS = 1_200;

const data = readData<StudioData>("studio-data");
const form = document.querySelector<HTMLFormElement>("#studio");
const field = document.querySelector<HTMLTextAreaElement>("#text");
const host = document.querySelector<HTMLElement>("#editor");

if (data && form && field && host) {
  const word = wordsOf(data.words);
  const editor = new FormEditor(host, field, { label: data.words["label"] ?? "", phrases: data.phrases, editable: data.draft.open });
  const findings = new Findings(editor, word);
  const outline = new Outline(editor, word);
  const autosave = data.draft.open ? new Autosave(data.draft, editor, form, word) : null;
  let quick = 0;
  let thorough = 0;
  let isRunning = false;

  const check = async (withExamples: boolean): Promise<void> => {
    if (isRunning) {
      plan(); // one check at a time: they would only wait for each other on the server
      return;
    }
    const text = editor.text;
    findings.working();
    isRunning = true;
    const report: CheckReport | null = await checkForm(text, withExamples);
    isRunning = false;
    if (!report || text !== editor.text) return; // typed on meanwhile: the next check answers
    findings.show(report, withExamples);
    outline.show(report.outline);
  };
  const plan = (): void => {
    clearTimeout(quick);
    clearTimeout(thorough);
    quick = setTimeout(() => void check(false), QUICK_MS);
    thorough = setTimeout(() => void check(true), EXAMPLES_MS);
  };

  editor.onChange = () => {
    plan();
    autosave?.changed();
  };
  editor.onSave = () => {
    void autosave?.save();
    void check(true);
  };
  form.addEventListener("submit", () => {
    field.value = editor.text;
    autosave?.leaving(form);
  });
  void check(false).then(() => check(true));
}
