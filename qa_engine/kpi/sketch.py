"""Quantiles that can be merged: amounts counted in buckets whose width grows with them.

The buckets are DDSketch's (Masson, Rim & Lee, VLDB 2019): bucket i holds amounts in (g^(i-1), g^i], g = (1 + e) / (1 - e). Any
amount is told from its bucket with a relative error of e at most. Sketches merge by adding counts, so the merged sketch
of parts is exactly the sketch of the whole: as rows of a table they add up in SQL. Every bucket is kept: no amount here
spans more than some four hundred of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import ceil, floor, log

RELATIVE_ERROR = 0.02
"""Of a quantile, at most. Small whole amounts, which have a bucket to themselves, are exact."""
_G = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
_LOG_G = log(_G)
NOTHING = -1
"""The bucket of 0, and of what is below."""


@lru_cache(maxsize=65_536)
def bucket_of(amount: int) -> int:
    """The bucket of a whole amount, such as seconds, milliseconds or days."""
    return NOTHING if amount <= 0 else ceil(log(amount) / _LOG_G - 1e-12)


@lru_cache(maxsize=4_096)
def amount_of(bucket: int) -> float:
    """What stands for the amounts of a bucket: the value that is off by the same share at both ends."""
    if bucket == NOTHING:
        return 0.0
    low, high = max(floor(_G ** (bucket - 1)), 1), ceil(_G**bucket)
    while bucket_of(low) < bucket:
        low += 1
    while bucket_of(high) > bucket:
        high -= 1
    return 2 * low * high / (low + high)


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The amount below which a share (0..1) of all lies, between two neighbours in proportion, as a median of an even
    number has it; None of nothing. `counts` by bucket."""
    total = sum(counts.values())
    if not total:
        return None
    place = share * (total - 1)
    below = floor(place)
    low, high = _ranked(counts, below), _ranked(counts, min(below + 1, total - 1))
    return low + (place - below) * (high - low)


def _ranked(counts: Mapping[int, int], rank: int) -> float:
    """The amount of a rank, the smallest being 0."""
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen > rank:
            return amount_of(bucket)
    raise ValueError(f"rank {rank} of {seen}")
