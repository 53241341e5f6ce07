"""Which objections count as handled, and the shares by which `objection.*` items are measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa_engine.scoring.evaluation import ObjectionFound

HANDLED_STEPS = frozenset({"acknowledge", "respond"})
"""Steps without which an objection is not handled."""
COMPLIANCE_STEPS = frozenset({"respond"})
"""For what calls for compliance, handling is carrying it out."""
COMPLIANCE_TYPES = frozenset({"do_not_call", "complaint"})
"""They call for compliance, not for persuasion, and count in no share."""


def handled(objection: ObjectionFound) -> bool:
    """Whether the steps without which an objection is not handled were taken."""
    needed = COMPLIANCE_STEPS if objection.type in COMPLIANCE_TYPES else HANDLED_STEPS
    return objection.steps.keys() >= needed


def objection_shares(objections: Sequence[ObjectionFound]) -> Mapping[str, float | None]:
    """objections_acknowledged_share, …_answered_share, …_resolved_share: objections with that step (resolved: with
    outcome resolved, acknowledge and respond — 异议处理完成率) / objections that call for handling. None without any."""
    countable = [o for o in objections if o.type not in COMPLIANCE_TYPES]
    if not countable:
        return dict.fromkeys(
            ("objections_acknowledged_share", "objections_answered_share", "objections_resolved_share")
        )
    total = len(countable)
    resolved = sum(o.outcome == "resolved" and o.steps.keys() >= HANDLED_STEPS for o in countable)
    return {
        "objections_acknowledged_share": sum("acknowledge" in o.steps for o in countable) / total,
        "objections_answered_share": sum("respond" in o.steps for o in countable) / total,
        "objections_resolved_share": resolved / total,
    }
