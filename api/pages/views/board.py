"""A reading as a tile shows it: the number, what it rests on, and its interval where it is a share."""

from __future__ import annotations

from dataclasses import dataclass

from models.figures import Reading
from qa_engine.kpi.registry import BY_ID, Ratio
from qa_engine.quality.estimates import share

_UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Shown:
    """`interval` is the Wilson 95 % interval of a share, "" otherwise; `few` where n is below the metric's
    minimum; `with_unit` where the number needs its unit beside it."""

    text: str
    n: int | None
    interval: str
    few: bool
    with_unit: bool = False


def shown(reading: Reading) -> Shown:
    """How a reading is written."""
    metric, value, n = BY_ID[reading.metric], reading.value, reading.n
    if value is None:
        return Shown(_UNKNOWN, n, "", few=False)
    few = metric.denominator is not None and (n or 0) < metric.minimum_n
    if not isinstance(reading.figure, Ratio):
        return Shown(f"{value:,.0f}", None, "", few=False)
    if metric.unit != "比率":
        return Shown(f"{value:,.1f}", n, "", few=few, with_unit=True)
    found = share(min(reading.figure.num, reading.figure.den), reading.figure.den)
    interval = f"{(found.low or 0) * 100:.1f}–{(found.high or 0) * 100:.1f}%"
    return Shown(
        f"{value * 100:.1f}%", n, "" if (metric.denominator or "").endswith("_s") else interval, few=few
    )
