"""What became of an objection: resolved, open or lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from qa_engine.calls import Role
from qa_engine.objections.conversation import Conversation
from qa_engine.objections.cues import Found
from qa_engine.objections.taxonomy import ObjectionType


@dataclass(slots=True)
class Raised:
    """An objection: where it was raised first and where again."""

    type: ObjectionType
    turn: int
    found: Found
    again: list[int]
    sure: bool = True


class Stance(Enum):
    """How a customer's utterance takes what was said. A bare 好 yields to whatever else the customer says."""

    AGREES = "agrees"
    YIELDS = "yields"
    REFUSES = "refuses"
    NEITHER = "neither"


_STANCES = {
    "agree": Stance.AGREES,
    "yield": Stance.YIELDS,
    "refuse": Stance.REFUSES,
    "neither": Stance.NEITHER,
}
_COURTESY = re.compile("再见|拜拜|谢谢|晚安|[嗯哦啊喂,。!?]|您|你")
_BARE = 4


def stance(call: Conversation, number: int) -> Stance:
    """The stance of an utterance; where both are said, the later one counts (那算了,就按你说的办)."""
    heard, taxonomy = call.heard[number], call.taxonomy
    if heard.empty:
        return _learned(call, number)
    agrees, refuses = taxonomy.agree.find(heard), taxonomy.refuse.find(heard)
    if agrees and (not refuses or agrees.start > refuses.start):
        bare = len(_COURTESY.sub("", heard.normal.text)) <= _BARE
        return Stance.YIELDS if bare else Stance.AGREES
    return Stance.REFUSES if refuses else _learned(call, number)


def _learned(call: Conversation, number: int) -> Stance:
    """What the trained table makes of an utterance in which no cue is said."""
    reaction = call.reactions.get(number)
    return Stance.NEITHER if reaction is None else _STANCES[reaction]


def _last_decision(call: Conversation, start: int, end: int) -> Stance:
    decided = Stance.NEITHER
    for number in call.turns_of(Role.CUSTOMER, start, end):
        here = stance(call, number)
        if here is Stance.NEITHER or (here is Stance.YIELDS and decided is not Stance.NEITHER):
            continue
        decided = here
    return decided


def outcome(
    call: Conversation, objection: Raised, end: int, steps: Mapping[str, int], later: Sequence[Raised] = ()
) -> str:
    """`resolved` needs acknowledge and respond, and a customer who agrees or moves on without raising it again;
    `lost` where the customer refuses and ends; `open` otherwise. `end` is the turn before which its handling ends,
    `later` what is raised after it."""
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
    return "lost" if _ended(call, objection, decided, later) else "open"


def _reacts(call: Conversation, answered_at: int, objection: Raised) -> bool:
    """Whether the customer stayed to hear the answer. What was asked for and carried out needs no reaction."""
    stayed = call.has_turn_of(Role.CUSTOMER, answered_at + 1, len(call.turns))
    return objection.type.is_compliance or stayed


def _ended(call: Conversation, objection: Raised, decided: Stance, later: Sequence[Raised]) -> bool:
    """Whether the customer refused and ended: at once, by the last decision on this objection, or by asking not to be
    called again or complaining after it."""
    if not call.has_turn_of(Role.CUSTOMER, objection.turn + 1, len(call.turns)):
        return objection.type.id not in _PATIENT
    if decided is Stance.REFUSES:
        return True
    return decided not in _ACCEPTING and any(other.type.is_compliance for other in later)


_ACCEPTING = frozenset({Stance.AGREES, Stance.YIELDS})
_PATIENT = frozenset({"defer", "must_consult"})
"""Who wants to think or to ask somebody has not refused by ending the call."""
