"""What stored targets ask of single days, for alerts and the morning pack."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sqlmodel import Session

from models.target import targets_within, work_calendar
from qa_engine.targets.attainment import daily_share
from qa_engine.targets.target import Scope

DailyTargets = Mapping[tuple[str, str], Mapping[date, float]]
"""(metric, id of the group) → day → what is due on that day alone."""


def daily_targets(
    session: Session, scope: Scope, metrics: Collection[str], *, first: date, last: date
) -> DailyTargets:
    """The days of a range. A count is due in parts by working days, a rate in full; days off ask for nothing. Of two
    targets of one group and metric the one of the shorter period holds."""
    calendar = work_calendar(session)
    rows = targets_within(session, first=first, last=last, scope=scope, metrics=metrics)
    found: dict[tuple[str, str], dict[date, float]] = {}
    for row in sorted(rows, key=lambda row: (row.starts - row.ends, row.id)):  # the longest first
        days = found.setdefault((row.metric, row.scope_id), {})
        day, end = max(first, row.starts), min(last, row.ends)
        while day <= end:
            due = daily_share(row.target, calendar, day)
            if due is not None:
                days[day] = due
            day += timedelta(days=1)
    return found
