"""Sentences and exchanges, and what is found in them."""

from __future__ import annotations

from qa_engine.language.entities import PII, entities_in, find_entities
from qa_engine.rubric.examples import example_call


def personal(text: str) -> list[tuple[str, str]]:
    """Kind and wording of every personal entity of a sentence."""
    return [(entity.kind, entity.text) for entity in entities_in(text) if entity.kind in PII]


def only(text: str, kind: str) -> list[str]:
    """Wording of the entities of a kind."""
    return [entity.text for entity in entities_in(text) if entity.kind == kind]


def over_turns(line: str) -> list[tuple[int, str, str]]:
    """Turn, kind and wording of every personal entity of an example line."""
    turns = example_call(line).transcript.turns
    return [
        (turn, entity.kind, entity.text)
        for turn, entities in enumerate(find_entities(turns))
        for entity in entities
        if entity.kind in PII
    ]
