"""How the mix of reasons changed from one week to the next, with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from qa_engine.quality.estimates import share

MIN_CALLS = 30


@dataclass(frozen=True, slots=True)
class ShareChange:
    """Calls with a reason, of all calls of each period. `change` is the difference of the shares with its 95 % interval;
    None where a period has fewer than 30 calls. `is_new`: it did not occur before."""

    reason: str
    now: int
    before: int
    n_now: int
    n_before: int
    change: float | None
    low: float | None
    high: float | None

    @property
    def is_new(self) -> bool:
        return self.before == 0 and self.now > 0


def share_changes(
    now: Mapping[str, int], before: Mapping[str, int], *, n_now: int, n_before: int
) -> tuple[ShareChange, ...]:
    """The most frequent first. Intervals are Newcombe's (1998, method 10: from the Wilson intervals of both shares)."""
    reasons = sorted({*now, *before}, key=lambda name: (-now.get(name, 0), name))
    return tuple(_change(name, now.get(name, 0), before.get(name, 0), n_now, n_before) for name in reasons)


def _change(reason: str, now: int, before: int, n_now: int, n_before: int) -> ShareChange:
    if min(n_now, n_before) < MIN_CALLS:
        return ShareChange(reason, now, before, n_now, n_before, None, None, None)
    one, two = share(now, n_now, 8), share(before, n_before, 8)
    assert one.share is not None
    assert one.low is not None
    assert one.high is not None
    assert two.share is not None
    assert two.low is not None
    assert two.high is not None
    difference = one.share - two.share
    down = sqrt((one.share - one.low) ** 2 + (two.high - two.share) ** 2)
    up = sqrt((one.high - one.share) ** 2 + (two.share - two.low) ** 2)
    return ShareChange(reason, now, before, n_now, n_before, difference, difference - down, difference + up)
