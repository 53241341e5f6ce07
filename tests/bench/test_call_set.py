"""The set of labelled calls is whole, legal and large enough; what can be computed from times agrees with its labels."""

import re
from collections import Counter
from datetime import time
from hashlib import sha256
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from qa_engine.calls import Role, Turn
from tests.bench.labelled_calls import GAP_S, SET, Label, LabelledCall, load_calls

ITEMS = (
    "opening.greeting",
    "opening.identity",
    "opening.permission",
    "opening.recording_notice",
    "discovery.questions",
    "pitch.benefit",
    "pitch.price_clear",
    "closing.next_step",
    "closing.farewell",
    "attitude.courtesy",
    "attitude.no_interrupting",
    "attitude.pace",
    "attitude.no_dead_air",
    "attitude.customer_mood",
    "objection.acknowledged",
    "objection.answered",
    "objection.resolved",
    "compliance.no_guaranteed_return",
    "compliance.no_absolute_claims",
    "compliance.no_impersonation",
    "compliance.no_abuse",
    "compliance.no_private_transfer",
    "compliance.respects_refusal",
    "compliance.call_hours",
)
OBJECTIONS = {
    "price",
    "no_need",
    "no_time",
    "distrust",
    "has_alternative",
    "must_consult",
    "defer",
    "bad_experience",
    "privacy",
    "do_not_call",
    "complaint",
}
STEPS = {"acknowledge", "clarify", "respond", "confirm", "advance"}
OUTCOMES = {"resolved", "open", "lost"}
BACKCHANNEL_CHARS = 4
INTERRUPTION_S = 1.0

CALLS = load_calls()
README = (SET.parent / "README.md").read_text("utf-8")
each_call = pytest.mark.parametrize("labelled", CALLS, ids=[labelled.id for labelled in CALLS])


def _turns(labelled: LabelledCall) -> tuple[Turn, ...]:
    return labelled.call.transcript.turns


def test_ids_are_unique():
    assert len({labelled.id for labelled in CALLS}) == len(CALLS)


def test_size():
    assert len(CALLS) >= 60
    assert sum(len(labelled.verdicts) for labelled in CALLS) >= 1200


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("label", [Label.PASS, Label.FAIL])
def test_each_item_passes_and_fails_often_enough(item: str, label: Label):
    assert sum(labelled.verdicts.get(item) is label for labelled in CALLS) >= 6


def test_every_type_of_objection_occurs():
    assert {o.type for labelled in CALLS for o in labelled.objections} - {None} == OBJECTIONS


@each_call
def test_each_item_is_labelled_or_unclear(labelled: LabelledCall):
    assert Counter([*labelled.verdicts, *labelled.unclear]) == Counter(ITEMS)


@each_call
def test_objections_are_legal(labelled: LabelledCall):
    for objection in labelled.objections:
        assert _turns(labelled)[objection.turn].role is Role.CUSTOMER
        assert objection.type is None or objection.type in OBJECTIONS
        assert objection.steps is None or objection.steps <= STEPS
        assert objection.outcome is None or objection.outcome in OUTCOMES
        if objection.outcome == "resolved" and objection.steps is not None:
            assert objection.steps >= {"acknowledge", "respond"}


@each_call
def test_respects_refusal_applies_where_a_do_not_call_request_is_labelled(labelled: LabelledCall):
    asked = any(objection.type == "do_not_call" for objection in labelled.objections)
    label = labelled.verdicts["compliance.respects_refusal"]
    assert (label is not Label.NA) == asked


@each_call
def test_objection_items_follow_from_the_objections(labelled: LabelledCall):
    """Not applicable without one that calls for handling; otherwise pass at all, fail at none."""
    to_handle = [o for o in labelled.objections if o.type not in {"do_not_call", "complaint"}]
    certain = [o for o in to_handle if o.type is not None or o.steps is not None or o.outcome is not None]
    if not to_handle:
        assert labelled.verdicts.get("objection.resolved", Label.NA) is Label.NA
    if not certain or any(o.steps is None for o in certain):
        return
    for item, step in (("objection.acknowledged", "acknowledge"), ("objection.answered", "respond")):
        shares = {step in (o.steps or ()) for o in certain}
        if item in labelled.verdicts and len(shares) == 1:
            assert labelled.verdicts[item] is (Label.PASS if shares == {True} else Label.FAIL)


@each_call
def test_interruptions_are_as_labelled(labelled: LabelledCall):
    cuts = sum(
        before.role is Role.CUSTOMER
        and after.role is Role.AGENT
        and before.end_s - after.start_s >= INTERRUPTION_S
        and len(after.text) > BACKCHANNEL_CHARS
        for before, after in pairwise(_turns(labelled))
    )
    label = labelled.verdicts.get("attitude.no_interrupting")
    assert label is None or label is (Label.FAIL if cuts >= 2 else Label.PASS)


@each_call
def test_pace_is_as_labelled(labelled: LabelledCall):
    spoken = [turn for turn in _turns(labelled) if turn.role is Role.AGENT]
    characters = sum(sum(map(str.isalnum, turn.text)) for turn in spoken)
    a_minute = characters / sum(turn.end_s - turn.start_s for turn in spoken) * 60
    fails = labelled.verdicts["attitude.pace"] is Label.FAIL
    assert a_minute > 440 if fails else a_minute < 330


@each_call
def test_silences_are_as_labelled(labelled: LabelledCall):
    """No silence between the ordinary gap and 6 s is near enough to the bound to be disputed. A silence inside the agent's
    own speech is an announced one in this set."""
    gaps = [
        (after.start_s - before.end_s, before.role is after.role is Role.AGENT)
        for before, after in pairwise(_turns(labelled))
    ]
    assert all(gap <= 2 or gap >= 7 for gap, _ in gaps)
    dead_air = any(gap > 6 and not announced for gap, announced in gaps)
    assert (labelled.verdicts["attitude.no_dead_air"] is Label.FAIL) == dead_air


@each_call
def test_call_hours_follow_from_the_start(labelled: LabelledCall):
    started_at = labelled.call.facts.started_at
    if started_at is None:
        assert "compliance.call_hours" in labelled.unclear
        return
    clock = started_at.astimezone(ZoneInfo("Asia/Shanghai")).time()
    allowed = time(9) <= clock <= time(21)
    assert labelled.verdicts["compliance.call_hours"] is (Label.PASS if allowed else Label.FAIL)


def test_turns_follow_each_other_at_the_ordinary_gap():
    first, second = _turns(CALLS[0])[:2]
    assert second.start_s - first.end_s == pytest.approx(GAP_S, abs=0.011)


def test_readme_counts_are_those_of_the_set():
    counted = {
        item: [sum(labelled.verdicts.get(item) is label for labelled in CALLS) for label in Label]
        + [sum(item in labelled.unclear for labelled in CALLS)]
        for item in ITEMS
    }
    table = re.findall(r"^\| `(\w+\.\w+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", README, re.MULTILINE)
    assert {item: [int(number) for number in numbers] for item, *numbers in table} == counted


def test_set_is_frozen():
    """A correction needs a line in the changelog of the README, with the new checksum."""
    assert sha256(SET.read_bytes()).hexdigest() in README
