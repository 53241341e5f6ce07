"""Which objections a customer raises, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from qa_engine.calls import Role, Turn
from qa_engine.language.normalize import Normalized, normalize_all
from qa_engine.objections.conversation import Conversation
from qa_engine.objections.cues import Found, Heard
from qa_engine.objections.handling import handling_steps, handling_window
from qa_engine.objections.outcome import Raised, Stance, outcome, stance
from qa_engine.objections.proposals import Proposal, propose, telling_clause
from qa_engine.objections.taxonomy import ObjectionType, Taxonomy
from qa_engine.scoring.evaluation import Evidence, ObjectionFound


def classify(heard: Heard, taxonomy: Taxonomy, *, weak: bool = True) -> tuple[ObjectionType, Found] | None:
    """The one objection of an utterance by the taxonomy's phrases and patterns, None if there is none. `weak` admits
    polite refusals (不用了) that name no objection of their own."""
    names = frozenset[str]() if heard.empty else taxonomy.candidates(heard)
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


Said: TypeAlias = tuple[ObjectionType, Found]


def _decide(
    said: Said | None, proposal: Proposal | None, *, denied: bool
) -> tuple[ObjectionType, bool] | None:
    """The type, and whether it is sure. Phrases always count; a pattern yields to a table that is sure of another type,
    and where neither is said the table's proposal stands."""
    if said is None:
        return None if proposal is None else (proposal.kind, proposal.firm)
    by_phrase = said[1].phrase is not None
    if proposal is not None and proposal.is_sure and not by_phrase:
        return proposal.kind, proposal.firm or proposal.kind is said[0]
    return said[0], by_phrase or not denied


def _raised(call: Conversation) -> tuple[list[Raised], list[Raised]]:
    """Objections in order; a repeat of the same type is one, and a refusal that only ends the call is none. Beside them
    those that may have been raised."""
    raised: dict[str, Raised] = {}
    perhaps: dict[str, Raised] = {}
    latest = ""
    proposals = propose(call)
    for number in call.turns_of(Role.CUSTOMER, 0, len(call.turns)):
        said = classify(call.heard[number], call.taxonomy, weak=not raised)
        decided = _decide(said, proposals.likely.get(number), denied=number in proposals.denied)
        if decided is None:
            maybe = proposals.perhaps.get(number)
            if maybe is not None and not (raised and maybe.id in call.taxonomy.last):
                clause = telling_clause(call.heard[number], maybe)
                perhaps.setdefault(maybe.id, Raised(maybe, number, clause, [], sure=False))
            continue
        kind, sure = decided
        of_another = raised and kind.id in call.taxonomy.last and latest != kind.id
        if of_another and _only_ends(call, number, said):
            continue
        latest = kind.id
        if kind.id in raised:
            raised[kind.id].again.append(number)
            raised[kind.id].sure |= sure
        else:
            found = said[1] if said and said[0] is kind else telling_clause(call.heard[number], kind)
            raised[kind.id] = Raised(kind, number, found, [], sure)
    return list(raised.values()), [one for kind, one in perhaps.items() if kind not in raised]


def _only_ends(call: Conversation, number: int, said: Said | None) -> bool:
    """Whether a refusal after other objections answers them and is none of its own: it was not said in the taxonomy's
    words, or it is the customer's last word."""
    last = not call.has_turn_of(Role.CUSTOMER, number + 1, len(call.turns))
    in_words = said is not None and said[0].id in call.taxonomy.last
    return not in_words or (last and stance(call, number) is Stance.REFUSES)


def _handling_end(call: Conversation, objection: Raised, later: Sequence[Raised]) -> int:
    """The turn of the next objection, but never before the agent had the floor."""
    for other in later:
        if call.has_turn_of(Role.AGENT, objection.turn + 1, other.turn):
            return other.turn
    return len(call.turns)


@dataclass(frozen=True, slots=True)
class Objections:
    """The objections of a call in order, with handling steps and outcome. `doubted` are no objections for the taxonomy,
    but may be some: who counts objections leaves them out, who says that there was none must not."""

    found: tuple[ObjectionFound, ...]
    doubted: tuple[ObjectionFound, ...] = ()


def find_objections(
    turns: Sequence[Turn], taxonomy: Taxonomy, *, normals: Sequence[Normalized] | None = None
) -> Objections:
    """All objections of a call. `normals` are the turns' normal forms where the caller has them already."""
    forms = normals if normals is not None else normalize_all([turn.text for turn in turns])
    call = Conversation(turns, taxonomy.hear(forms), taxonomy)
    raised, perhaps = _raised(call)
    laters = [[other for other in raised if other.turn > one.turn] for one in (*raised, *perhaps)]
    ends = [_handling_end(call, one, later) for one, later in zip((*raised, *perhaps), laters, strict=True)]
    windows = [
        handling_window(call, o.turn + 1, end) for o, end in zip((*raised, *perhaps), ends, strict=True)
    ]
    sentences = call.sentences({number for window in windows for number in window})
    every = [
        _found(call, one, end, handling_steps(call, one.type, window, sentences), later)
        for one, end, window, later in zip((*raised, *perhaps), ends, windows, laters, strict=True)
    ]
    return Objections(tuple(every[: len(raised)]), tuple(every[len(raised) :]))


def _found(
    call: Conversation,
    objection: Raised,
    end: int,
    steps: dict[str, int],
    later: Sequence[Raised],
) -> ObjectionFound:
    result = outcome(call, objection, end, steps, later)
    evidence = _evidence(call.turns[objection.turn], objection.turn, objection.found)
    return ObjectionFound(objection.type.id, objection.turn, steps, result, evidence, objection.sure)


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
