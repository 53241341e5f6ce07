"""The days of a metric under a rule: the line with its usual band or bound, and the colour of each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from api.pages.languages import Words
from api.pages.views.charts import WIDE, Axis, DayLine, day_line
from qa_engine.alerts.judge import shown_band, target_on
from qa_engine.alerts.rules import InBand, KOfN, Rule
from qa_engine.alerts.words import value_text
from qa_engine.kpi.bands import Point, is_measured

DAYS_SHOWN = 42


@dataclass(frozen=True, slots=True)
class DayMark:
    """One day: its place on the chart, texts for the table, colour ("" where the rule has none)."""

    day: str
    x: float
    value: str
    n: int
    low: str
    high: str
    colour: str
    colour_id: str
    is_enough: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The line, and its days as a table and a strip of colours."""

    line: DayLine
    days: tuple[DayMark, ...]
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
    line = day_line(
        [(row.point.day, row.point.value) for row in shown],
        usual=[(row.low, row.high) for row in shown],
        few=[not is_measured(row.point, rule.min_n) for row in shown],
        texts=[_says(row, rule, words) for row in shown],
        axis=_axis(rule, min(values), max(values)),
        frame=WIDE,
    )
    if line is None:
        return None
    first = shown[0].point.day
    marks = tuple(
        _mark(row, rule, round(WIDE.left + line.step * ((row.point.day - first).days + 0.5), 1), words)
        for row in shown
    )
    return Chart(line, marks, has_colours=isinstance(rule.test, InBand))


def _axis(rule: Rule, low: float, high: float) -> Axis:
    """Around the values: a rate that moves by a point must be seen to move."""
    pad = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return Axis(
        max(0.0, low - pad) if low >= 0 else low - pad,
        high + pad,
        (low, (low + high) / 2, high),
        lambda value: value_text(rule.metric, value),
    )


def _says(row: _Row, rule: Rule, words: Words) -> str:
    small = "" if is_measured(row.point, rule.min_n) else f", {words('alert.small')}"
    return f"{row.point.day} {value_text(rule.metric, row.point.value)} (n = {row.point.n}{small})"


def _mark(row: _Row, rule: Rule, x: float, words: Words) -> DayMark:
    return DayMark(
        day=row.point.day.isoformat(),
        x=x,
        value=value_text(rule.metric, row.point.value),
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
