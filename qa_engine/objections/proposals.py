"""What the trained table makes of the customer's turns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qa_engine.calls import Role
from qa_engine.objections.conversation import Conversation
from qa_engine.objections.cues import Found, Heard
from qa_engine.objections.features import grams
from qa_engine.objections.model import tables
from qa_engine.objections.taxonomy import DoubtSpec, ObjectionType

_CLAUSE = re.compile(r"[^,。!?;:、\s]+[?]?")
_SORRY = re.compile("不好意思|对不起|抱歉|打扰|谢谢")
"""An apology or thanks acknowledges, but tells not that something was held against the offer."""


NONE = "none"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The likeliest objection of a turn; `is_sure` lets it overrule a pattern. A `firm` one leaves no doubt."""

    kind: ObjectionType
    is_sure: bool
    firm: bool = True


@dataclass(frozen=True, slots=True)
class Proposals:
    """What the table says of the customer's turns: proposals where it is sure enough; `perhaps` where it is not, but the
    types that call for persuasion are together likelier than none; `denied` where it hears none."""

    likely: Mapping[int, Proposal] = field(default_factory=dict)
    perhaps: Mapping[int, ObjectionType] = field(default_factory=dict)
    denied: AbstractSet[int] = frozenset()


def propose(call: Conversation) -> Proposals:
    """The table's proposals. That it hears none overrules nobody: on lines not seen it took away more objections than
    false alarms. It leaves a doubt."""
    limits, doubt = call.taxonomy.spec.table, call.taxonomy.spec.doubt
    if limits is None or not call.has_turn_of(Role.CUSTOMER, 0, len(call.turns)):
        return Proposals()
    table = tables()["types"]
    numbers, features = call.customers
    shares = table.shares(features).astype(np.float64)
    highest = shares.max(axis=1)
    likely = np.flatnonzero(highest >= limits.propose_from)
    best = shares[likely].argmax(axis=1)
    proposals: dict[int, Proposal] = {}
    for i, place, share in zip(likely.tolist(), best.tolist(), highest[likely].tolist(), strict=True):
        number, kind = numbers[i], call.taxonomy.types.get(table.classes[place])
        if kind is not None and _holds(call.heard[number], kind, limits.propose_from):
            firm = doubt is None or (
                share >= doubt.raised_from and _spoken(call.heard[number]) >= doubt.least_chars
            )
            proposals[number] = Proposal(kind, share >= limits.overrule_from, firm)
    if doubt is None:
        return Proposals(proposals)
    none = shares[:, table.classes.index(NONE)]
    denied = frozenset(numbers[i] for i in np.flatnonzero(none >= doubt.denied_from).tolist())
    return Proposals(proposals, _perhaps(call, shares, doubt, proposals.keys()), denied)


def _perhaps(
    call: Conversation, shares: NDArray[np.float64], doubt: DoubtSpec, proposed: AbstractSet[int]
) -> Mapping[int, ObjectionType]:
    """Turns in which something is held against the offer, whatever it is: the types share what none leaves over. An agent
    who shares a concern has heard one, so that less of it will do."""
    table, types = tables()["types"], call.taxonomy.types
    numbers, _ = call.customers
    columns = [i for i, name in enumerate(table.classes) if name in types and not types[name].is_compliance]
    persuasion = shares[:, columns]
    found: dict[int, ObjectionType] = {}
    together = persuasion.sum(axis=1)
    for i in np.flatnonzero(together >= min(doubt.perhaps_from, doubt.acknowledged_from)).tolist():
        kind = types[table.classes[columns[int(persuasion[i].argmax())]]]
        if (
            numbers[i] not in proposed
            and (together[i] >= doubt.perhaps_from or _acknowledged(call, numbers[i]))
            and kind.cue.without_excused(call.heard[numbers[i]].normal.text) is None
        ):
            found[numbers[i]] = kind
    return found


def _acknowledged(call: Conversation, number: int) -> bool:
    """Whether the agent's answer to a turn shares a concern."""
    answer = next(call.turns_of(Role.AGENT, number + 1, min(number + 2, len(call.turns))), None)
    if answer is None or _SORRY.search(call.heard[answer].normal.text):
        return False
    said = call.taxonomy.steps["acknowledge"].find(call.heard[answer])
    sentences = () if said else call.sentences([answer]).get(answer, ())
    return said is not None or any("acknowledge" in sentence.likely for sentence in sentences)


def _spoken(heard: Heard) -> int:
    return sum(map(str.isalnum, heard.normal.text))


def _holds(heard: Heard, kind: ObjectionType, share_from: float) -> bool:
    """Whether the table still says so without what the taxonomy excuses (我没说你们是骗子)."""
    rest = kind.cue.without_excused(heard.normal.text)
    if rest is None:
        return True
    table = tables()["types"]
    return bool(table.shares(grams([rest]))[0, table.classes.index(kind.id)] >= share_from)


def telling_clause(heard: Heard, kind: ObjectionType) -> Found:
    """The clause that speaks most for this type: what a reviewer is shown."""
    table = tables()["types"]
    normal = heard.normal
    spans = [hit.span() for hit in _CLAUSE.finditer(normal.text)] or [(0, len(normal.text))]
    start, end = spans[0]
    if len(spans) > 1:
        shares = table.shares(grams([normal.text[start:end] for start, end in spans]))
        start, end = spans[int(shares[:, table.classes.index(kind.id)].argmax())]
    return Found(normal.offsets[start], normal.offsets[end])
