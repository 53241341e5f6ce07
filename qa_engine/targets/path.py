"""Milestones a week, and the path card: 本月 X → 每日 Y 通, 有效 Z."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from qa_engine.targets.funnel import Needed, Stage, needed_dials
from qa_engine.targets.target import Target
from qa_engine.targets.working_days import WorkCalendar

_SUNDAY = 7


@dataclass(frozen=True, slots=True)
class Milestone:
    """What should have been reached by the end of `last`, all weeks so far together."""

    first: date
    last: date
    days: float
    due: float


def milestones(target: Target, calendar: WorkCalendar) -> list[Milestone]:
    """One a calendar week, by working days for counts; the last is the target itself."""
    whole = calendar.days(target.first, target.last)
    found, first, gone = [], target.first, 0.0
    while first <= target.last:
        last = min(first + timedelta(days=_SUNDAY - first.isoweekday()), target.last)
        days = calendar.days(first, last)
        gone += days
        due = target.value * (gone / whole if whole else 0.0) if target.is_additive else target.value
        found.append(Milestone(first, last, days, due))
        first = last + timedelta(days=1)
    return found


@dataclass(frozen=True, slots=True)
class PathCard:
    """`left` to reach in `days` working days: dials a day (80 % `low`-`high`) and how many a day reach each stage."""

    left: float
    days: float
    dials: int
    low: int
    high: int
    steps: tuple[tuple[str, int], ...]
    needed: Needed


def path_card(
    target: Target, actual: float, stages: Sequence[Stage], calendar: WorkCalendar, *, today: date
) -> PathCard | None:
    """From today to the end, today included. None where no working day is left. Raises `NoRates`."""
    days = calendar.days(max(today, target.first), target.last)
    if days <= 0:
        return None
    left = max(target.value - actual, 0.0)
    needed = needed_dials(left, stages)
    dials, low, high = (ceil(amount / days) for amount in (needed.middle, needed.low, needed.high))
    steps = tuple((name, ceil(amount / days)) for name, amount in needed.steps)
    return PathCard(left, days, dials, low, high, steps, needed)
