"""A mean over all calls from a few drawn out of each stratum (Cochran 1977, ch. 5): each drawn call stands for N_h / n_h."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from qa_engine.quality.estimates import t95


@dataclass(frozen=True, slots=True)
class Stratum:
    """`size` calls, of which those with `values` were drawn and measured."""

    size: int
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Stratified:
    """ȳ = Σ (N_h / N) ȳ_h over the strata that have any value, with its 95 % interval (None where no stratum has two);
    `n` values stand for `covered` of `total` calls. Strata without a value are not guessed: `covered` says how much is
    missing."""

    mean: float | None
    low: float | None
    high: float | None
    n: int
    covered: int
    total: int


def stratified_mean(strata: Sequence[Stratum]) -> Stratified:
    """Variance within a stratum is pooled over strata, because few have more than three values; drawing without
    replacement takes off n_h / N_h."""
    known = [one for one in strata if one.values]
    total = sum(one.size for one in strata)
    covered = sum(one.size for one in known)
    n = sum(len(one.values) for one in known)
    if not known:
        return Stratified(None, None, None, 0, 0, total)
    means = [sum(one.values) / len(one.values) for one in known]
    mean = sum(one.size * own for one, own in zip(known, means, strict=True)) / covered
    degrees = n - len(known)
    if degrees < 1:
        return Stratified(mean, None, None, n, covered, total)
    squares = sum((value - own) ** 2 for one, own in zip(known, means, strict=True) for value in one.values)
    within = squares / degrees
    variance = sum(
        (one.size / covered) ** 2 * max(1 - len(one.values) / one.size, 0.0) * within / len(one.values)
        for one in known
    )
    half = t95(degrees) * sqrt(variance)
    return Stratified(mean, mean - half, mean + half, n, covered, total)
