"""`callqa rubric import`: a company's own form → a draft on trial and the questions that it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from api.cli.authoring import phrase_files, save_form
from api.cli.console import note, notes, out, print_json, print_text, table
from models.form_file import read_form
from models.settings import Settings
from qa_engine.rubric import find_rubric, load_rubric
from qa_engine.rubric.importing import Draft, Question, Sheet, draft_rubric
from qa_engine.rubric.importing.slugs import slug
from qa_engine.rubric.load import surroundings
from qa_engine.rubric.scaffold import checked_id

STANDARD = "telesales-standard"
"""Its conditions are proposed for the criteria that both forms have."""


def import_form(
    settings: Settings, file: Path, *, output: Path | None, name: str | None, sheet: str | None,
    force: bool, as_json: bool,
) -> int:  # fmt: skip
    """Writes the draft to `output`, or to stdout without one. Raises `BadForm`, `NotFound`, `Conflict`."""
    found = read_form(file, sheet=sheet)
    rubric_id = checked_id(name) if name else slug(file.stem, fallback="my-form").replace("_", "-")
    standard = load_rubric(find_rubric(STANDARD))
    around = surroundings(None, phrase_files(settings))
    draft = draft_rubric(found, rubric_id=rubric_id, standard=standard, around=around)
    if output is not None:
        save_form(output, draft.text, force=force)
    if as_json:
        print_json(_document(found, draft, output), pretty=True)
        return 0
    if output is None:
        print_text(draft.text)
    _show(draft, output)
    return 0


def _document(sheet: Sheet, draft: Draft, output: Path | None) -> dict[str, object]:
    return {
        "format": "callqa.rubric-import/1",
        "source": {"file": sheet.file, "sheet": sheet.name},
        "rubric": draft.rubric,
        "file": str(output) if output else None,
        "items": draft.items,
        "automatic": draft.automatic,
        "manual": draft.items - draft.automatic,
        "questions": [asdict(question) for question in draft.questions],
        **({} if output else {"text": draft.text}),
    }


def _show(draft: Draft, output: Path | None) -> None:
    """The questions as a table: beside the draft where that goes to stdout, so that it can be piped."""
    console = out() if output else notes()
    if draft.questions:
        console.print(_questions(draft.questions))
    counts = f"{draft.items} 个检查项:{draft.automatic} 个自动判定,{draft.items - draft.automatic} 个由人回答"
    note(f"{counts};{len(draft.questions)} 个问题要人决定,也写在草稿各项的上方")
    if output:
        note(f"已写入 {output}(试行)。逐条看过后运行:callqa rubric check {output}")


def _questions(questions: Sequence[Question]) -> object:
    rows = [
        (
            str(q.row) if q.row else "整表",
            q.item or "",
            q.text + (f"\n原文:{q.found}" if q.found else ""),
            q.assumed,
        )
        for q in questions
    ]
    return table(("行", "检查项", "问题", "草稿现在的写法"), rows, title=f"{len(questions)} 个问题")
