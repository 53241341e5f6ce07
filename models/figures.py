"""The one door to figures: boards, scorecards, alerts, reports, API and exports read metrics here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlmodel import Session

from models.dial_kpi import By, Cell, Period, grouped
from models.kpi_cell import stored_cells
from models.kpi_tables import HOUR_AMOUNTS
from qa_engine.kpi.registry import BY_ID, Figure, Metric, Ratio
from qa_engine.kpi.sums import CRM_FIELDS, LEAD_FIELDS, LIST_FIELDS, Sums, add_up

_HOURLY = frozenset(HOUR_AMOUNTS)


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
        """What the figure rests on: the denominator of a ratio, the count itself; None for a sum of money."""
        if isinstance(self.figure, Ratio):
            return self.figure.den
        return self.figure if isinstance(self.figure, int) else None


def is_hourly(metric: Metric) -> bool:
    """Whether the metric is known by the hour of the day: those of dialers are, but for distinct leads."""
    return metric.id in BY_ID and {metric.numerator, metric.denominator or metric.numerator} <= _HOURLY


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
    `where` narrows to one agent, team, campaign or hour; by hours, metrics that are not `is_hourly` are None. From the
    roll-ups; metrics of distinct leads are counted from the dial rows, and cannot be narrowed: they are None then. Raises
    `KeyError` for a metric that the registry does not have."""
    wanted = [BY_ID[name] for name in metrics]
    leads = not where and any({one.numerator, one.denominator} & LEAD_FIELDS for one in wanted)
    lists = leads and any(one.numerator in LIST_FIELDS for one in wanted)
    # contacts and sales say whether their leads are known
    fields = {one.numerator for one in wanted} | {one.denominator for one in wanted if one.denominator}
    needed = sorted((fields | {"contacts", "sales"}) - LEAD_FIELDS)
    step = grain or (Grain.DAY if daily else None)
    spans = _spans(first, last, step) if step else [(first, last)]
    groupings = () if by is By.TOTAL else (by,)
    keys = {*groupings, By.DAY} if step else {*groupings}
    whole = Period(first, last, source)
    by_span: dict[date, list[Cell]] = {start: [] for start, _ in spans}
    for cell in stored_cells(opened, keys, whole, where, needed):
        by_span[_start(cell, spans) if step else first].append(cell)
    of_crm = sorted(fields & CRM_FIELDS) if where else []
    crm: dict[date, list[Cell]] = {start: [] for start, _ in spans}
    if of_crm:
        for cell in stored_cells(opened, {By.DAY} if step else (), whole, None, of_crm):
            crm[_start(cell, spans) if step else first].append(cell)
    found = []
    for start, end in spans:
        groups: Mapping[str, Sums] = grouped(
            opened,
            groupings,
            Period(start, end, source),
            by_span[start],
            with_leads=leads,
            with_lists=lists,
            crm=_whole(crm[start]) if of_crm else None,
        )[by]
        found += [
            Reading(metric.id, key, start, end, metric.of(sums))
            for key, sums in groups.items()
            for metric in wanted
        ]
    return found


def _start(cell: Cell, spans: Sequence[tuple[date, date]]) -> date:
    """The first day of the stretch that the cell's day is in."""
    day = date.fromisoformat(cell.keys[By.DAY])
    return spans[bisect_right(spans, day, key=lambda span: span[0]) - 1][0]


def _whole(cells: Iterable[Cell]) -> Sums:
    return add_up([cell.sums for cell in cells])


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
