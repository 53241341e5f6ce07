"""What became of appeals: how often a verdict was overturned, and how long it took."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from statistics import median, quantiles

from qa_engine.quality.appeal import State
from qa_engine.quality.estimates import Share, share
from qa_engine.values import value

HOUR_S = 3600.0
TENTHS = 10


@value
class Told:
    """An appeal as the figures need it. `judged_by` is whose verdict was contested ("" = the machine's), `decided_by` who had the
    last word ("" = nobody yet)."""

    rubric: str
    item_id: str
    judged_by: str
    decided_by: str
    state: State
    filed_at: datetime
    closed_at: datetime | None


@value
class Answered:
    """One answer of a step, and whether it came in time."""

    step: str
    is_late: bool


@value
class Overturned:
    """Of the appeals that were decided (overturned or kept), those that were overturned. `filed` counts all, withdrawn and
    waiting ones too."""

    key: tuple[str, ...]
    filed: int
    rate: Share


@value
class Times:
    """Hours from filing to the decision; None where nothing was decided, no ninth tenth below two."""

    n: int
    median_h: float | None
    p90_h: float | None


DECIDED = frozenset({State.OVERTURNED, State.KEPT})


def overturned_by(told: Iterable[Told], key: Callable[[Told], tuple[str, ...]]) -> Sequence[Overturned]:
    """Rates by a key, most appeals first."""
    groups: dict[tuple[str, ...], list[Told]] = {}
    for one in told:
        groups.setdefault(key(one), []).append(one)
    found = [Overturned(name, len(some), overturn_rate(some)) for name, some in groups.items()]
    return sorted(found, key=lambda one: (-one.filed, one.key))


def overturn_rate(told: Iterable[Told]) -> Share:
    """Overturned / decided, with its Wilson interval."""
    decided = [one for one in told if one.state in DECIDED]
    return share(sum(one.state is State.OVERTURNED for one in decided), len(decided))


def decision_times(told: Iterable[Told]) -> Times:
    """How long it took from filing to the decision, nights and days off included."""
    hours = [
        (one.closed_at - one.filed_at).total_seconds() / HOUR_S
        for one in told
        if one.state in DECIDED and one.closed_at is not None
    ]
    if not hours:
        return Times(0, None, None)
    p90 = quantiles(hours, n=TENTHS, method="inclusive")[-1] if len(hours) > 1 else None
    return Times(len(hours), round(median(hours), 1), None if p90 is None else round(p90, 1))


def in_time(answers: Iterable[Answered]) -> Sequence[tuple[str, Share]]:
    """By step, the answers that came before they were due."""
    groups: dict[str, list[bool]] = {}
    for one in answers:
        groups.setdefault(one.step, []).append(not one.is_late)
    return [(step, share(sum(some), len(some))) for step, some in groups.items()]
