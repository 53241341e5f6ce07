"""Figures as SVG, drawn on the server: a line over days, bars of a funnel, a Pareto. `charts.html` writes them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 640.0, 180.0
LEFT, RIGHT, TOP, BOTTOM = 56.0, 16.0, 12.0, 28.0
PARETO_MARK = 0.8
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_TICKS = 4
_MOST_LABELS = 8


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: its place in the box and what is written there."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A value at its place; `href` leads to the calls behind it, "" = none. `is_few`: it rests on too few."""

    x: float
    y: float
    text: str
    href: str = ""
    is_few: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A box and the margins of what is drawn in it. `slots`: each day has a slot of its own with the value in its middle,
    instead of the first and the last on the edges."""

    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = RIGHT
    top: float = TOP
    bottom: float = BOTTOM
    slots: bool = False

    @property
    def room(self) -> float:
        return self.width - self.left - self.right


SMALL = Frame()
WIDE = Frame(880.0, 224.0, 64.0, 12.0, 12.0, 24.0, slots=True)


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, with lines at `at`; `write` writes a value."""

    low: float
    high: float
    at: tuple[float, ...]
    write: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class DayLine:
    """A line over days in a box. `segments` are polylines; a day without a value is a gap. `level` is the height of a target
    line, `band` (top, height) of a band of what is usual on all days; `area` and `bound` are path data of what is usual on
    each day, and of the bound that it must not cross. `marks` are days on which something changed; `step` is the width of a
    day."""

    segments: tuple[str, ...]
    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    days: tuple[Tick, ...]
    level: float | None = None
    band: tuple[float, float] | None = None
    area: str = ""
    bound: str = ""
    marks: tuple[Tick, ...] = ()
    frame: Frame = SMALL
    step: float = 0.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a funnel or Pareto. `share` of the widest (or of all) in 0..1; `width` and `y` in the box."""

    label: str
    count: int
    share: float | None
    x: float
    y: float
    width: float
    height: float
    href: str = ""
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Pareto:
    """Kinds from the most frequent on; `line` is the running share, `mark_y` the height of 80 %. `top` names the first
    three."""

    bars: tuple[Bar, ...]
    line: str
    dots: tuple[Dot, ...]
    mark_y: float
    top: tuple[str, ...]
    total: int


def scale_top(highest: float) -> float:
    """A round number not below `highest`, to end an axis with."""
    if highest <= 0:
        return 1.0
    unit = 1.0
    while unit > highest:
        unit /= 10
    while unit * 10 < highest:
        unit *= 10
    return next(step * unit for step in _STEPS if step * unit >= highest * (1 - 1e-9))


def _written(value: float, *, percent: bool) -> str:
    if percent:
        return f"{value:.3g}%"
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.3g}"


def from_zero(values: Sequence[float], *, percent: bool = False) -> Axis:
    """An axis from 0 to a round number; shares are written in percent and end at 100 % unless one is higher."""
    factor = 100.0 if percent else 1.0
    top = scale_top(max(values, default=0.0) * factor)
    if percent:
        top = min(top, max(100.0, max(values, default=0.0) * 100))
    return Axis(
        0.0,
        top / factor,
        tuple(top * n / _TICKS / factor for n in range(_TICKS + 1)),
        lambda value: _written(value * factor, percent=percent),
    )


def day_line(
    points: Sequence[tuple[date, float | None]],
    *,
    percent: bool = False,
    hrefs: Sequence[str] = (),
    level: float | None = None,
    band: tuple[float, float] | None = None,
    usual: Sequence[tuple[float | None, float | None]] = (),
    marks: Sequence[tuple[date, str]] = (),
    texts: Sequence[str] = (),
    few: Sequence[bool] = (),
    axis: Axis | None = None,
    frame: Frame = SMALL,
) -> DayLine | None:
    """The line of values by day; every line of the product is drawn here. `percent`: values are shares. `level`, `band` and
    `usual` (low, high of each day; one of them alone is a bound) are in the values' unit. `axis` is from 0 up where none is
    given. None without any value."""
    known = [value for _, value in points if value is not None]
    if not known:
        return None
    ranges = list(usual) or [(None, None)] * len(points)
    extra = [
        one for one in (level, *(band or ()), *(edge for pair in ranges for edge in pair)) if one is not None
    ]
    scale = axis or from_zero([*known, *extra], percent=percent)
    first, last = points[0][0], points[-1][0]
    span = (last - first).days
    step = frame.room / (span + 1 if frame.slots else max(span, 1))

    def place(day: date) -> float:
        return round(frame.left + step * ((day - first).days + (0.5 if frame.slots else 0.0)), 1)

    def height(value: float) -> float:
        part = (value - scale.low) / (scale.high - scale.low)
        return round(frame.top + (1 - part) * (frame.height - frame.top - frame.bottom), 1)

    segments: list[list[str]] = [[]]
    dots = []
    for n, (day, value) in enumerate(points):
        if value is None:
            segments.append([])
            continue
        segments[-1].append(f"{place(day)},{height(value)}")
        text = texts[n] if texts else f"{day.isoformat()} {scale.write(value)}"
        dots.append(
            Dot(place(day), height(value), text, hrefs[n] if hrefs else "", is_few=bool(few) and few[n])
        )
    places = [(place(day), low, high) for (day, _), (low, high) in zip(points, ranges, strict=True)]
    return DayLine(
        tuple(" ".join(part) for part in segments if len(part) > 1),
        tuple(dots),
        tuple(Tick(height(at), scale.write(at)) for at in scale.at),
        tuple(Tick(place(day), f"{day:%m-%d}") for day in _labelled([day for day, _ in points])),
        None if level is None else height(level),
        None if band is None else (height(band[1]), round(height(band[0]) - height(band[1]), 1)),
        _area(
            [
                (x, height(low), height(high))
                for x, low, high in places
                if low is not None and high is not None
            ]
        ),
        _path(
            [
                (x, height(edge))
                for x, low, high in places
                if (edge := low if high is None else high if low is None else None) is not None
            ]
        ),
        tuple(Tick(place(day), text) for day, text in marks if first <= day <= last),
        frame,
        round(step, 1),
    )


def _labelled(days: Sequence[date]) -> list[date]:
    """Which days are written below: Mondays where there are a few of them, else every so many."""
    mondays = [day for day in days if day.weekday() == 0]
    if 3 <= len(mondays) <= _MOST_LABELS and len(mondays) < len(days):
        return mondays
    return list(days[:: -(-len(days) // _MOST_LABELS)])


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{'L' if at else 'M'}{x} {y}" for at, (x, y) in enumerate(points))


def _area(banded: Sequence[tuple[float, float, float]]) -> str:
    if not banded:
        return ""
    top = [(x, high) for x, _, high in banded]
    bottom = [(x, low) for x, low, _ in reversed(banded)]
    return f"{_path([*top, *bottom])} Z"


FUNNEL_BAR, FUNNEL_STEP = 28.0, 44.0


def funnel(stages: Sequence[tuple[str, int | None, str]]) -> tuple[Bar, ...]:
    """Stages (label, count, link) from the widest on, each centred; `share` is that of the stage before. A stage that
    nobody can know is left out."""
    known = [(label, count, href) for label, count, href in stages if count is not None]
    widest = max((count for _, count, _ in known), default=0)
    bars: list[Bar] = []
    for n, (label, count, href) in enumerate(known):
        width = max(WIDTH * count / widest, 2.0) if widest else 2.0
        before = known[n - 1][1] if n else 0
        share = count / before if before else None
        bars.append(
            Bar(
                label,
                count,
                share,
                round((WIDTH - width) / 2, 1),
                n * FUNNEL_STEP,
                round(width, 1),
                FUNNEL_BAR,
                href,
            )
        )
    return tuple(bars)


def pareto(kinds: Sequence[tuple[str, int, str]], *, most: int = 10) -> Pareto | None:
    """Kinds (label, count, link) by count, with the running share of all; `marked` are those that together make up the
    first 80 %. None where nothing was counted."""
    ranked = sorted((kind for kind in kinds if kind[1] > 0), key=lambda kind: (-kind[1], kind[0]))
    total = sum(count for _, count, _ in ranked)
    if not total:
        return None
    shown = ranked[:most]
    room, floor = WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM
    step = room / len(shown)
    bars, dots, running = [], [], 0
    for n, (label, count, href) in enumerate(shown):
        marked = running < PARETO_MARK * total
        running += count
        tall = (floor - TOP) * count / total
        left = LEFT + n * step
        bars.append(
            Bar(
                label,
                count,
                count / total,
                round(left + step * 0.15, 1),
                round(floor - tall, 1),
                round(step * 0.7, 1),
                round(tall, 1),
                href,
                marked,
            )
        )
        dots.append(
            Dot(
                round(left + step / 2, 1),
                round(floor - (floor - TOP) * running / total, 1),
                f"{running / total:.0%}",
            )
        )
    return Pareto(
        tuple(bars),
        " ".join(f"{dot.x},{dot.y}" for dot in dots),
        tuple(dots),
        round(floor - (floor - TOP) * PARETO_MARK, 1),
        tuple(label for label, _, _ in shown[:3]),
        total,
    )
