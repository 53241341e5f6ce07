"""Figures of people with their intervals, and drawn to their group where few calls stand behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from qa_engine.kpi.registry import BY_ID, Metric, Ratio
from qa_engine.quality.estimates import Z95, share, t95
from qa_engine.statistics.shrinkage import Shrunk, shrink_means, shrink_shares

_DAYS = 2


class Method(StrEnum):
    """How an interval was made."""

    EXACT = "exact"
    """A count of everything there is: nothing was sampled, there is no interval."""
    WILSON = "wilson"
    """Wilson (1927) score interval of a share."""
    DAYS = "days"
    """Ratio of sums with days as clusters (Cochran 1977, 6.13), Student's t over the days."""
    NONE = "none"
    """Unknown, or too few days for an interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure of one person. `low`/`high` 95 %; `drawn` after shrinkage. None where unknown."""

    value: float | None
    n: float
    low: float | None
    high: float | None
    method: Method
    drawn: Shrunk | None = None

    @property
    def used(self) -> tuple[float, float, float] | None:
        """(value, low, high) that scores: the drawn figure where there is one."""
        if self.drawn is not None:
            return self.drawn.value, self.drawn.low, self.drawn.high
        if self.value is None:
            return None
        return (
            self.value,
            self.value if self.low is None else self.low,
            self.value if self.high is None else self.high,
        )


UNKNOWN = Estimate(None, 0, None, None, Method.NONE)


def is_share(metric: Metric) -> bool:
    """Whether the metric is a share of calls or leads; a share of seconds has no number of trials."""
    return metric.unit == "比率" and metric.denominator is not None and not metric.denominator.endswith("_s")


def estimate(metric: Metric, days: Sequence[Ratio | float | None]) -> Estimate:
    """One person's figure over days: shares with Wilson's interval, other ratios with days as clusters, counts exact."""
    known = [day for day in days if day is not None]
    ratios = [day for day in known if isinstance(day, Ratio)]
    if not known:
        return UNKNOWN
    if not ratios:
        total = float(sum(day for day in known if not isinstance(day, Ratio)))
        return Estimate(total, total, None, None, Method.EXACT)
    num, den = sum(one.num for one in ratios), sum(one.den for one in ratios)
    if den <= 0:
        return UNKNOWN
    if is_share(metric) and 0 <= num <= den:
        found = share(num, den, decimals=12)
        return Estimate(found.share, den, found.low, found.high, Method.WILSON)
    return _by_days(ratios, num / den, den, metric.factor)


def _by_days(ratios: Sequence[Ratio], value: float, den: float, factor: float) -> Estimate:
    used = [one for one in ratios if one.den > 0]
    if len(used) < _DAYS:
        return Estimate(value * factor, den, None, None, Method.NONE)
    squares = sum((one.num - value * one.den) ** 2 for one in used)
    error = sqrt(squares * len(used) / (len(used) - 1)) / den
    half = t95(len(used) - 1) * error
    return Estimate(value * factor, den, (value - half) * factor, (value + half) * factor, Method.DAYS)


def draw_group(metric_id: str, people: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """The same estimates, each drawn to the group; counts stay as they are."""
    metric, keys = BY_ID[metric_id], list(people)
    if is_share(metric):
        drawn = shrink_shares([((one.value or 0.0) * one.n, one.n) for one in people.values()])
    elif metric.denominator is not None:
        drawn = shrink_means([_normal(one) for one in people.values()])
    else:
        return dict(people)
    return {
        key: Estimate(one.value, one.n, one.low, one.high, one.method, found)
        for key, one, found in zip(keys, people.values(), drawn, strict=True)
    }


def _normal(one: Estimate) -> tuple[float, float] | None:
    """Mean and standard error; the t-interval's width serves as the normal's, so that few days count as unsure."""
    if one.value is None or one.low is None or one.high is None:
        return None
    return one.value, max((one.high - one.low) / 2 / Z95, 1e-12)
