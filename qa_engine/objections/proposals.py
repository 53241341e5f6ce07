"""What the trained table makes of the customer's turns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qa_engine.calls import Role
from qa_engine.objections.conversation import Conversation
from qa_engine.objections.cues import Found, Heard
from qa_engine.objections.features import grams
from qa_engine.objections.model import tables
from qa_engine.objections.taxonomy import ObjectionType

_CLAUSE = re.compile(r"[^,。!?;:、\s]+[?]?")


@dataclass(frozen=True, slots=True)
class Proposal:
    """The likeliest objection of a turn; `is_sure` lets it overrule a pattern."""

    kind: ObjectionType
    is_sure: bool


def propose(call: Conversation) -> Mapping[int, Proposal]:
    """Customer turn → proposal, where the table is sure enough. That it hears none overrules nobody: on lines not
    seen it took away more objections than false alarms."""
    limits = call.taxonomy.spec.table
    if limits is None or not call.has_turn_of(Role.CUSTOMER, 0, len(call.turns)):
        return {}
    table = tables()["types"]
    numbers, features = call.customers
    shares = table.shares(features)
    highest = shares.max(axis=1)
    likely = np.flatnonzero(highest.astype(np.float64) >= limits.propose_from)
    best = shares[likely].argmax(axis=1)
    proposals: dict[int, Proposal] = {}
    for i, place, share in zip(likely.tolist(), best.tolist(), highest[likely].tolist(), strict=True):
        number, kind = numbers[i], call.taxonomy.types.get(table.classes[place])
        if kind is not None and _holds(call.heard[number], kind, limits.propose_from):
            proposals[number] = Proposal(kind, share >= limits.overrule_from)
    return proposals


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
