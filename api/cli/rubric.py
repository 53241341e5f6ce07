"""`callqa rubric`: check, list, lock, catalogue, schema."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from api.cli.console import note, out, print_text, table
from api.cli.known_forms import known_forms
from api.cli.labels import VERDICTS
from models.settings import Settings
from qa_engine.errors import NotFound
from qa_engine.rubric import BadRubric, Problem, load_rubric, shipped_rubrics
from qa_engine.rubric.catalogue import catalogue
from qa_engine.rubric.check import CheckReport, ExampleResult, check_rubric
from qa_engine.rubric.json_schema import schema_text
from qa_engine.rubric.load import taxonomy_path
from qa_engine.rubric.lock import write_lock

LOCK = "rubric.lock"
FAILED, UNREADABLE = 1, 2
UNREADABLE_CODES = frozenset(
    {"unreadable", "bad_yaml", "bad_encoding", "too_large", "too_deep", "many_documents", "not_a_rubric"}
)
"""Problems that leave no rubric to judge, as opposed to a rubric with faults in it."""


def check(settings: Settings, files: Sequence[Path], *, phrases: Path | None = None) -> int:
    """Checks rubrics, a line an example. Returns 0, 1 for failed examples or problems, 2 for a file that cannot
    be read."""
    extra = tuple(path for path in (settings.phrases, phrases) if path is not None)
    code = 0
    for path in files or tuple(known_rubrics(settings).values()):
        if path.resolve() == taxonomy_path().resolve():  # rubrics/*.yaml names it too; it is no form
            continue
        lock = path.parent / LOCK
        report = check_rubric(
            path, phrase_files=extra, zone=settings.zone, lock=lock if lock.is_file() else None
        )
        show_report(report)
        if not report.readable and {problem.code for problem in report.problems} & UNREADABLE_CODES:
            code = UNREADABLE
        elif not report.ok:
            code = max(code, FAILED)
    return code


def known_rubrics(settings: Settings) -> dict[str, Path]:
    """Rubric files by id: the shipped ones, and the centre's own, which win."""
    own = shipped_rubrics(settings.rubrics_dir) if settings.rubrics_dir else {}
    return {**shipped_rubrics(), **own}


def show_report(report: CheckReport) -> None:
    """A line an example, then problems and warnings with their places, then the counts."""
    console = out()
    for example in report.examples:
        console.print(_example_line(example), soft_wrap=True)
    for problem in report.problems:
        console.print(_problem_line(problem, "错误", "bold red"), soft_wrap=True)
    for problem in report.warnings:
        console.print(_problem_line(problem, "提醒", "yellow"), soft_wrap=True)
    failed = sum(not example.ok for example in report.examples)
    missed = sum(example.expected is None for example in report.examples)
    console.print(
        Text(
            f"{report.file}: {'通过' if report.ok else '未通过'} · 例句 {len(report.examples)},失败 {failed},"
            f"已知漏判 {missed} · 错误 {len(report.problems)},提醒 {len(report.warnings)}",
            style="bold green" if report.ok else "bold red",
        ),
        soft_wrap=True,
    )


def _example_line(example: ExampleResult) -> Text:
    mark, style = ("ok  ", "green") if example.ok else ("FAIL", "bold red")
    if example.expected is None:
        mark, style = "miss", "yellow"
    line = Text(mark, style=style)
    line.append(f" {example.item} · {example.line}", style="")
    if not example.ok and example.expected is not None:
        expected, got = VERDICTS[example.expected], VERDICTS[example.got]
        line.append(f"\n     {example.where} 应为 {expected},判为 {got}:{example.reason}", style="red")
    return line


def _problem_line(problem: Problem, kind: str, style: str) -> Text:
    line = Text(f"{kind} ", style=style)
    line.append(f"{problem.where}: ", style="bold").append(f"{problem.message} [{problem.code}]", style="")
    if problem.hint:
        line.append(f"\n     → {problem.hint}", style="cyan")
    return line


def list_rubrics(settings: Settings) -> int:
    """The rubrics that there are; the active ones marked. Returns 1 where one cannot be read."""
    rows: list[tuple[str, ...]] = []
    code = 0
    forms = known_forms(settings)
    for name in forms.known:
        release = forms.in_force(name)
        try:
            source = f"{release.released_by} 发布" if release else str(forms.path(name))
            rubric = forms.rubric(name)
        except (BadRubric, NotFound) as error:
            code = FAILED
            rows.append(("", name, "", str(error), "", ""))
            continue
        active = "✓" if forms.is_active(name) else ""
        items = str(sum(1 for _ in rubric.items))
        rows.append((active, rubric.id, str(rubric.version), rubric.title, items, source))
    out().print(table(("启用", "编号", "版本", "名称", "检查项", "来源"), rows))
    return code


def lock(settings: Settings, files: Sequence[Path]) -> None:
    """Writes the versions of rubrics into the lock beside them. Raises `BadRubric` where content changed and the
    version did not."""
    for path in files or tuple(known_rubrics(settings).values()):
        write_lock([load_rubric(path)], path.parent / LOCK)
        note(f"已锁定 {path.name}")


def print_catalogue() -> None:
    """The catalogue of conditions on stdout, as Markdown."""
    sys.stdout.write(catalogue())


def print_schema() -> None:
    """The JSON Schema of rubric files on stdout, byte for byte as `rubrics/rubric.schema.json` holds it."""
    print_text(schema_text())
