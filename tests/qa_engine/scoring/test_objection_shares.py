"""异议处理完成率: per call as a signal, per type over calls."""

from __future__ import annotations

from dataclasses import replace

from qa_engine.scoring.evaluation import ObjectionFound
from qa_engine.scoring.objection_shares import completion_by_type, objection_shares, share_range

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


def test_without_a_doubt_a_share_has_no_range() -> None:
    assert share_range("objections_acknowledged_share", [DONE, OPEN], []) is None


def test_doubtful_objections_open_the_share_both_ways() -> None:
    unsure = replace(OPEN, sure=False)
    name = "objections_resolved_share"
    between = share_range(name, [DONE], [unsure])
    assert between is not None
    assert (between.low, between.high, between.may_be_none, between.doubts) == (0.5, 1.0, False, (unsure,))
    handled = share_range(name, [OPEN], [replace(DONE, sure=False)])
    assert handled is not None
    assert (handled.low, handled.high) == (0.0, 0.5)
    alone = share_range(name, [unsure], [])
    assert alone is not None
    assert (alone.low, alone.high, alone.may_be_none) == (0.0, 0.0, True)
    assert share_range(name, [], [replace(REMOVED, sure=False)]) is None
