"""The sources that data come from: when each was read last, up to which day, and whether that is fresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.dial import DialRow
from models.import_run import ImportRunRow, RunState
from qa_engine.dialer.freshness import Freshness, freshness

_ENDED = (RunState.DONE.value, RunState.PARTIAL.value, RunState.FAILED.value)


@dataclass(frozen=True, slots=True)
class Source:
    """One source. `interval_s` None = by hand; `last_good_at` the end of the last run that read everything; `last_day`
    the latest day with calls."""

    name: str
    kind: str
    interval_s: float | None
    last_run_id: int | None
    last_good_at: datetime | None
    last_day: date | None
    freshness: Freshness


def list_sources(
    opened: Session, schedule: Mapping[str, tuple[str, float]], *, now: datetime
) -> Sequence[Source]:
    """Every source that was read or is scheduled (`schedule`: name → kind, interval in s), by name."""
    good = func.max(col(ImportRunRow.finished_at)).filter(col(ImportRunRow.state) == RunState.DONE.value)
    query = (
        select_columns(col(ImportRunRow.source), good, func.max(col(ImportRunRow.id)))
        .where(col(ImportRunRow.state).in_(_ENDED))
        .group_by(col(ImportRunRow.source))
    )
    ended = {source: (at, run_id) for source, at, run_id in opened.execute(query)}
    last = {
        row.id: row
        for row in opened.exec(
            select(ImportRunRow).where(col(ImportRunRow.id).in_([one for _, one in ended.values()]))
        )
    }
    found = []
    for name in sorted({*ended, *schedule}):
        good_at, run_id = ended.get(name, (None, None))
        run = last.get(run_id)
        kind, interval_s = schedule.get(name, (run.kind if run else "", None))
        found.append(
            Source(
                name,
                kind,
                interval_s,
                run_id,
                good_at,
                opened.scalar(select_columns(func.max(col(DialRow.day))).where(col(DialRow.source) == name))
                or (run.last_day if run else None),
                freshness(
                    good_at,
                    last_failed=run is not None and run.state != RunState.DONE,
                    interval_s=interval_s,
                    now=now,
                ),
            )
        )
    return found
