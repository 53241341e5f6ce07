"""Which handling steps the agent took after an objection: only those in good faith count."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice

from qa_engine.calls import Role
from qa_engine.language.normalize import Normalized
from qa_engine.objections.conversation import Conversation, Sentence, sentences_of
from qa_engine.objections.cues import Cue, Heard
from qa_engine.objections.taxonomy import STEPS, ObjectionType, Taxonomy

_MASK = "□"
_TURNS = {"acknowledge": 4, "clarify": 4, "respond": 4, "confirm": 6, "advance": 3}
"""Step → in which of the agent's next turns it is still about the objection: an hour named later closes the call."""


def _honest(heard: Heard, taxonomy: Taxonomy) -> Heard | None:
    """The turn without its pressing sentences; None where the whole turn is hostile or evasive."""
    if taxonomy.dismissive.find(heard) is not None:
        return None
    if taxonomy.pressure.find(heard) is None:
        return heard
    text = heard.normal.text
    chars = list(text)
    for start, end in sentences_of(text):
        sentence = Heard(Normalized(text[start:end], tuple(range(end - start + 1)), text[start:end]), ())
        if taxonomy.pressure.find(sentence) is not None:
            chars[start:end] = _MASK * (end - start)
    kept = Normalized("".join(chars), heard.normal.offsets, heard.normal.original)
    hits = (hit for hit in heard.hits if _MASK not in chars[_place(kept, hit.start) : _place(kept, hit.end)])
    return Heard(kept, tuple(hits))


def _place(normal: Normalized, offset: int) -> int:
    """Index in the normal form of a character of the original."""
    return min(bisect_left(normal.offsets, offset), len(normal.text))


def _cues(taxonomy: Taxonomy, kind: ObjectionType) -> Mapping[str, tuple[Cue, ...]]:
    """Step → cues. Carrying out is all that answers a complaint or a do-not-call request."""
    general = {name: (cue,) for name, cue in taxonomy.steps.items()}
    return general | {
        "acknowledge": (kind.acknowledge, taxonomy.steps["acknowledge"]),
        "respond": (kind.respond,),
    }


def _learned(kind: ObjectionType, said: Heard, sentences: Sequence[Sentence]) -> AbstractSet[str]:
    """Steps that the trained table finds in an honest sentence of an agent's turn."""
    text = said.normal.text
    likely = {
        name
        for sentence in sentences
        if sentence.likely and _MASK not in text[sentence.start : sentence.end]
        for name in sentence.likely
    }
    if not likely:
        return likely
    return {step for step in STEPS if (f"respond.{kind.id}" if step == "respond" else step) in likely}


def handling_window(call: Conversation, start: int, end: int) -> Sequence[int]:
    """The agent's turns in `[start, end)` that may still be about an objection raised before."""
    return list(islice(call.turns_of(Role.AGENT, start, end), max(_TURNS.values())))


def handling_steps(
    call: Conversation,
    kind: ObjectionType,
    window: Sequence[int],
    sentences: Mapping[int, Sequence[Sentence]],
) -> dict[str, int]:
    """Step → first agent turn of the window that takes it. `sentences` are those of its turns."""
    cues = _cues(call.taxonomy, kind)
    steps: dict[str, int] = {}
    for count, number in enumerate(window):
        said = _honest(call.heard[number], call.taxonomy)
        if said is None:
            continue
        learned = _learned(kind, said, sentences.get(number, ()))
        if said.empty and not learned:
            continue
        for step in STEPS:
            if step in steps or count >= _TURNS[step]:
                continue
            if step in learned or any(cue.find(said) for cue in cues[step]):
                steps[step] = number
    return {step: steps[step] for step in STEPS if step in steps}
