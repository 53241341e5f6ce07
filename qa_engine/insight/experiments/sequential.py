"""A difference that may be looked at every day: a confidence sequence holds at all times at once.

Mixture sequential probability ratio test (Robbins 1970; Johari, Koomen, Pekelis, Walsh 2022, "Always Valid Inference"):
with the estimate's variance v and a normal mixture of variance τ² over possible effects, the interval is
d ± sqrt(v (v + τ²) / τ² · ln((v + τ²) / (v α²))). A fixed 95 % test that is looked at daily is wrong far more often than
one time in twenty; this one is not, at the price of a wider interval on any one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from qa_engine.quality.estimates import Z95, t95

ALPHA = 0.05
MIN_EVENTS = 10
"""Events and non-events in each arm, below which a share is not near normal and nothing is said."""
MIN_CLUSTERS = 3


@dataclass(frozen=True, slots=True)
class Arm:
    """`hits` of `n` contacts of one version; `clusters` are (hits, n) of each team where teams were assigned whole."""

    hits: int
    n: int
    clusters: tuple[tuple[int, int], ...] = ()

    @property
    def rate(self) -> float:
        return self.hits / self.n

    @property
    def is_enough(self) -> bool:
        """Whether its share is near enough to normal."""
        return min(self.hits, self.n - self.hits) >= MIN_EVENTS

    @property
    def variance(self) -> float:
        """Of the rate; over clusters where there are any, never below that of independent calls."""
        rate = (self.hits + 0.5) / (self.n + 1)
        plain = rate * (1 - rate) / self.n
        if not self.clusters:
            return plain
        k = len(self.clusters)
        spread = sum((hits - self.rate * n) ** 2 for hits, n in self.clusters)
        return max(plain, k / (k - 1) * spread / self.n**2)


@dataclass(frozen=True, slots=True)
class Difference:
    """`second` − `first`, with the interval that holds at all times, and the always-valid chance of no difference."""

    difference: float
    low: float
    high: float
    chance: float

    @property
    def is_told(self) -> bool:
        """Whether it can be told from none."""
        return self.low > 0 or self.high < 0


def difference(first: Arm, second: Arm, *, tau: float, alpha: float = ALPHA) -> Difference | None:
    """None where there is not enough yet. `tau` is the size of difference that is looked for (the mixture's width); the
    interval is narrowest near it, and valid whatever it is."""
    if not (first.is_enough and second.is_enough):
        return None
    variance = first.variance + second.variance
    counts = [len(arm.clusters) for arm in (first, second) if arm.clusters]
    if counts:
        if min(counts) < MIN_CLUSTERS:
            return None
        # few teams: their spread itself is known badly, so the interval is widened as Student's t widens it
        variance *= (t95(sum(counts) - len(counts)) / Z95) ** 2
    found = second.rate - first.rate
    total = variance + tau * tau
    half = sqrt(variance * total / (tau * tau) * log(total / (variance * alpha * alpha)))
    evidence = -0.5 * log(total / variance) + tau * tau * found * found / (2 * variance * total)
    return Difference(found, found - half, found + half, min(1.0, exp(-evidence)) if evidence > 0 else 1.0)


def running_interval(looks: Sequence[Difference]) -> tuple[float, float]:
    """What all looks together leave: the cut of their intervals (each holds at the same time as all others)."""
    return max(look.low for look in looks), min(look.high for look in looks)
