"""异议处理完成率: per call as a signal, per type over calls."""

from __future__ import annotations

from qa_engine.scoring.evaluation import ObjectionFound
from qa_engine.scoring.objection_shares import completion_by_type, objection_shares

BOTH = {"acknowledge": 1, "respond": 1}
DONE = ObjectionFound("price", 0, BOTH, "resolved")
OPEN = ObjectionFound("price", 0, {"acknowledge": 1}, "open")
UNEARNED = ObjectionFound("defer", 0, {"respond": 1}, "resolved")
REMOVED = ObjectionFound("do_not_call", 0, BOTH, "resolved")


def test_resolved_counts_with_acknowledge_and_respond_only():
    shares = objection_shares([DONE, OPEN, UNEARNED, DONE])
    assert shares["objections_resolved_share"] == 0.5
    assert shares["objections_acknowledged_share"] == 0.75


def test_what_calls_for_compliance_counts_in_no_share_of_the_call():
    assert objection_shares([REMOVED])["objections_resolved_share"] is None


def test_by_type_each_has_its_own_share():
    found = completion_by_type([DONE, OPEN, UNEARNED, REMOVED])
    assert {kind: (one.completed, one.raised, one.share) for kind, one in found.items()} == {
        "price": (1, 2, 0.5),
        "defer": (0, 1, 0.0),
        "do_not_call": (1, 1, 1.0),
    }
