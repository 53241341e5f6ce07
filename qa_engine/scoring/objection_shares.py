"""Which objections count as handled, and the shares by which `objection.*` items are measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qa_engine.language.analysis import is_handled
from qa_engine.scoring.evaluation import ObjectionFound

COMPLIANCE_TYPES = frozenset({"do_not_call", "complaint"})
"""They call for compliance, not for persuasion, and count in no share."""


def objection_shares(objections: Sequence[ObjectionFound]) -> Mapping[str, float | None]:
    """objections_acknowledged_share, …_answered_share, …_resolved_share: objections with that step (resolved: with
    outcome resolved, acknowledge and respond — 异议处理完成率) / objections that call for handling. None without any."""
    countable = [o for o in objections if o.type not in COMPLIANCE_TYPES]
    if not countable:
        return dict.fromkeys(
            ("objections_acknowledged_share", "objections_answered_share", "objections_resolved_share")
        )
    total = len(countable)
    resolved = sum(o.outcome == "resolved" and is_handled(o) for o in countable)
    return {
        "objections_acknowledged_share": sum("acknowledge" in o.steps for o in countable) / total,
        "objections_answered_share": sum("respond" in o.steps for o in countable) / total,
        "objections_resolved_share": resolved / total,
    }


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
