"""Dynamic red, yellow and green: what is usual for this weekday, and how far from it a day may lie.

Centre = (1 - w) x median of the same weekdays of the last `weeks` + w x benchmark. Spread = 1.4826 x MAD (the standard
deviation where days are normal; Rousseeuw & Croux 1993), never below what chance alone does to a rate of that n.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from qa_engine.kpi.registry import Direction

NORMAL_MAD = 1.4826
WEEK = timedelta(days=7)
SMALLEST_SPREAD = 0.01
"""Of the centre, for figures that are no rates: a history without any scatter must not make every change red."""


class Colour(StrEnum):
    """How a day lies to what is usual. `unknown`: too few calls or too little history."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"


_BADNESS = {Colour.GREEN: 0, Colour.YELLOW: 1, Colour.RED: 2}


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of one day: value (None = unknown), the n that it rests on, and what a stored target asks of that day
    (None = nothing)."""

    day: date
    value: float | None
    n: int = 0
    target: float | None = None


@dataclass(frozen=True, slots=True)
class BandRule:
    """`yellow_k`, `red_k` in spreads from the centre; `hold` periods that must agree before the colour changes;
    `is_rate`: the value is a share of n."""

    yellow_k: float = 2.0
    red_k: float = 3.0
    weeks: int = 8
    min_n: int = 30
    min_weeks: int = 4
    hold: int = 2
    benchmark: float | None = None
    benchmark_weight: float = 0.0
    direction: Direction = Direction.UP
    is_rate: bool = True


@dataclass(frozen=True, slots=True)
class Band:
    """What is usual for a day; `weeks` of history that had enough calls."""

    centre: float
    spread: float
    weeks: int

    def edge(self, k: float) -> float:
        """The value that lies `k` spreads above the centre (below it for a negative one)."""
        return self.centre + k * self.spread


@dataclass(frozen=True, slots=True)
class Coloured:
    """A day with its band (None: 样本不足), its own colour and the colour that is shown after hysteresis."""

    point: Point
    band: Band | None
    raw: Colour
    shown: Colour


def is_measured(point: Point | None, min_n: int) -> bool:
    """Whether the day's figure rests on enough to be compared."""
    return point is not None and point.value is not None and point.n >= min_n


def band_of(point: Point, history: Mapping[date, Point], rule: BandRule) -> Band | None:
    """The band of one day; None below `min_weeks` of history. `history` by day."""
    past = (history.get(point.day - WEEK * back) for back in range(1, rule.weeks + 1))
    values = [one.value for one in past if one and one.value is not None and is_measured(one, rule.min_n)]
    if len(values) < rule.min_weeks:
        return None
    middle = median(values)
    spread = NORMAL_MAD * median(abs(value - middle) for value in values)
    centre = middle
    if rule.benchmark is not None:
        centre = (1 - rule.benchmark_weight) * middle + rule.benchmark_weight * rule.benchmark
    return Band(centre, max(spread, _chance(centre, point.n, rule)), len(values))


def _chance(centre: float, n: int, rule: BandRule) -> float:
    """The standard error of a rate of n; a hundredth of the centre for what is no rate."""
    if not rule.is_rate:
        return abs(centre) * SMALLEST_SPREAD
    share = min(max(centre, 0.0), 1.0)
    return math.sqrt(share * (1 - share) / n) if n else 0.0


def raw_colour(value: float, band: Band, rule: BandRule) -> Colour:
    """The colour of one day by itself. A metric without direction is bad on either side."""
    off = value - band.centre
    worse = {Direction.UP: -off, Direction.DOWN: off, Direction.NEUTRAL: abs(off)}[rule.direction]
    if worse <= 0:
        return Colour.GREEN
    if worse > rule.red_k * band.spread:
        return Colour.RED
    return Colour.YELLOW if worse > rule.yellow_k * band.spread else Colour.GREEN


def hysteresis(raw: Sequence[Colour], hold: int) -> list[Colour]:
    """The colours shown: one changes only after `hold` known periods in a row on the same side of it, and then no
    further than all of them agree on. Unknown periods neither count nor interrupt."""
    shown, current, run = [], Colour.UNKNOWN, list[Colour]()
    for colour in raw:
        if colour is not Colour.UNKNOWN:
            run = [*run, colour][-hold:]
            current = _next(current, run) if len(run) == hold else current
        shown.append(current)
    return shown


def _next(current: Colour, run: Sequence[Colour]) -> Colour:
    mildest, worst = min(run, key=_BADNESS.__getitem__), max(run, key=_BADNESS.__getitem__)
    if current is Colour.UNKNOWN:
        return mildest
    if _BADNESS[mildest] > _BADNESS[current]:
        return mildest
    return worst if _BADNESS[worst] < _BADNESS[current] else current


def colours(points: Sequence[Point], rule: BandRule, *, first: date | None = None) -> list[Coloured]:
    """Every day from `first` on (the earliest by default) with its band and colours. `points` in order of days, with
    the history that the first of them needs before it."""
    history = {point.day: point for point in points}
    judged = [_judged(point, history, rule) for point in points if first is None or point.day >= first]
    shown = hysteresis([raw for _, _, raw in judged], rule.hold)
    return [Coloured(point, band, raw, seen) for (point, band, raw), seen in zip(judged, shown, strict=True)]


def _judged(point: Point, history: Mapping[date, Point], rule: BandRule) -> tuple[Point, Band | None, Colour]:
    band = band_of(point, history, rule)
    if band is None or point.value is None or not is_measured(point, rule.min_n):
        return point, band, Colour.UNKNOWN
    return point, band, raw_colour(point.value, band, rule)
