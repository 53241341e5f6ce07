"""Figures as SVG, drawn on the server: a line over days, bars of a funnel, a Pareto. `charts.html` writes them out."""

from __future__ import annotations

from collections.abc import Sequence
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
    """A value at its place; `href` leads to the calls behind it, "" = none."""

    x: float
    y: float
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class DayLine:
    """A line over days in a box of 640 × 180. `segments` are polylines; a day without a value is a gap. `level` is the
    height of a target line, `band` (top, height) of a band of what is usual."""

    segments: tuple[str, ...]
    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    days: tuple[Tick, ...]
    level: float | None = None
    band: tuple[float, float] | None = None


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


def day_line(
    points: Sequence[tuple[date, float | None]],
    *,
    percent: bool = False,
    hrefs: Sequence[str] = (),
    level: float | None = None,
    band: tuple[float, float] | None = None,
) -> DayLine | None:
    """The line of values by day, from 0 up. `percent`: values are shares. `level` and `band` (low, high) are in the
    values' unit. None without any value."""
    factor = 100.0 if percent else 1.0
    known = [value for _, value in points if value is not None]
    if not known:
        return None
    extra = [one for one in (level, *(band or ())) if one is not None]
    top = scale_top(max([*known, *extra]) * factor)
    if percent:
        top = min(top, max(100.0, max(known) * 100))

    def height(value: float) -> float:
        return round(TOP + (1 - value * factor / top) * (HEIGHT - TOP - BOTTOM), 1)

    step = (WIDTH - LEFT - RIGHT) / max(len(points) - 1, 1)
    places = [round(LEFT + n * step, 1) for n in range(len(points))]
    segments: list[list[str]] = [[]]
    dots = []
    for n, (day, value) in enumerate(points):
        if value is None:
            segments.append([])
            continue
        segments[-1].append(f"{places[n]},{height(value)}")
        text = f"{day.isoformat()} {_written(value * factor, percent=percent)}"
        dots.append(Dot(places[n], height(value), text, hrefs[n] if hrefs else ""))
    every = -(-len(points) // _MOST_LABELS)
    return DayLine(
        tuple(" ".join(part) for part in segments if len(part) > 1),
        tuple(dots),
        tuple(
            Tick(height(top * n / _TICKS / factor), _written(top * n / _TICKS, percent=percent))
            for n in range(_TICKS + 1)
        ),
        tuple(Tick(places[n], f"{points[n][0]:%m-%d}") for n in range(0, len(points), every)),
        None if level is None else height(level),
        None if band is None else (height(band[1]), round(height(band[0]) - height(band[1]), 1)),
    )


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
