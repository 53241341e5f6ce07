"""Anti-gaming pairs: a metric that can be driven up by hurry, and the one that then falls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from qa_engine.kpi.registry import BY_ID

PAIRS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "dials": ("effective_talk_rate", "connect_rate"),
        "calls_per_hour": ("effective_talk_rate", "qa_score"),
        "connects": ("effective_talk_rate", "conversion_connects"),
        "contacts": ("conversion_contacts",),
        "talk_s": ("conversion_connects",),
        "handled": ("aht",),
        "sales": ("complaint_rate", "critical_accuracy_compliance"),
        "conversion_connects": ("complaint_rate",),
        "occupancy": ("qa_score",),
    }
)
"""Volume or speed → the guards that hold it, the best first. Guards that the registry does not have yet are skipped."""


def guard_of(metric: str) -> str | None:
    """The metric to be read beside this one; None where none is needed or known."""
    return next((guard for guard in PAIRS.get(metric, ()) if guard in BY_ID), None)


def missing_pairs(weighed: Collection[str]) -> list[tuple[str, str]]:
    """(metric, guard) of the weighed metrics of which no guard is weighed."""
    return [
        (metric, guard)
        for metric in weighed
        if (guard := guard_of(metric)) and not set(PAIRS[metric]) & set(weighed)
    ]
