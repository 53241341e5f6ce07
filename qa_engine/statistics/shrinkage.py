"""Empirical Bayes: a figure of few calls is drawn towards its group, by as much as chance explains it.

Efron & Morris (1975), "Data analysis using Stein's estimator"; the beta-binomial prior by moments after Kleinman (1973)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from qa_engine.quality.estimates import Z95
from qa_engine.statistics.distributions import beta_quantile

_FEWEST_PEERS = 3
"""Below it the spread between people cannot be told from chance, and nothing is drawn anywhere."""
_ALIKE = 1e6
"""Calls that the prior is worth where the group shows no more spread than chance."""
_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A figure drawn to its group with its 95 % posterior interval; `weight` is the part that is its own, 0 to 1."""

    value: float
    low: float
    high: float
    weight: float


def shrink_shares(counts: Sequence[tuple[float, float]]) -> list[Shrunk | None]:
    """For (hits, n) of each member of a group: posterior mean (hits + M·μ) / (n + M) under Beta(M·μ, M·(1-μ)).

    μ is the share of the group; the correlation within a member, ρ = 1 / (M + 1), by the method of moments:
    ρ = (S / (μ(1-μ)) - (m-1)) / (N - Σn²/N - (m-1)), S = Σ n (p - μ)². None for members without calls, and for all
    where fewer than three members have any."""
    known = [(hits, n) for hits, n in counts if n > 0]
    total = sum(n for _, n in known)
    if len(known) < _FEWEST_PEERS:
        return [None] * len(counts)
    mean = sum(hits for hits, _ in known) / total
    if not 0.0 < mean < 1.0:  # nothing to learn a spread from: Jeffreys' half call on either side
        mean = (sum(hits for hits, _ in known) + 0.5) / (total + 1)
    spread = sum(n * (hits / n - mean) ** 2 for hits, n in known) / (mean * (1 - mean))
    chance = len(known) - 1
    room = total - sum(n * n for _, n in known) / total - chance
    rho = (spread - chance) / room if room > 0 else 0.0
    prior = _ALIKE if rho <= 1 / (_ALIKE + 1) else max(1 / min(rho, 1.0) - 1, 1e-6)
    return [_posterior(hits, n, mean, prior) if n > 0 else None for hits, n in counts]


def _posterior(hits: float, n: float, mean: float, prior: float) -> Shrunk:
    a, b = hits + prior * mean, n - hits + prior * (1 - mean)
    return Shrunk(a / (a + b), beta_quantile(_TAIL, a, b), beta_quantile(1 - _TAIL, a, b), n / (n + prior))


def shrink_means(estimates: Sequence[tuple[float, float] | None]) -> list[Shrunk | None]:
    """For (mean, standard error) of each member: drawn to the group's precision-weighted mean by v / (v + τ²), v = se².

    τ², the variance between members, by DerSimonian & Laird (1986). None where fewer than three members are known."""
    known = [(mean, se) for mean, se in (one for one in estimates if one) if se > 0]
    if len(known) < _FEWEST_PEERS:
        return [None] * len(estimates)
    weights = [1 / (se * se) for _, se in known]
    total = sum(weights)
    centre = sum(weight * mean for weight, (mean, _) in zip(weights, known, strict=True)) / total
    q = sum(weight * (mean - centre) ** 2 for weight, (mean, _) in zip(weights, known, strict=True))
    between = max((q - (len(known) - 1)) / (total - sum(weight * weight for weight in weights) / total), 0.0)
    centre, uncertain = _centre(known, between)
    return [_drawn(one, centre, between, uncertain) if one else None for one in estimates]


def _centre(known: Sequence[tuple[float, float]], between: float) -> tuple[float, float]:
    weights = [1 / (se * se + between) for _, se in known]
    mean = sum(weight * mean for weight, (mean, _) in zip(weights, known, strict=True)) / sum(weights)
    return mean, 1 / sum(weights)


def _drawn(one: tuple[float, float], centre: float, between: float, uncertain: float) -> Shrunk:
    mean, se = one
    own = between / (between + se * se) if between + se * se > 0 else 1.0
    value = own * mean + (1 - own) * centre
    half = Z95 * sqrt(
        own * se * se + (1 - own) ** 2 * uncertain
    )  # the centre is an estimate too (Morris 1983)
    return Shrunk(value, value - half, value + half, own)
