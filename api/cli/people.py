"""`callqa import people` and `callqa import calendar`, `callqa people`: who is in which team, which days are worked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from api.cli.console import failure_table, note, notes, out, print_json, table
from api.cli.opening import person
from models.calendar_import import import_calendar
from models.database import open_database, reading
from models.dial_import import FORMAT
from models.import_run import FileOutcome
from models.migrations import upgrade
from models.people import export_people, import_people
from models.settings import Settings
from qa_engine.errors import CallQAError

REASONS: Mapping[str, str] = {
    "duplicate": "重复行",
    "column_count": "列数不对",
    "repeated_header": "重复的列名行",
    "missing_key": "缺少工号",
    "missing_team": "缺少团队",
    "too_long": "内容太长",
    "bad_day": "日期无法识别",
    "inverted_period": "结束早于开始",
    "overlapping_period": "与同一坐席的另一段重叠",
    "region_conflict": "同一团队的区域不一致",
    "agent_in_error": "该坐席另有错误行,整体保持原样",
    "duplicate_conflict": "同一天写法不一(保留先写的)",
    "missing_day": "缺少日期",
    "long_period": "时段太长",
    "bad_kind": "类型无法识别",
}
IMPORTERS = {"people": import_people, "calendar": import_calendar}
TITLES = {"people": "人员", "calendar": "工作日历"}


def import_files(settings: Settings, kind: str, paths: Sequence[str], *, dry_run: bool, as_json: bool) -> int:
    """Imports people or calendar files; exit code 1 where one could not be read."""
    upgrade(settings.database_url)
    engine = open_database(settings.database_url)
    made: dict[str, FileOutcome] = {}
    problems: list[tuple[str, CallQAError]] = []
    try:
        for path in paths:
            try:
                made[Path(path).stem] = IMPORTERS[kind](
                    engine, Path(path), started_by=person(), dry_run=dry_run
                )
            except CallQAError as error:
                problems.append((path, error))
    finally:
        engine.dispose()
    if as_json:
        print_json({"format": FORMAT, "files": {name: one.counts() for name, one in made.items()}})
    else:
        for name, one in made.items():
            _show(TITLES[kind], name, one, dry_run=dry_run)
    if problems:
        notes().print(failure_table(problems))
    return 1 if problems else 0


def _show(title: str, name: str, one: FileOutcome, *, dry_run: bool) -> None:
    title = f"{title}(试运行,没有保存)" if dry_run else title
    why = "\n".join(f"{REASONS[reason]} {n:,}" for reason, n in sorted(one.rejected.items()))
    counts = f"{one.rows_in:,}", f"{one.stored:,}", f"{sum(one.rejected.values()):,}"
    out().print(table(("表", "读入", "保存", "未保存", "原因"), [(name, *counts, why)], title=title))
    for row, refusal in one.kept:
        if refusal.reason.value not in {"duplicate", "agent_in_error"}:
            expected = f",应为 {refusal.expected}" if refusal.expected else ""
            note(f"第 {row} 行 {REASONS[refusal.reason.value]}:{refusal.found}{expected}", style="yellow")


def export_file(settings: Settings, path: Path | None) -> None:
    """Writes the people file, with a byte order mark into a file so that Excel reads Chinese."""
    upgrade(settings.database_url)
    engine = open_database(settings.database_url)
    try:
        with reading(engine) as opened:
            text = export_people(opened)
    finally:
        engine.dispose()
    if path is None:
        typer.echo(text, nl=False)
    else:
        path.write_text(text, "utf-8-sig", newline="")
