"""How far two judges of the same items agree, beyond what chance alone would make of it.

AC1 (Gwet 2008) stays steady where nearly every verdict is the same, as on a good floor; Cohen's κ (1960) does not, and stands
beside it because people know it. Intervals: delete-one-call jackknife, because verdicts of one call hang together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from qa_engine.quality.estimates import Share, share, t95

CATEGORIES = ("pass", "fail", "na")
"""Verdicts that both can give. What the machine left unknown is no verdict of its."""
Counts = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Items of one call that were judged alike: what the first and what the second judge said of `times` of them."""

    call_id: str
    first: str
    second: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class Coefficient:
    """−1 … 1, 1 = always the same. None where nothing was judged (κ also where both gave one verdict only); the interval is
    None below two calls."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """`same` of `n` verdicts on `calls` calls."""

    n: int
    calls: int
    same: Share
    ac1: Coefficient
    kappa: Coefficient


def agreement(judged: Iterable[Judgement]) -> Agreement:
    """All measures of these judgements."""
    by_call: dict[str, Counts] = defaultdict(Counter)
    for one in judged:
        by_call[one.call_id][one.first, one.second] += one.times
    calls = list(by_call.values())
    total: Counts = sum(calls, Counter())
    n, same = total.total(), _same(total)
    return Agreement(n, len(calls), share(same, n), _coefficient(ac1, calls), _coefficient(kappa, calls))


def ac1(counts: Mapping[tuple[str, str], int]) -> float | None:
    """(pa − pe) / (1 − pe), pe = Σ π(1 − π) / (q − 1), π the share of a category over both judges."""
    n = sum(counts.values())
    if not n:
        return None
    expected = sum(part * (1 - part) for part in _both(counts, n).values()) / (len(CATEGORIES) - 1)
    return (_same(counts) / n - expected) / (1 - expected)


def kappa(counts: Mapping[tuple[str, str], int]) -> float | None:
    """(pa − pe) / (1 − pe), pe = Σ p1(k)·p2(k)."""
    n = sum(counts.values())
    if not n:
        return None
    first, second = _margin(counts, 0), _margin(counts, 1)
    expected = sum(first[one] * second[one] for one in CATEGORIES) / (n * n)
    return (_same(counts) / n - expected) / (1 - expected) if expected < 1 else None


def _same(counts: Mapping[tuple[str, str], int]) -> int:
    return sum(times for (first, second), times in counts.items() if first == second)


def _margin(counts: Mapping[tuple[str, str], int], side: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for pair, times in counts.items():
        found[pair[side]] += times
    return found


def _both(counts: Mapping[tuple[str, str], int], n: int) -> dict[str, float]:
    first, second = _margin(counts, 0), _margin(counts, 1)
    return {one: (first[one] + second[one]) / (2 * n) for one in CATEGORIES}


Measure = Callable[[Mapping[tuple[str, str], int]], float | None]


def _coefficient(measure: Measure, calls: Sequence[Counts]) -> Coefficient:
    total: Counts = sum(calls, Counter())
    value = measure(total)
    if value is None or len(calls) < 2:
        return Coefficient(value)
    alike = Counter(frozenset(one.items()) for one in calls)  # few calls differ in what was said of them
    left = [
        (measure({pair: times - dict(kind).get(pair, 0) for pair, times in total.items()}), often)
        for kind, often in alike.items()
    ]
    known = [(value, often) for value, often in left if value is not None]
    m = sum(often for _, often in known)
    if m < len(calls):
        return Coefficient(value)
    mean = sum(one * often for one, often in known) / m
    spread = sqrt((m - 1) / m * sum(often * (one - mean) ** 2 for one, often in known))
    if (
        spread < 1e-12
    ):  # nothing differs between calls: as many more calls could still have been judged otherwise
        return Coefficient(value, _if_some_differed(value, _same(total) / total.total(), len(calls)), value)
    half = t95(m - 1) * spread
    return Coefficient(value, max(value - half, -1.0), min(value + half, 1.0))


def _if_some_differed(value: float, same: float, calls: int) -> float:
    """The coefficient at the lower Wilson bound of agreement over calls, its chance part kept (a half where all agree)."""
    if same >= 1:
        lowest = share(calls, calls, decimals=12).low or 0.0
        return max(value * lowest - (1 - lowest), -1.0)
    expected = (same - value) / (1 - value)
    lowest = share(round(same * calls), calls, decimals=12).low or 0.0
    return max((lowest - expected) / (1 - expected), -1.0)
