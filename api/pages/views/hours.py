"""Hours of the day on the board: how much was dialled, how much of it was answered, and which hours stand out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from api.pages.views.board import Shown, shown
from api.pages.views.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Bar, Dot, Tick, scale_top
from models.figures import Reading
from qa_engine.kpi.registry import BY_ID, Ratio
from qa_engine.quality.estimates import share

HOUR_METRICS = ("dials", "connects", "connect_rate", "conversion_contacts", "occupancy")
HOURS = 24
_TICKS = 4
Opened: TypeAlias = Callable[[str, str], str]
"""(metric, hour) → link to the rows behind."""


class Standing(StrEnum):
    """How an hour's connect rate lies to that of the whole: by its 95 % interval, so never by chance alone."""

    ABOVE = "above"
    BELOW = "below"
    SAME = "same"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class HourRow:
    """One hour. `span` is `09:00–10:00`; figures by metric."""

    key: str
    span: str
    figures: Mapping[str, Shown]
    standing: Standing


@dataclass(frozen=True, slots=True)
class HourChart:
    """24 hours in a box of 640 × 180: bars of dials, and the connect rate as a line over them with an axis of its own,
    without hours of too few dials. `level` is the height of the whole's rate."""

    bars: tuple[Bar, ...]
    segments: tuple[str, ...]
    dots: tuple[Dot, ...]
    dials: tuple[Tick, ...]
    rates: tuple[Tick, ...]
    hours: tuple[Tick, ...]
    level: float | None


def by_hour(readings: Iterable[Reading]) -> dict[str, dict[str, Reading]]:
    """Readings by hour and metric, of hours in which something was dialled or worked; "" = hour not known."""
    found: dict[str, dict[str, Reading]] = {}
    for one in readings:
        found.setdefault(one.key, {})[one.metric] = one
    return {key: found[key] for key in sorted(found) if any(one.value for one in found[key].values())}


def hour_rows(hours: Mapping[str, Mapping[str, Reading]], whole: Reading) -> list[HourRow]:
    """The lines of the table, the unknown hour last."""
    return [
        HourRow(
            key,
            f"{key}:00–{(int(key) + 1) % HOURS:02d}:00" if key else "",
            {name: shown(one) for name, one in figures.items()},
            _standing(figures["connect_rate"], whole),
        )
        for key, figures in sorted(hours.items(), key=lambda pair: (not pair[0], pair[0]))
    ]


def _standing(hour: Reading, whole: Reading) -> Standing:
    metric, figure = BY_ID["connect_rate"], hour.figure
    if not isinstance(figure, Ratio) or whole.value is None:
        return Standing.SAME
    if figure.den < metric.minimum_n:
        return Standing.FEW
    found = share(figure.num, figure.den)
    if found.low is not None and found.low > whole.value:
        return Standing.ABOVE
    return Standing.BELOW if found.high is not None and found.high < whole.value else Standing.SAME


def hour_chart(
    hours: Mapping[str, Mapping[str, Reading]], whole: Reading, opened: Opened
) -> HourChart | None:
    """None where no dial's hour is known."""
    known = {key: one["dials"].value or 0 for key, one in hours.items() if key}
    if not any(known.values()):
        return None
    room, floor = WIDTH - LEFT - RIGHT - LEFT / 2, HEIGHT - BOTTOM
    step, top = room / HOURS, scale_top(max(known.values()))
    rates = {key: _drawn(hours[key]["connect_rate"]) for key in known}
    highest = max([rate for rate in rates.values() if rate is not None] + [whole.value or 0.0])
    top_rate = min(scale_top(highest * 100) / 100, 1.0)
    bars, dots, segments = [], [], [list[str]()]
    for n in range(HOURS):
        key = f"{n:02d}"
        dials, rate, left = known.get(key, 0), rates.get(key), LEFT + n * step
        if dials:
            tall = (floor - TOP) * dials / top
            place = (
                round(left + step * 0.15, 1),
                round(floor - tall, 1),
                round(step * 0.7, 1),
                round(tall, 1),
            )
            bars.append(Bar(key, int(dials), None, *place, opened("dials", key)))
        if rate is None:
            segments.append([])
            continue
        x, y = round(left + step / 2, 1), round(floor - (floor - TOP) * min(rate / top_rate, 1.0), 1)
        segments[-1].append(f"{x},{y}")
        dots.append(Dot(x, y, f"{key}:00 {rate:.1%}", opened("connect_rate", key)))
    heights = [round(floor - (floor - TOP) * n / _TICKS, 1) for n in range(_TICKS + 1)]
    level = (
        None if whole.value is None else round(floor - (floor - TOP) * min(whole.value / top_rate, 1.0), 1)
    )
    return HourChart(
        tuple(bars),
        tuple(" ".join(part) for part in segments if len(part) > 1),
        tuple(dots),
        tuple(Tick(at, _count(top * n / _TICKS)) for n, at in enumerate(heights)),
        tuple(Tick(at, f"{top_rate * n / _TICKS * 100:.3g}%") for n, at in enumerate(heights)),
        tuple(Tick(round(LEFT + (n + 0.5) * step, 1), f"{n:02d}") for n in range(0, HOURS, 2)),
        level,
    )


def _drawn(rate: Reading) -> float | None:
    """The rate of an hour; one call at dawn must not stretch the axis to 100 %."""
    few = not isinstance(rate.figure, Ratio) or rate.figure.den < BY_ID["connect_rate"].minimum_n
    return None if few else rate.value


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.3g}"
