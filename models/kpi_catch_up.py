"""Days that were rolled up by an earlier version get what it did not know yet: hours and sketches."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, case, delete, func, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.database import lock_names, reading, session
from models.dial_kpi import KeyedTable
from models.kpi_hour import HOUR_SOURCES, roll_up_hours
from models.kpi_sketch import roll_up_sketches
from models.kpi_tables import kpi_pending


def pending_days(opened: Session) -> int:
    """How many (kind, source, day) wait."""
    return opened.scalar(select_columns(func.count()).select_from(kpi_pending)) or 0


def catch_up(engine: Engine, zone: ZoneInfo, *, most: int | None = None) -> int:
    """Makes hours and sketches of days that wait, the newest first, each in a transaction of its own; returns how many.
    `zone` is the tenant's."""
    newest = select_columns(kpi_pending).order_by(kpi_pending.c.day.desc(), kpi_pending.c.kind).limit(most)
    with reading(engine) as opened:
        waiting = opened.execute(newest).all()
    for kind, source, day in waiting:
        with session(engine) as opened:
            lock_names(opened, f"kpi:{kind}:{source}:{day}")
            lock_names(opened, f"kpi:summary:{source}")
            if kind in HOUR_SOURCES:
                set_hours(opened, HOUR_SOURCES[kind][0], source, day, zone)
            roll_up_hours(opened, kind, source, day)
            roll_up_sketches(opened, kind, source, day)
            opened.execute(
                delete(kpi_pending).where(
                    kpi_pending.c.kind == kind, kpi_pending.c.source == source, kpi_pending.c.day == day
                )
            )
    return len(waiting)


def set_hours(opened: Session, table: KeyedTable, source: str, day: date, zone: ZoneInfo) -> None:
    """Gives rows of a day that do not know it the hour of their start."""
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    ends = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    changes: list[tuple[datetime, int]] = []  # quarter hours: offsets and their changes are multiples of them
    moment = begins
    while moment < ends:
        hour = moment.astimezone(zone).hour
        if not changes or changes[-1][1] != hour:
            changes.append((moment, hour))
        moment += timedelta(minutes=15)
    ordered = [*zip((at for at, _ in changes[1:]), (hour for _, hour in changes), strict=False)]
    started = col(table.started_at)
    opened.execute(
        update(table)
        .where(col(table.source) == source, col(table.day) == day, col(table.hour).is_(None))
        .values(hour=case(*((started < at, hour) for at, hour in ordered), else_=changes[-1][1])),
        execution_options={"synchronize_session": False},
    )
