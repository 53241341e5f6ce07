"""Red, yellow or green for a figure's latest day, by what is usual for its weekday: the bands of the alerts, with their
hysteresis, for any scope of a board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from models.dial_kpi import By
from models.figures import read_figures
from qa_engine.alerts.judge import SETTLING_DAYS
from qa_engine.kpi.bands import BandRule, Colour, Point, colours
from qa_engine.kpi.registry import BY_ID, Metric
from qa_engine.kpi.sums import LEAD_FIELDS

RATE = "比率"
_USUAL = BandRule()


@dataclass(frozen=True, slots=True)
class Light:
    """`colour` of the latest measured day with its value, n and the middle of what is usual."""

    colour: Colour
    day: date
    value: float
    n: int
    usual: float


def band_rule(metric: Metric) -> BandRule:
    """The usual rule with the metric's own direction and smallest n."""
    return BandRule(direction=metric.direction, is_rate=metric.unit == RATE, min_n=max(metric.minimum_n, 1))


def tile_lights(
    opened: Session, metrics: Iterable[str], *, last: date, where: Mapping[By, str]
) -> Mapping[str, Light]:
    """By metric; those without enough calls or history are left out, and those of distinct leads, which are counted from all
    dials of each day."""
    wanted = [one for one in metrics if not {BY_ID[one].numerator, BY_ID[one].denominator} & LEAD_FIELDS]
    settling = last - timedelta(days=SETTLING_DAYS)
    first = settling - timedelta(weeks=_USUAL.weeks)
    points: dict[str, list[Point]] = {name: [] for name in wanted}
    for one in read_figures(opened, wanted, first=first, last=last, where=where, daily=True):
        points[one.metric].append(Point(one.first, one.value, one.n or 0))
    found = {}
    for name, days in points.items():
        coloured = colours(sorted(days, key=lambda point: point.day), band_rule(BY_ID[name]), first=settling)
        for day in reversed(coloured):
            value = day.point.value
            if day.band is None or value is None or Colour.UNKNOWN in {day.raw, day.shown}:
                continue
            found[name] = Light(day.shown, day.point.day, value, day.point.n, day.band.centre)
            break
    return found
