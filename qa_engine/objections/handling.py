"""Which handling steps the agent took after an objection: only those in good faith count."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from qa_engine.calls import Role
from qa_engine.language.normalize import Normalized
from qa_engine.objections.conversation import Conversation
from qa_engine.objections.cues import Cue, Heard
from qa_engine.objections.taxonomy import STEPS, ObjectionType, Taxonomy

_MASK = "□"
_SENTENCE = re.compile(r"[^。!?]+[。!?]*")
_ANSWERS = frozenset({"acknowledge", "clarify", "respond"})
_ANSWER_TURNS = 4
"""An acknowledgement or answer comes in the agent's next turns; what is said later belongs to something else."""


def _honest(heard: Heard, taxonomy: Taxonomy) -> Heard | None:
    """The turn without its pressing sentences; None where the whole turn is hostile or evasive."""
    if taxonomy.dismissive.find(heard) is not None:
        return None
    if taxonomy.pressure.find(heard) is None:
        return heard
    text = heard.normal.text
    chars = list(text)
    for start, end in _sentences(text):
        sentence = Heard(Normalized(text[start:end], tuple(range(end - start + 1)), text[start:end]), ())
        if taxonomy.pressure.find(sentence) is not None:
            chars[start:end] = _MASK * (end - start)
    kept = Normalized("".join(chars), heard.normal.offsets, heard.normal.original)
    hits = (hit for hit in heard.hits if _MASK not in chars[_place(kept, hit.start) : _place(kept, hit.end)])
    return Heard(kept, tuple(hits))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    return (hit.span() for hit in _SENTENCE.finditer(text))


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


def handling_steps(call: Conversation, kind: ObjectionType, start: int, end: int) -> dict[str, int]:
    """Step → first agent turn in `[start, end)` that takes it."""
    cues = _cues(call.taxonomy, kind)
    steps: dict[str, int] = {}
    for count, number in enumerate(call.turns_of(Role.AGENT, start, end)):
        if call.heard[number].empty:
            continue
        said = _honest(call.heard[number], call.taxonomy)
        if said is None:
            continue
        for step in STEPS:
            late = count >= _ANSWER_TURNS and step in _ANSWERS
            if step not in steps and not late and any(cue.find(said) for cue in cues[step]):
                steps[step] = number
    return {step: steps[step] for step in STEPS if step in steps}
