"""`callqa rubric new` and `diff`: forms to start from, and what changed between two."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from rich.text import Text

from api.cli.console import note, out, print_json
from api.cli.known_forms import known_forms
from api.cli.rubric import show_report
from models.settings import Settings
from qa_engine.errors import Conflict, Unavailable, Where
from qa_engine.rubric import Rubric
from qa_engine.rubric.check import check_rubric
from qa_engine.rubric.diff import Change, RubricDiff, diff_rubrics
from qa_engine.rubric.json_schema import FILE_NAME, schema_text
from qa_engine.rubric.scaffold import checked_id, new_form
from qa_engine.rubric.yaml_nodes import Plain

DIFFERENT = 1
SHOWN_CHARS = 100
SCHEMA_LINE = f"# yaml-language-server: $schema=./{FILE_NAME}\n"


def new(settings: Settings, name: str, *, source: str | None, output: Path | None, force: bool) -> int:
    """Writes a form to start from and checks it. Returns the check's 0 or 1; raises `Conflict` where the file exists."""
    path = output or (settings.rubrics_dir or Path()) / f"{checked_id(name)}.yaml"
    text = None
    if source is not None:
        text = known_forms(settings).text(source)
    save_form(path, new_form(name, source=text), force=force)
    report = check_rubric(path, phrase_files=phrase_files(settings), zone=settings.zone)
    show_report(report)
    note(f"已写入 {path}。改好后运行:callqa rubric check {path}")
    return 0 if report.ok else 1


def phrase_files(settings: Settings) -> tuple[Path, ...]:
    """The centre's own phrase lists."""
    return (settings.phrases,) if settings.phrases else ()


def save_form(path: Path, text: str, *, force: bool) -> None:
    """Writes a form, with the schema beside it so that an editor completes and checks while one writes.

    Raises `Conflict` where the file exists and `force` is not given, `Unavailable` where it cannot be written."""
    if path.exists() and not force:
        raise Conflict("文件已经存在", hint="换一个文件名(-o),或加 --force 覆盖", where=Where(str(path)))
    if not text.startswith("# yaml-language-server:"):
        text = SCHEMA_LINE + text
    schema = path.parent / FILE_NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if not schema.exists():
            schema.write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        hint = "请检查文件夹是否存在、是否可写"
        raise Unavailable(f"无法写入文件:{error.strerror}", hint=hint, where=Where(str(path))) from error


def diff(settings: Settings, before: str, after: str, *, phrases: Path | None, as_json: bool) -> int:
    """Shows what changed between two forms. Returns 1 where something did, like `diff`."""
    forms = known_forms(settings, extra=(phrases,) if phrases else ())
    old, new = forms.rubric(before), forms.rubric(after)
    found = diff_rubrics(old, new)
    if as_json:
        print_json(_document(old, new, found), pretty=True)
    else:
        for line in _lines(old, new, found):
            out().print(line, soft_wrap=True)
    return 0 if found.empty else DIFFERENT


def _document(old: Rubric, new: Rubric, found: RubricDiff) -> dict[str, object]:
    return {
        "format": "callqa.rubric-diff/1",
        "before": {"rubric": old.id, "version": old.version, "sha256": old.sha256},
        "after": {"rubric": new.id, "version": new.version, "sha256": new.sha256},
        "scores_change": found.scores_change,
        "version_missing": found.version_missing,
        "head": [asdict(change) for change in found.head],
        "added": [{"id": name, "title": title} for name, title in found.added],
        "removed": [{"id": name, "title": title} for name, title in found.removed],
        "changed": [asdict(item) for item in found.changed],
        "lists": [asdict(change) for change in found.lists],
    }


def _lines(old: Rubric, new: Rubric, found: RubricDiff) -> Iterable[Text]:
    yield Text(f"{old.id} 版本 {old.version} → {new.id} 版本 {new.version}", style="bold")
    if found.empty:
        yield Text("没有差别", style="green")
        return
    for name, title in found.added:
        yield Text(f"+ {name} {title}", style="green")
    for name, title in found.removed:
        yield Text(f"- {name} {title}", style="red")
    for item in found.changed:
        was = f"(原编号 {item.was})" if item.was else ""
        yield Text(f"~ {item.id} {item.title}{was}", style="yellow")
        yield from (_change_line(change) for change in item.changes)
    if found.head:
        yield Text("~ 表头", style="yellow")
        yield from (_change_line(change) for change in found.head)
    for change in found.lists:
        yield Text(f"~ 词表 {change.path}", style="yellow")
        yield _change_line(change)
    yield Text("会影响评分" if found.scores_change else "不影响评分", style="bold")
    if found.version_missing:
        yield Text("→ 内容变了,version 没有变:请加 1", style="bold red")


def _change_line(change: Change) -> Text:
    if change.added or change.removed:
        words = [*(f"+{word}" for word in change.added), *(f"-{word}" for word in change.removed)]
        what = " ".join(words)
    else:
        what = f"{_shown(change.before)} → {_shown(change.after)}"
    return Text(f"    {change.path}:{what}")


def _shown(value: Plain) -> str:
    if value is None:
        return "(无)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"
