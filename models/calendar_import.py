"""Calendar files: holidays and make-up days in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from models.database import lock_names, reading, session
from models.dial_input import table_rows
from models.import_run import FileOutcome, Via, recorded
from models.people import counted_outcome
from models.target import CalendarDayRow
from qa_engine.dialer.records import Refusal
from qa_engine.errors import NotFound, Where
from qa_engine.targets.calendar_table import CalendarLine, CalendarReason, read_calendar

SOURCE = "calendar"


def import_calendar(
    engine: Engine, path: Path, *, via: Via = Via.CLI, started_by: str = "", dry_run: bool = False
) -> FileOutcome:
    """Stores a calendar file. Days that it does not name stay as they are. Leaves an import run.

    Raises `NotFound`, `BadTable`."""
    if not path.is_file():
        raise NotFound("没有这个文件", hint="请检查路径", where=Where(str(path)))
    if dry_run:
        read, lines, refused = read_calendar(table_rows(path), file=path.name)
        with reading(engine) as opened:
            return counted_outcome(read, [*refused, *_repeated(opened, lines)])
    with recorded(engine, source=SOURCE, kind=SOURCE, via=via, started_by=started_by) as notes:
        read, lines, refused = read_calendar(table_rows(path), file=path.name)
        with session(engine) as opened:
            lock_names(opened, SOURCE)
            known = _repeated(opened, lines)
            _save(opened, lines)
        made = counted_outcome(read, [*refused, *known])
        notes.files[path.stem] = made
        return made


def _repeated(opened: Session, lines: Sequence[CalendarLine]) -> list[tuple[int, Refusal]]:
    """The lines that say nothing new."""
    stored: dict[date, tuple[float, str]] = {
        row.day: (row.factor, row.note) for row in opened.exec(select(CalendarDayRow))
    }

    def known(line: CalendarLine) -> bool:
        if line.factor is None:
            return not any(day in stored for day in line.days)
        return all(stored.get(day) == (line.factor, line.note) for day in line.days)

    return [
        (line.row, Refusal(CalendarReason.DUPLICATE, found=str(line.first))) for line in lines if known(line)
    ]


def _save(opened: Session, lines: Sequence[CalendarLine]) -> None:
    for line in reversed(lines):  # of two lines about a day the first holds
        for day in line.days:
            if line.factor is None:
                opened.execute(delete(CalendarDayRow).where(col(CalendarDayRow.day) == day))
            else:
                opened.merge(CalendarDayRow(day=day, factor=line.factor, note=line.note))
        opened.flush()
