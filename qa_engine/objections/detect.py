"""Which objections a customer raises, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_engine.calls import Role, Turn
from qa_engine.language.normalize import Normalized, normalize
from qa_engine.objections.cues import Found, Heard
from qa_engine.objections.handling import handling_steps
from qa_engine.objections.outcome import outcome
from qa_engine.objections.taxonomy import ObjectionType, Taxonomy
from qa_engine.scoring.evaluation import Evidence, ObjectionFound


@dataclass(slots=True)
class Raised:
    """An objection: where it was raised first and where again."""

    type: ObjectionType
    turn: int
    found: Found
    again: list[int]


def classify(heard: Heard, taxonomy: Taxonomy, *, weak: bool = True) -> tuple[ObjectionType, Found] | None:
    """The one objection of an utterance, None if there is none. `weak` admits polite refusals (不用了) that name no
    objection of their own."""
    for name in taxonomy.ranked:
        found = taxonomy.types[name].cue.find(heard)
        if found is not None:
            return taxonomy.types[name], found
    others = [
        (found.start, i, kind, found)
        for i, (name, kind) in enumerate(taxonomy.types.items())
        if name not in taxonomy.ranked and name not in taxonomy.last and (found := kind.cue.find(heard))
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


def _raised(turns: Sequence[Turn], heard: Sequence[Heard], taxonomy: Taxonomy) -> list[Raised]:
    """Objections in order; a repeat of the same type is one."""
    raised: dict[str, Raised] = {}
    for number, turn in enumerate(turns):
        if turn.role is not Role.CUSTOMER:
            continue
        one = classify(heard[number], taxonomy, weak=not raised)
        if one is None:
            continue
        kind, found = one
        if kind.id in raised:
            raised[kind.id].again.append(number)
        else:
            raised[kind.id] = Raised(kind, number, found, [])
    return sorted(raised.values(), key=lambda objection: objection.turn)


def _ends(turns: Sequence[Turn], raised: Sequence[Raised]) -> list[int]:
    """For each objection the turn before which its handling ends: that of the next one, but never before the agent
    had the floor."""
    ends: list[int] = []
    for number, objection in enumerate(raised):
        end = len(turns)
        for later in raised[number + 1 :]:
            if any(t.role is Role.AGENT for t in turns[objection.turn + 1 : later.turn]):
                end = later.turn
                break
        ends.append(end)
    return ends


def find_objections(
    turns: Sequence[Turn], taxonomy: Taxonomy, *, normals: Sequence[Normalized] | None = None
) -> tuple[ObjectionFound, ...]:
    """All objections of a call in order, with handling steps and outcome. `normals` are the turns' normal forms where
    the caller has them already."""
    heard = taxonomy.hear(normals if normals is not None else [normalize(turn.text) for turn in turns])
    raised = _raised(turns, heard, taxonomy)
    found: list[ObjectionFound] = []
    for objection, end in zip(raised, _ends(turns, raised), strict=True):
        steps = handling_steps(turns, heard, taxonomy, objection.type, objection.turn + 1, end)
        result = outcome(turns, heard, taxonomy, objection.type, (objection.turn, end), steps, objection.again)
        found.append(
            ObjectionFound(
                objection.type.id,
                objection.turn,
                steps,
                result,
                _evidence(turns[objection.turn], objection.turn, objection.found),
            )
        )
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
