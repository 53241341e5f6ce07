"""What the trained tables look at: hashed character and syllable grams of short texts in normal form.

Characters tell meanings apart, syllables (toneless, folded as recognisers confuse them) hold where a recogniser
wrote another character of the same sound. Figures are one symbol each, clauses stand between edges.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from qa_engine.language.clauses import EDGE, LINE, clause_points, lines
from qa_engine.language.phonetics import folded_syllable, sounds

BITS = 15
NO_BUCKET = 1 << BITS
_FIGURE = re.compile(r"\d[\d.]*")
_POINTS = 0x10000
_FACTORS = np.array([2654435761, 2246822519, 3266489917, 668265263, 374761393], np.uint32)
_MIX = np.uint32(40503)


@lru_cache(maxsize=1)
def _syllables() -> NDArray[np.uint32]:
    """(65536,): a number of the folded syllable of every character, the code point itself where it has none."""
    table = np.arange(_POINTS, dtype=np.uint32)
    plain = sounds().plain
    numbers: dict[str, int] = {}
    for char in sounds().toned:
        syllable = plain(char)
        number = numbers.get(syllable)
        if number is None:
            number = numbers[syllable] = crc32(folded_syllable(syllable).encode())
        table[ord(char)] = number
    table.setflags(write=False)
    return table


@dataclass(frozen=True, slots=True)
class Grams:
    """The features of some texts, text by text: `buckets` in `[0, 2**BITS]`, the last one for none; `starts` where those
    of a text begin, `damping` one over the square root of how many it has."""

    buckets: NDArray[np.uint16]
    starts: NDArray[np.intp]
    damping: NDArray[np.float32]


def grams(texts: Sequence[str]) -> Grams:
    """Character 1–3-grams and syllable 2–3-grams of all texts, of which there is at least one."""
    points = clause_points(_FIGURE.sub("0", lines(texts)))
    sound = _syllables()[np.minimum(points, _POINTS - 1)]
    breaks = points == ord(LINE)
    two = ~(breaks[:-1] | breaks[1:])
    pairs, sound_pairs = points[:-1] * _MIX + points[1:], sound[:-1] * _MIX + sound[1:]
    found = np.full((len(points), len(_FACTORS)), NO_BUCKET, np.uint16)
    _put(found[:, 0], points * _FACTORS[0], ~breaks & (points != ord(EDGE)))
    _put(found[:-1, 1], pairs * _FACTORS[1], two)
    _put(found[:-1, 3], sound_pairs * _FACTORS[3], two)
    three = two[:-1] & two[1:]
    _put(found[:-2, 2], (pairs[:-1] * _MIX + points[2:]) * _FACTORS[2], three)
    _put(found[:-2, 4], (sound_pairs[:-1] * _MIX + sound[2:]) * _FACTORS[4], three)
    starts = np.concatenate([[0], np.flatnonzero(breaks)]) * len(_FACTORS)
    counts = np.add.reduceat(found.ravel() != NO_BUCKET, starts, dtype=np.int32)
    return Grams(found.ravel(), starts, (1 / np.sqrt(np.maximum(counts, 1))).astype(np.float32))


def _put(into: NDArray[np.uint16], hashed: NDArray[np.uint32], valid: NDArray[np.bool_]) -> None:
    np.copyto(into, (hashed >> np.uint32(32 - BITS)).astype(np.uint16), where=valid)
