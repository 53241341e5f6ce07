"""How a character sounds: a byte for the scan, syllables for the verification.

A syllable is folded as recognisers and speakers confuse it: zh/z, ch/c, sh/s, n/l, an/ang, en/eng, in/ing. The
scan needs one byte a syllable, so that equal bytes cost nothing to compare; rare syllables share a byte, and the
verification tells them apart. Source of readings: pypinyin, the most frequent one of each character.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa_engine.language.readings import character_readings

BREAK = "\x1e"
"""Stands between turns: no phrase reaches across."""

_CODE_POINTS = 0x10000
_SKIP, _BREAK, _LETTERS, _OTHER, _SYLLABLES = 0, 1, 2, 28, 29
_READ_AS = dict(zip("0123456789", "零一二三四五六七八九", strict=True)) | {"两": "二", "幺": "一", "〇": "零"}
_CJK = range(0x3400, 0x9FFF + 1)
_FILLERS = "嗯呃啊哦噢唔诶欸哎呐"
_LONG_FILLERS = re.compile("那个|这个|就是说|怎么说呢")


@lru_cache(maxsize=4096)
def plain_syllable(reading: str) -> str:
    """A syllable without its tone: nǚ → nv."""
    decomposed = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    decomposed = decomposed.replace("u\u0308", "v")
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=1024)
def folded_syllable(plain: str) -> str:
    """A toneless syllable with the usual confusions folded: zhang → zan."""
    folded = re.sub(r"^([zcs])h", r"\1", plain)
    folded = re.sub(r"^n(?=.)", "l", folded)
    return re.sub(r"([aei])ng$", r"\1n", folded)


@dataclass(frozen=True, slots=True)
class Sounds:
    """Readings of every character. `codes`: (65536,) uint8, 0 = not spoken (punctuation, spaces)."""

    codes: NDArray[np.uint8]
    spoken: NDArray[np.uint8]
    toned: dict[str, str]
    by_syllable: dict[str, int]

    def encode(self, text: str, *, fillers: bool = True) -> tuple[str, NDArray[np.intp]]:
        """The scan string of a text, a latin-1 character a syllable, and the index in `text` of each."""
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        table = self.codes if fillers else self.spoken
        codes = table[np.minimum(points, _CODE_POINTS - 1)]
        if not fillers:
            for hit in _LONG_FILLERS.finditer(text):
                codes[hit.start() : hit.end()] = _SKIP
        kept = codes != _SKIP
        return codes[kept].tobytes().decode("latin-1"), np.flatnonzero(kept)

    def plain(self, char: str) -> str:
        """Toneless syllable of a character; the character itself where it has none."""
        return plain_syllable(self.toned.get(char, char))

    def code_of(self, folded: str) -> str:
        """Scan character of a folded syllable."""
        return chr(self.by_syllable.get(folded, _OTHER))


def has_fillers(text: str) -> bool:
    """Whether the text holds a filler that a phrase may be broken by."""
    return not _FILLER_SET.isdisjoint(text) or _LONG_FILLERS.search(text) is not None


_FILLER_SET = frozenset(_FILLERS)


def _readings() -> dict[str, str]:
    readings = {char: reading for char, reading in character_readings().items() if ord(char) in _CJK}
    return readings | {written: readings[read] for written, read in _READ_AS.items()}


@lru_cache(maxsize=1)
def sounds() -> Sounds:
    """The table of this process, built on first use (about 0.3 s)."""
    toned = _readings()
    folded = {char: folded_syllable(plain_syllable(reading)) for char, reading in toned.items()}
    by_frequency = [syllable for syllable, _ in Counter(folded.values()).most_common()]
    room = 256 - _SYLLABLES
    by_syllable = {s: _SYLLABLES + (i if i < room else i % room) for i, s in enumerate(by_frequency)}
    codes = np.zeros(_CODE_POINTS, np.uint8)
    for point in range(0x80, _CODE_POINTS):
        if chr(point).isalnum():
            codes[point] = _OTHER
    codes[ord("%")] = _OTHER
    codes[_CODE_POINTS - 1] = _OTHER
    for i, letter in enumerate("abcdefghijklmnopqrstuvwxyz"):
        codes[ord(letter)] = _LETTERS + i
    for char, syllable in folded.items():
        codes[ord(char)] = by_syllable[syllable]
    codes[ord(BREAK)] = _BREAK
    spoken = codes.copy()
    spoken[[ord(char) for char in _FILLERS]] = _SKIP
    codes.setflags(write=False)
    spoken.setflags(write=False)
    return Sounds(codes, spoken, toned, by_syllable)
