"""Which training helps: the effects of its plans put together, with an interval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from qa_engine.quality.estimates import Z95, t95

MIN_PLANS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """The effect of one plan with its 95 % interval, share of the item."""

    training: str
    effect: float
    low: float
    high: float

    @property
    def variance(self) -> float:
        """Of the effect."""
        return max(((self.high - self.low) / 2 / Z95) ** 2, 1e-9)


@dataclass(frozen=True, slots=True)
class Rated:
    """A training over its `plans`; the effect and interval are None below three plans."""

    training: str
    plans: int
    effect: float | None
    low: float | None
    high: float | None


def rate(measured: Iterable[Measured]) -> tuple[Rated, ...]:
    """Trainings by the lower end of their interval, the surest first; those with too few plans last.

    Random effects (DerSimonian and Laird 1986) with the interval of Hartung and Knapp (2001): plans differ in people and item,
    and are few."""
    groups: dict[str, list[Measured]] = {}
    for one in measured:
        groups.setdefault(one.training, []).append(one)
    rated = [_rate(training, own) for training, own in groups.items()]
    return tuple(sorted(rated, key=lambda one: (one.low is None, -(one.low or 0.0), one.training)))


def _rate(training: str, own: list[Measured]) -> Rated:
    count = len(own)
    if count < MIN_PLANS:
        return Rated(training, count, None, None, None)
    fixed = [1 / one.variance for one in own]
    mean = sum(w * one.effect for w, one in zip(fixed, own, strict=True)) / sum(fixed)
    spread = sum(w * (one.effect - mean) ** 2 for w, one in zip(fixed, own, strict=True))
    scale = sum(fixed) - sum(w * w for w in fixed) / sum(fixed)
    between = max(0.0, (spread - (count - 1)) / scale)
    weights = [1 / (one.variance + between) for one in own]
    total = sum(weights)
    effect = sum(w * one.effect for w, one in zip(weights, own, strict=True)) / total
    left = sum(w * (one.effect - effect) ** 2 for w, one in zip(weights, own, strict=True)) / (count - 1)
    half = t95(count - 1) * sqrt(max(left, 1.0) / total)
    return Rated(training, count, effect, effect - half, effect + half)
