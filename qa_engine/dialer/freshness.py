"""Whether a source's data can be relied on today."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

LATE_AFTER_INTERVALS = 2
"""One missed pull is made up by the next; after two the figures of the day are not those of the day."""


class Freshness(StrEnum):
    """`manual`: nothing is scheduled, so that nothing can be late. `never`: scheduled, and nothing has come yet."""

    FRESH = "fresh"
    LATE = "late"
    FAILED = "failed"
    MANUAL = "manual"
    NEVER = "never"


WORST_FIRST = (Freshness.FAILED, Freshness.LATE, Freshness.NEVER, Freshness.FRESH)


def freshness(
    last_good: datetime | None, *, last_failed: bool, interval_s: float | None, now: datetime
) -> Freshness:
    """`last_good`: end of the last run that read everything; `last_failed`: whether the latest ended run did not;
    `interval_s` None = by hand."""
    if last_failed:
        return Freshness.FAILED
    if interval_s is None:
        return Freshness.MANUAL
    if last_good is None:
        return Freshness.NEVER
    late = now - last_good > LATE_AFTER_INTERVALS * timedelta(seconds=interval_s)
    return Freshness.LATE if late else Freshness.FRESH
