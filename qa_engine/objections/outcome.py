"""What became of an objection: resolved, open or lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum

from qa_engine.calls import Role, Turn
from qa_engine.objections.cues import Heard
from qa_engine.objections.taxonomy import ObjectionType, Taxonomy


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
    agrees, refuses = taxonomy.agree.find(heard), taxonomy.refuse.find(heard)
    if agrees and (not refuses or agrees.start > refuses.start):
        bare = len(_COURTESY.sub("", heard.normal.text)) <= _BARE
        return Stance.YIELDS if bare else Stance.AGREES
    return Stance.REFUSES if refuses else Stance.NEITHER


def _last_decision(turns: Sequence[Turn], heard: Sequence[Heard], taxonomy: Taxonomy, start: int, end: int) -> Stance:
    decided = Stance.NEITHER
    for number in range(start, end):
        if turns[number].role is Role.CUSTOMER:
            here = stance(heard[number], taxonomy)
            if here is Stance.YIELDS and decided is not Stance.NEITHER:
                continue
            decided = here if here is not Stance.NEITHER else decided
    return decided


def outcome(
    turns: Sequence[Turn],
    heard: Sequence[Heard],
    taxonomy: Taxonomy,
    kind: ObjectionType,
    span: tuple[int, int],
    steps: Mapping[str, int],
    again: Sequence[int],
) -> str:
    """`resolved` needs acknowledge and respond, and a customer who agrees or moves on without raising it again;
    `lost` where the customer refuses and ends; `open` otherwise. `span` is the objection's turn and where its
    handling ends."""
    raised, end = span
    answered_at = max(steps.get("acknowledge", -1), steps.get("respond", -1))
    answered = "acknowledge" in steps and "respond" in steps
    decided = _last_decision(turns, heard, taxonomy, raised + 1, end)
    raised_again = any(number > answered_at for number in again)
    if answered and not raised_again and decided is not Stance.REFUSES and _reacts(turns, answered_at, kind):
        return "resolved"
    return "lost" if _ended(turns, heard, taxonomy, kind, span, again, decided) else "open"


def _reacts(turns: Sequence[Turn], answered_at: int, kind: ObjectionType) -> bool:
    """Whether the customer stayed to hear the answer. What was asked for and carried out needs no reaction."""
    return kind.is_compliance or any(turn.role is Role.CUSTOMER for turn in turns[answered_at + 1 :])


def _ended(
    turns: Sequence[Turn],
    heard: Sequence[Heard],
    taxonomy: Taxonomy,
    kind: ObjectionType,
    span: tuple[int, int],
    again: Sequence[int],
    decided: Stance,
) -> bool:
    """Whether the customer refused and ended: at once, by the last decision on this objection, or — where the
    objection is itself a refusal — by the last decision of the call."""
    raised, end = span
    heard_after = [n for n in range(raised + 1, len(turns)) if turns[n].role is Role.CUSTOMER]
    if not heard_after:
        return kind.id not in _PATIENT
    if decided is Stance.REFUSES:
        return True
    if decided in _ACCEPTING and not again:
        return False
    if kind.is_compliance or kind.id in _REFUSALS:
        return _last_decision(turns, heard, taxonomy, raised + 1, len(turns)) not in _ACCEPTING
    return False


_ACCEPTING = frozenset({Stance.AGREES, Stance.YIELDS})
_REFUSALS = frozenset({"no_need", "do_not_call", "complaint"})
_PATIENT = frozenset({"defer", "must_consult"})
"""Who wants to think or to ask somebody has not refused by ending the call."""
