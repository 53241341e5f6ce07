"""What the index holds of a text: numbers that stand for its characters, its pairs of characters, and the sounds of those
pairs, each with the side that said it.

A number has 25 bits: two pairs in some ten million share one, which costs the check of a call that does not have the word."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise, product
from zlib import crc32

from qa_engine.calls import Role
from qa_engine.language.phonetics import folded_syllable, sounds
from qa_engine.language.readings import readings_in_context
from qa_engine.language.redaction import BLOCK
from qa_engine.search.text import GAP

BITS = 25
_MASK = (1 << BITS) - 1
_MARKS = {Role.AGENT: "a", Role.CUSTOMER: "c"}


@lru_cache(maxsize=1 << 17)
def _number(mark: str) -> int:
    return crc32(mark.encode("utf-8", "surrogatepass")) & _MASK


@lru_cache(maxsize=1 << 14)
def _sound(char: str) -> str:
    """The folded syllable of a character, "" where it has none."""
    table = sounds()
    return folded_syllable(table.plain(char)) if char in table.toned else ""


def is_spoken_word(text: str) -> bool:
    """Whether homophones of it are looked for: two Chinese characters or more, and nothing else."""
    return len(text) > 1 and all(_sound(char) and not char.isdigit() for char in text)


def text_terms(role: Role, texts: Iterable[str]) -> set[int]:
    """The terms of what one side said, each text in a form to look in."""
    mark = _MARKS[role]
    found: set[int] = set()
    for text in texts:
        for run in text.replace(BLOCK, GAP).split(GAP):
            found.update(_number(mark + char) for char in run)
            found.update(_number(mark + run[at : at + 2]) for at in range(len(run) - 1))
            heard = [_sound(char) for char in run]
            found.update(_number(f"{mark}~{one} {other}") for one, other in pairwise(heard) if one and other)
    return found


def word_terms(role: Role, text: str) -> tuple[int, ...]:
    """Terms that a call must have all of for the word to be in it."""
    mark = _MARKS[role]
    grams: list[str] = []
    for run in text.split(GAP):
        grams += [run[at : at + 2] for at in range(len(run) - 1)] if len(run) > 1 else [run]
    return tuple(dict.fromkeys(_number(mark + gram) for gram in grams if gram))


def readings_of(text: str) -> tuple[frozenset[str], ...]:
    """The toneless syllables of each character, the usual one and the one it has in this word (银行)."""
    table = sounds()
    usual = [table.plain(char) for char in text]
    spoken = readings_in_context(text)
    in_word = spoken if len(spoken) == len(text) else usual
    return tuple(frozenset(pair) for pair in zip(usual, in_word, strict=True))


def sound_terms(role: Role, text: str) -> tuple[tuple[int, ...], ...]:
    """For each pair of syllables the terms of which a call must have one, for something that sounds so to be in it."""
    mark = _MARKS[role]
    heard = [sorted({folded_syllable(one) for one in readings}) for readings in readings_of(text)]
    return tuple(
        tuple(_number(f"{mark}~{one} {other}") for one, other in product(first, second))
        for first, second in pairwise(heard)
    )
