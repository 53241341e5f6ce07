"""Which objections a customer raises, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence

from qa_engine.calls import Role, Turn
from qa_engine.language.normalize import Normalized, normalize_all
from qa_engine.objections.conversation import Conversation
from qa_engine.objections.cues import Found, Heard
from qa_engine.objections.handling import handling_steps
from qa_engine.objections.outcome import Raised, outcome
from qa_engine.objections.taxonomy import ObjectionType, Taxonomy
from qa_engine.scoring.evaluation import Evidence, ObjectionFound


def classify(heard: Heard, taxonomy: Taxonomy, *, weak: bool = True) -> tuple[ObjectionType, Found] | None:
    """The one objection of an utterance, None if there is none. `weak` admits polite refusals (不用了) that name no
    objection of their own."""
    names = taxonomy.candidates(heard)
    if not names:
        return None
    for name in taxonomy.ranked:
        found = taxonomy.types[name].cue.find(heard) if name in names else None
        if found is not None:
            return taxonomy.types[name], found
    others = [
        (found.start, i, kind, found)
        for i, (name, kind) in enumerate(taxonomy.types.items())
        if name in names
        and name not in taxonomy.ranked
        and name not in taxonomy.last
        and (found := kind.cue.find(heard))
    ]
    if others:
        _, _, kind, found = min(others, key=lambda other: other[:2])
        return kind, found
    for name in taxonomy.last:
        kind = taxonomy.types[name]
        found = kind.cue.find(heard) or (kind.weak.find(heard) if weak else None)
        if found is not None:
            return kind, found
    return None


def _raised(call: Conversation) -> list[Raised]:
    """Objections in order; a repeat of the same type is one."""
    raised: dict[str, Raised] = {}
    for number in call.turns_of(Role.CUSTOMER, 0, len(call.turns)):
        one = classify(call.heard[number], call.taxonomy, weak=not raised)
        if one is None:
            continue
        kind, found = one
        if kind.id in raised:
            raised[kind.id].again.append(number)
        else:
            raised[kind.id] = Raised(kind, number, found, [])
    return list(raised.values())


def _handling_end(call: Conversation, objection: Raised, later: Sequence[Raised]) -> int:
    """The turn of the next objection, but never before the agent had the floor."""
    for other in later:
        if call.has_turn_of(Role.AGENT, objection.turn + 1, other.turn):
            return other.turn
    return len(call.turns)


def find_objections(
    turns: Sequence[Turn], taxonomy: Taxonomy, *, normals: Sequence[Normalized] | None = None
) -> tuple[ObjectionFound, ...]:
    """All objections of a call in order, with handling steps and outcome. `normals` are the turns' normal forms where
    the caller has them already."""
    forms = normals if normals is not None else normalize_all([turn.text for turn in turns])
    call = Conversation(turns, taxonomy.hear(forms), taxonomy)
    raised = _raised(call)
    found: list[ObjectionFound] = []
    for place, objection in enumerate(raised):
        end = _handling_end(call, objection, raised[place + 1 :])
        steps = handling_steps(call, objection.type, objection.turn + 1, end)
        result = outcome(call, objection, end, steps)
        evidence = _evidence(turns[objection.turn], objection.turn, objection.found)
        found.append(ObjectionFound(objection.type.id, objection.turn, steps, result, evidence))
    return tuple(found)


def _evidence(turn: Turn, number: int, found: Found) -> Evidence:
    return Evidence(
        "objection",
        turn.text[found.start : found.end],
        number,
        found.start,
        found.end,
        turn.start_s,
        turn.end_s,
        found.phrase,
        found.distance,
    )
