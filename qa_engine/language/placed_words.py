"""Where the words of a turn, which have times, stand in its text, which has characters."""

from __future__ import annotations

from dataclasses import dataclass

from qa_engine.calls import Turn, Word


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word's place in its turn's text (characters) and in the recording (seconds)."""

    start: int
    end: int
    word: Word


def place_words(turn: Turn) -> tuple[PlacedWord, ...]:
    """Finds each word of a turn in its text, in order; a word that the text does not have is left out."""
    placed: list[PlacedWord] = []
    at = 0
    for word in turn.words:
        spoken = word.text.strip()
        start = turn.text.find(spoken, at) if spoken else -1
        if start < 0:
            continue
        at = start + len(spoken)
        placed.append(PlacedWord(start, at, word))
    return tuple(placed)
