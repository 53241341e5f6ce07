"""What became of an objection: resolved, open or lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from qa_engine.calls import Role
from qa_engine.objections.conversation import Conversation
from qa_engine.objections.cues import Found, Heard
from qa_engine.objections.taxonomy import ObjectionType, Taxonomy


@dataclass(slots=True)
class Raised:
    """An objection: where it was raised first and where again."""

    type: ObjectionType
    turn: int
    found: Found
    again: list[int]


class Stance(Enum):
    """How a customer's utterance takes what was said. A bare 好 yields to whatever else the customer says."""

    AGREES = "agrees"
    YIELDS = "yields"
    REFUSES = "refuses"
    NEITHER = "neither"


_COURTESY = re.compile("再见|拜拜|谢谢|晚安|[嗯哦啊喂,。!?]|您|你")
_BARE = 4


def stance(heard: Heard, taxonomy: Taxonomy) -> Stance:
    """The stance of an utterance; where both are said, the later one counts (那算了,就按你说的办)."""
    if heard.empty:
        return Stance.NEITHER
    agrees, refuses = taxonomy.agree.find(heard), taxonomy.refuse.find(heard)
    if agrees and (not refuses or agrees.start > refuses.start):
        bare = len(_COURTESY.sub("", heard.normal.text)) <= _BARE
        return Stance.YIELDS if bare else Stance.AGREES
    return Stance.REFUSES if refuses else Stance.NEITHER


def _last_decision(call: Conversation, start: int, end: int) -> Stance:
    decided = Stance.NEITHER
    for number in call.turns_of(Role.CUSTOMER, start, end):
        here = stance(call.heard[number], call.taxonomy)
        if here is Stance.NEITHER or (here is Stance.YIELDS and decided is not Stance.NEITHER):
            continue
        decided = here
    return decided


def outcome(call: Conversation, objection: Raised, end: int, steps: Mapping[str, int]) -> str:
    """`resolved` needs acknowledge and respond, and a customer who agrees or moves on without raising it again;
    `lost` where the customer refuses and ends; `open` otherwise. `end` is the turn before which its handling ends."""
    answered_at = max(steps.get("acknowledge", -1), steps.get("respond", -1))
    answered = "acknowledge" in steps and "respond" in steps
    decided = _last_decision(call, objection.turn + 1, end)
    raised_again = any(number > answered_at for number in objection.again)
    if (
        answered
        and not raised_again
        and decided is not Stance.REFUSES
        and _reacts(call, answered_at, objection)
    ):
        return "resolved"
    return "lost" if _ended(call, objection, decided) else "open"


def _reacts(call: Conversation, answered_at: int, objection: Raised) -> bool:
    """Whether the customer stayed to hear the answer. What was asked for and carried out needs no reaction."""
    stayed = call.has_turn_of(Role.CUSTOMER, answered_at + 1, len(call.turns))
    return objection.type.is_compliance or stayed


def _ended(call: Conversation, objection: Raised, decided: Stance) -> bool:
    """Whether the customer refused and ended: at once, by the last decision on this objection, or — where the
    objection is itself a refusal — by the last decision of the call."""
    everything = len(call.turns)
    if not call.has_turn_of(Role.CUSTOMER, objection.turn + 1, everything):
        return objection.type.id not in _PATIENT
    if decided is Stance.REFUSES:
        return True
    if decided in _ACCEPTING and not objection.again:
        return False
    if objection.type.is_compliance or objection.type.id in _REFUSALS:
        return _last_decision(call, objection.turn + 1, everything) not in _ACCEPTING
    return False


_ACCEPTING = frozenset({Stance.AGREES, Stance.YIELDS})
_REFUSALS = frozenset({"no_need"})
_PATIENT = frozenset({"defer", "must_consult"})
"""Who wants to think or to ask somebody has not refused by ending the call."""
