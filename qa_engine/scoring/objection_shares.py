"""Which objections count as handled, and the shares by which `objection.*` items are measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from qa_engine.language.analysis import is_handled
from qa_engine.scoring.evaluation import ObjectionFound

COMPLIANCE_TYPES = frozenset({"do_not_call", "complaint"})
"""They call for compliance, not for persuasion, and count in no share."""


_COUNTS: Mapping[str, Callable[[ObjectionFound], bool]] = {
    "objections_acknowledged_share": lambda found: "acknowledge" in found.steps,
    "objections_answered_share": lambda found: "respond" in found.steps,
    "objections_resolved_share": lambda found: found.outcome == "resolved" and is_handled(found),
}


def objection_shares(objections: Sequence[ObjectionFound]) -> Mapping[str, float | None]:
    """objections_acknowledged_share, …_answered_share, …_resolved_share: objections with that step (resolved: with
    outcome resolved, acknowledge and respond — 异议处理完成率) / objections that call for handling. None without any."""
    countable = [o for o in objections if o.type not in COMPLIANCE_TYPES]
    if not countable:
        return dict.fromkeys(_COUNTS)
    return {name: sum(map(counts, countable)) / len(countable) for name, counts in _COUNTS.items()}


@dataclass(frozen=True, slots=True)
class ShareRange:
    """Between which values a share lies, whatever the doubtful objections turn out to be. `may_be_none`: perhaps there is
    no objection at all. `doubts` are the objections that leave it open."""

    low: float
    high: float
    may_be_none: bool
    doubts: tuple[ObjectionFound, ...]


def share_range(
    name: str, objections: Sequence[ObjectionFound], doubted: Sequence[ObjectionFound]
) -> ShareRange | None:
    """The range of a share over `objections` and those that may be some; None where none is in doubt."""
    counts = _COUNTS[name]
    countable = [o for o in (*objections, *doubted) if o.type not in COMPLIANCE_TYPES]
    maybe = tuple(o for o in countable if not o.sure)
    if not maybe:
        return None
    sure = [counts(o) for o in countable if o.sure]
    hits = sum(map(counts, maybe))
    misses = len(maybe) - hits
    low = sum(sure) / (len(sure) + misses) if sure or misses else 1.0
    high = (sum(sure) + hits) / (len(sure) + hits) if sure or hits else 0.0
    return ShareRange(low, high, not sure, maybe)


@dataclass(frozen=True, slots=True)
class Completion:
    """异议处理完成率 — objections with outcome resolved, acknowledge and respond / objections. For do_not_call and
    complaint: the share of requests carried out."""

    completed: int
    raised: int

    @property
    def share(self) -> float:
        return self.completed / self.raised


def completion_by_type(objections: Iterable[ObjectionFound]) -> Mapping[str, Completion]:
    """Type → completion, over any number of calls; types that nobody raised are left out."""
    counts: dict[str, list[int]] = {}
    for objection in objections:
        count = counts.setdefault(objection.type, [0, 0])
        count[0] += objection.outcome == "resolved" and is_handled(objection)
        count[1] += 1
    return {kind: Completion(*count) for kind, count in counts.items()}
