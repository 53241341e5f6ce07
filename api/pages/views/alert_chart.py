"""The days of a metric as an SVG: line, usual band or bound, and the colour of each day. Attributes only: no styles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from api.pages.languages import Words
from qa_engine.alerts.judge import shown_band, target_on
from qa_engine.alerts.rules import InBand, KOfN, Rule
from qa_engine.alerts.words import value_text
from qa_engine.kpi.bands import Point, is_measured

WIDTH, HEIGHT = 880.0, 220.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 12.0, 12.0, 200.0
DAYS_SHOWN = 42


@dataclass(frozen=True, slots=True)
class DayMark:
    """One day: place on the chart, texts for readers and the table, colour ("" where the rule has none)."""

    day: str
    x: float
    y: float | None
    value: str
    n: int
    low: str
    high: str
    colour: str
    colour_id: str
    is_enough: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """`line`, `area`, `bound` are path data; `grid` = (y, label); `ticks` = (x, label)."""

    days: tuple[DayMark, ...]
    line: str
    area: str
    bound: str
    grid: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    step: float
    has_colours: bool


@dataclass(frozen=True, slots=True)
class _Row:
    point: Point
    low: float | None
    high: float | None
    colour: str


def alert_chart(rule: Rule, points: Sequence[Point], last: date, words: Words) -> Chart | None:
    """The weeks up to `last`; None where no day has a value or the rule looks at no days."""
    shown = [row for row in _rows(rule, points, last) if row.point.day > last - timedelta(days=DAYS_SHOWN)]
    values = [value for row in shown for value in (row.point.value, row.low, row.high) if value is not None]
    if not values:
        return None
    low, high = min(values), max(values)
    pad = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    low, high = max(0.0, low - pad) if low >= 0 else low - pad, high + pad
    first = shown[0].point.day
    step = (WIDTH - LEFT - RIGHT) / max(1, (last - first).days + 1)

    def x(day: date) -> float:
        return round(LEFT + step * ((day - first).days + 0.5), 1)

    def y(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low), 1)

    marks = tuple(_mark(row, rule, x(row.point.day), y, words) for row in shown)
    banded = [
        (x(row.point.day), y(row.low), y(row.high))
        for row in shown
        if row.low is not None and row.high is not None
    ]
    bounded = [(x(row.point.day), y(row.low)) for row in shown if row.low is not None and row.high is None]
    bounded += [(x(row.point.day), y(row.high)) for row in shown if row.high is not None and row.low is None]
    grid = tuple(
        (y(value), value_text(rule.metric, value)) for value in (low + pad, (low + high) / 2, high - pad)
    )
    ticks = tuple(
        (x(row.point.day), row.point.day.strftime("%m-%d")) for row in shown if row.point.day.weekday() == 0
    )
    return Chart(
        days=marks,
        line=_path([(mark.x, mark.y) for mark in marks if mark.y is not None]),
        area=_area(banded),
        bound=_path(bounded),
        grid=grid,
        ticks=ticks,
        step=round(step, 1),
        has_colours=isinstance(rule.test, InBand),
    )


def _mark(row: _Row, rule: Rule, x: float, y: Callable[[float], float], words: Words) -> DayMark:
    value = row.point.value
    return DayMark(
        day=row.point.day.isoformat(),
        x=x,
        y=None if value is None else y(value),
        value=value_text(rule.metric, value),
        n=row.point.n,
        low="" if row.low is None else value_text(rule.metric, row.low),
        high="" if row.high is None else value_text(rule.metric, row.high),
        colour=row.colour and words(f"colour.{row.colour}"),
        colour_id=row.colour,
        is_enough=is_measured(row.point, rule.min_n),
    )


def _rows(rule: Rule, points: Sequence[Point], last: date) -> list[_Row]:
    test = rule.test
    if isinstance(test, InBand):
        k = test.band.red_k
        rows = []
        for seen in shown_band(test, points, last, days=DAYS_SHOWN):
            band = seen.band
            low = max(0.0, band.edge(-k)) if band else None
            rows.append(_Row(seen.point, low, band.edge(k) if band else None, seen.shown.value))
        return rows
    if isinstance(test, KOfN):
        history = {point.day: point for point in points}
        rows = []
        for point in points:
            target = target_on(rule, test, history, point.day)
            bound = test.limit.times(target) if target is not None else None
            low, high = (bound.below, bound.above) if bound else (None, None)
            rows.append(_Row(point, low, high, ""))
        return [row for row in rows if row.point.day <= last]
    return []


def _path(points: Sequence[tuple[float, float | None]]) -> str:
    return " ".join(f"{'L' if at else 'M'}{x} {y}" for at, (x, y) in enumerate(points))


def _area(banded: Sequence[tuple[float, float, float]]) -> str:
    if not banded:
        return ""
    top = [(x, high) for x, _, high in banded]
    bottom = [(x, low) for x, low, _ in reversed(banded)]
    return f"{_path([*top, *bottom])} Z"
