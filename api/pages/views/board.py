"""A reading as a tile shows it: the number, what it rests on, and its interval where it is a share."""

from __future__ import annotations

from dataclasses import dataclass

from models.figures import Reading
from models.quantile_figures import QuantileReading
from qa_engine.kpi.quantiles import QUANTILES_BY_ID
from qa_engine.kpi.registry import BY_ID, Metric, Ratio
from qa_engine.quality.estimates import share

_UNKNOWN = "–"
_FINE = 10
"""Seconds below which hundredths are read: response times are short."""


@dataclass(frozen=True, slots=True)
class Shown:
    """`interval` is the Wilson 95 % interval of a share, "" otherwise; `few` where n is below the metric's
    minimum; `with_unit` where the number needs its unit beside it."""

    text: str
    n: int | None
    interval: str
    few: bool
    with_unit: bool = False


def figure_text(metric: Metric, value: float | None) -> str:
    """A figure as it is written: shares in percent, counts whole, the rest to one place."""
    if value is None:
        return _UNKNOWN
    if metric.unit == "比率":
        return f"{value * 100:.1f}%"
    return f"{value:,.0f}" if metric.denominator is None else f"{value:,.1f}"


def completion(n: int, resolved: int) -> str:
    """异议处理完成率 of one kind: `62.5% (42.7–78.8%)`, Wilson 95 %."""
    found = share(resolved, n, decimals=12)
    return f"{resolved / n:.1%} ({(found.low or 0) * 100:.1f}–{(found.high or 0) * 100:.1f}%)"


def shown(reading: Reading | QuantileReading) -> Shown:
    """How a reading is written; a quantile with the error that it may have."""
    if isinstance(reading, QuantileReading):
        return _ranked(reading)
    metric, value = BY_ID[reading.metric], reading.value
    # seconds are no cases
    n = None if (metric.denominator or "").endswith("_s") else reading.n
    if value is None:
        return Shown(_UNKNOWN, n, "", few=False)
    few = metric.denominator is not None and (reading.n or 0) < metric.minimum_n
    if not isinstance(reading.figure, Ratio):
        return Shown(figure_text(metric, value), None, "", few=False, with_unit=metric.unit == "元")
    if metric.unit != "比率":
        return Shown(figure_text(metric, value), n, "", few=few, with_unit=True)
    found = share(min(reading.figure.num, reading.figure.den), reading.figure.den)
    interval = f"{(found.low or 0) * 100:.1f}–{(found.high or 0) * 100:.1f}%"
    return Shown(
        figure_text(metric, value), n, "" if (metric.denominator or "").endswith("_s") else interval, few=few
    )


def _ranked(reading: QuantileReading) -> Shown:
    if reading.figure is None:
        return Shown(_UNKNOWN, 0, "", few=False)
    metric, figure = QUANTILES_BY_ID[reading.metric], reading.figure
    return Shown(
        f"{figure.value:.2f}"
        if figure.value < _FINE and metric.factor < 1
        else figure_text(metric, figure.value),
        figure.n,
        f"±{figure.relative_error:.0%}",
        few=figure.n < metric.minimum_n,
        with_unit=True,
    )
