"""Holidays and make-up days reach what targets ask, and every row of their file is accounted for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine

from models.calendar_import import import_calendar
from models.database import reading
from models.import_run import FileOutcome, list_runs
from models.target import days_off, work_calendar
from qa_engine.dialer.tables import BadTable
from qa_engine.errors import NotFound

HEAD = "日期,结束日期,类型,名称\n"
OCTOBER = date(2026, 10, 1), date(2026, 10, 31)
GOOD = "2026-10-01,2026-10-07,放假,国庆节\n2026/10/10,,调休上班,国庆调休\n2026年10月30日,,1.5,大促\n"


def load(engine: Engine, folder: Path, text: str, **options) -> FileOutcome:
    file = folder / "calendar.csv"
    file.write_bytes((HEAD + text).encode("gb18030"))
    made = import_calendar(engine, file, **options)
    assert made.rows_in == made.stored + sum(made.rejected.values())
    return made


def worked(engine: Engine) -> float:
    with reading(engine) as opened:
        return work_calendar(opened).days(*OCTOBER)


def test_a_file_changes_what_a_month_is_worth_and_again_changes_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    assert worked(engine) == 22
    assert load(engine, tmp_path, GOOD, dry_run=True).stored == 3
    assert worked(engine) == 22
    assert load(engine, tmp_path, GOOD).stored == 3
    assert worked(engine) == 22 - 5 + 1 + 0.5
    assert load(engine, tmp_path, GOOD).rejected == {"duplicate": 3}
    with reading(engine) as opened:
        assert len(days_off(opened)) == 7
        assert [(run.kind, run.rows_in, run.stored) for run in list_runs(opened)[0]][:1] == [
            ("calendar", 3, 0)
        ]
    load(engine, tmp_path, "2026-10-10,,正常,\n")
    assert worked(engine) == 22 - 5 + 0.5


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-13-01,,放假,\n", "bad_day"),
        (",,放假,\n", "missing_day"),
        ("2026-10-01,,大概,\n", "bad_kind"),
        ("2026-10-01,,-1,\n", "bad_kind"),
        ("2026-10-01,,nan,\n", "bad_kind"),
        ("2026-10-07,2026-10-01,放假,\n", "inverted_period"),
        ("2026-01-01,2026-12-31,放假,\n", "long_period"),
        ("2026-10-01,放假\n", "column_count"),
        (HEAD, "repeated_header"),
    ],
)
def test_a_row_that_is_none_is_told_why(row: str, reason: str, engine: Engine, tmp_path: Path) -> None:
    assert load(engine, tmp_path, row).rejected == {reason: 1}
    assert worked(engine) == 22


def test_of_two_words_about_a_day_the_first_holds(engine: Engine, tmp_path: Path) -> None:
    text = "2026-10-01,2026-10-03,放假,\n2026-10-02,,上班,\n2026-10-02,,休,\n2026-10-03,2026-10-05,放假,\n"
    assert load(engine, tmp_path, text).rejected == {"duplicate_conflict": 1, "duplicate": 1}
    assert worked(engine) == 22 - 3


def test_workbooks_and_files_that_are_none(engine: Engine, tmp_path: Path) -> None:
    book, file = Workbook(), tmp_path / "calendar.xlsx"
    for row in (("Date", "Type", "Holiday"), (date(2026, 10, 1), "off", "National Day")):
        book.active.append(row)
    book.save(file)
    assert import_calendar(engine, file).stored == 1
    assert worked(engine) == 21
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(BadTable, match="缺少列"):
        import_calendar(engine, bad)
    with pytest.raises(NotFound):
        import_calendar(engine, tmp_path / "none.csv")
