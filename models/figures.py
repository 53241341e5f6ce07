"""The one door to figures: boards, scorecards, alerts, reports, API and exports read metrics here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlmodel import Session

from models.dial_kpi import By, Period, grouped
from models.kpi_cell import stored_cells
from qa_engine.kpi.registry import BY_ID, Figure, Ratio
from qa_engine.kpi.sums import LEAD_FIELDS, Sums


class Grain(StrEnum):
    """How long a stretch each reading covers; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric of one group over `first` … `last`, both included. `key` is the id of the agent, team or campaign,
    "" for the whole and for calls that have none."""

    metric: str
    key: str
    first: date
    last: date
    figure: Figure

    @property
    def value(self) -> float | None:
        """The number itself; None where it is unknown or nothing was counted."""
        return self.figure.value if isinstance(self.figure, Ratio) else self.figure

    @property
    def n(self) -> int | None:
        """What the figure rests on: the denominator of a ratio, the count itself otherwise."""
        return self.figure.den if isinstance(self.figure, Ratio) else self.figure


def read_figures(
    opened: Session,
    metrics: Iterable[str],
    *,
    first: date,
    last: date,
    by: By = By.TOTAL,
    daily: bool = False,
    source: str | None = None,
    grain: Grain | None = None,
    where: Mapping[By, str] | None = None,
) -> Sequence[Reading]:
    """The readings of these metrics for every group, over the whole range or a `grain` at a time (`daily` = a day).
    `where` narrows to one agent, team or campaign. From the roll-ups; metrics of distinct leads are counted from the dial
    rows, and cannot be narrowed: they are None then. Raises `KeyError` for a metric that the registry does not have."""
    wanted = [BY_ID[name] for name in metrics]
    leads = not where and any({one.numerator, one.denominator} & LEAD_FIELDS for one in wanted)
    # contacts and sales say whether their leads are known
    fields = {one.numerator for one in wanted} | {one.denominator for one in wanted if one.denominator}
    needed = sorted((fields | {"contacts", "sales"}) - LEAD_FIELDS)
    step = grain or (Grain.DAY if daily else None)
    spans = _spans(first, last, step) if step else [(first, last)]
    groupings = () if by is By.TOTAL else (by,)
    found = []
    for start, end in spans:
        period = Period(start, end, source)
        cells = stored_cells(opened, groupings, period, where, needed)
        groups: Mapping[str, Sums] = grouped(opened, groupings, period, cells, with_leads=leads)[by]
        found += [
            Reading(metric.id, key, start, end, metric.of(sums))
            for key, sums in groups.items()
            for metric in wanted
        ]
    return found


def _spans(first: date, last: date, grain: Grain) -> list[tuple[date, date]]:
    """The stretches of a range, the outer ones cut to it."""
    spans = []
    while first <= last:
        end = min(_end(first, grain), last)
        spans.append((first, end))
        first = end + timedelta(days=1)
    return spans


def _end(day: date, grain: Grain) -> date:
    if grain is Grain.DAY:
        return day
    if grain is Grain.WEEK:
        return day + timedelta(days=6 - day.weekday())
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
