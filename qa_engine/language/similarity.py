"""How near what was said is to a script line: TF-IDF cosine over characters and pairs of neighbours.

Lexical, not semantic: it finds a line that was said in other words around the same words, not a free paraphrase, so
several variants of a line belong together. Words of a segmenter and triples of characters were tried and left out:
on the pairs by which the threshold was chosen (`tests/qa_engine/language/similar_pairs.tsv`) they changed the area
under the curve by less than 0.002 and lowered it by 0.025. Work is linear in the length of what was said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

from qa_engine.language.negation import denials
from qa_engine.language.normalize import Normalized, normalize
from qa_engine.language.package_files import package_file

PAIR_WEIGHT = 0.6
"""Of a pair of neighbours against a character of the same rarity; .5, .7 and 1 do .002 to .010 worse or the same."""
RAREST = 12.0
"""Most that rarity counts, in nats: a pair that no word of the dictionary holds."""
DENIED = 0.5
"""Factor on the score where only one of the two denies: 可以退保 and 不可以退保 share every other character."""
LONGER = 2.0
"""A stretch compared is at most so many times as long as the line, so that what is said around it does not thin it."""
PIECES = 6
"""Most clauses in a stretch."""
PIECE_CHARS = 16
"""Speech that was recognised without marks is cut into pieces of this length."""
DECIMALS = 4
MIN_COUNT = 15
"""Words that occur less often are left out of the table: they are two thirds of it and change no figure."""
ROUNDING = 1e-9
"""Sums over a set come in any order."""
_CLAUSE = re.compile(rf"[^\W_]{{1,{PIECE_CHARS}}}")


@dataclass(frozen=True, slots=True)
class Nearest:
    """The characters `[start, end)` of a turn's original text that are nearest to line number `line`."""

    line: int
    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Line:
    weights: Mapping[str, float]
    grams: frozenset[str]
    square: float
    chars: int
    denies: bool


@dataclass(frozen=True, slots=True)
class _Spoken:
    weights: Mapping[str, float]
    square: float
    chars: int


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Clauses `first` to `last` of a turn against one line."""

    line: int
    score: float
    first: int
    last: int


class SpokenTurn:
    """The clauses of a turn and the characters and pairs in it, made once for all lines."""

    def __init__(self, normal: Normalized) -> None:
        self.normal = normal
        self.pieces = [match.span() for match in _CLAUSE.finditer(normal.text)]
        self.grams = frozenset(grams("".join(normal.text[start:end] for start, end in self.pieces)))
        self._stretches: dict[tuple[int, int], _Spoken] = {}

    def stretch(self, first: int, last: int) -> _Spoken:
        """Clauses `first` to `last` as they are compared, made once for all lines."""
        known = self._stretches.get((first, last))
        if known is None:
            pieces = self.pieces[first : last + 1]
            spoken = "".join(self.normal.text[start:end] for start, end in pieces)
            known = self._stretches[first, last] = _Spoken(*_vector(spoken), len(spoken))
        return known


class ScriptLines:
    """Lines to compare with; immutable, safe to share. Making the first one of a process reads jieba's dictionary
    (about 0.3 s, 13 MiB)."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = [_line(line) for line in lines]

    def nearest(self, turn: SpokenTurn, min_score: float) -> Iterator[Nearest]:
        """Stretches of the turn that reach `min_score` with one of the lines, best first, without overlap."""
        found: list[_Stretch] = []
        for number, line in enumerate(self._lines):
            # No stretch can do better than the weight of those of the line's characters and pairs that are there.
            there = sum(line.weights[gram] ** 2 for gram in line.grams & turn.grams)
            if there >= min_score * min_score * line.square * (1 - ROUNDING):
                found += _stretches(number, line, turn, min_score)
        taken = bytearray(len(turn.pieces))
        offsets = turn.normal.offsets
        for best in sorted(found, key=lambda s: (-s.score, s.first, s.last, s.line)):
            if any(taken[best.first : best.last + 1]):
                continue
            taken[best.first : best.last + 1] = b"\1" * (best.last + 1 - best.first)
            start, end = turn.pieces[best.first][0], turn.pieces[best.last][1]
            yield Nearest(best.line, best.score, offsets[start], offsets[end])


def grams(text: str) -> list[str]:
    """Characters and pairs of neighbours."""
    return [*text, *(text[i : i + 2] for i in range(len(text) - 1))]


def _line(text: str) -> _Line:
    normal = normalize(text).text
    spoken = "".join(_CLAUSE.findall(normal))
    weights, square = _vector(spoken)
    return _Line(weights, frozenset(weights), square, len(spoken), denials(normal) % 2 == 1)


def _vector(text: str) -> tuple[Mapping[str, float], float]:
    """Weights of a text's characters and pairs, and the sum of their squares."""
    counted: dict[str, float] = {}
    for gram in grams(text):
        counted[gram] = counted.get(gram, 0.0) + _weight(gram)
    return counted, sum(weight * weight for weight in counted.values())


def _stretches(number: int, line: _Line, turn: SpokenTurn, min_score: float) -> Iterator[_Stretch]:
    for first, (start, _) in enumerate(turn.pieces):
        for last in range(first, min(first + PIECES, len(turn.pieces))):
            stretch = turn.stretch(first, last)
            if last > first and stretch.chars > LONGER * line.chars:
                break
            score = round(_cosine(line, stretch), DECIMALS)
            if score < min_score:
                continue
            denied = denials(turn.normal.text[start : turn.pieces[last][1]]) % 2 == 1
            score = round(score * (DENIED if denied is not line.denies else 1.0), DECIMALS)
            if score >= min_score:
                yield _Stretch(number, score, first, last)


def _cosine(line: _Line, stretch: _Spoken) -> float:
    weights = stretch.weights
    shared = sum(weight * weights[gram] for gram, weight in line.weights.items() if gram in weights)
    return shared / sqrt(line.square * stretch.square) if shared else 0.0


@lru_cache(maxsize=32_768)
def _weight(gram: str) -> float:
    """How rare a character or pair is in running Chinese, in nats."""
    counts, total = _counts()
    rarity = min(total - log(counts.get(gram, 0) or 1), RAREST)
    return rarity * PAIR_WEIGHT if len(gram) > 1 else rarity


@lru_cache(maxsize=1)
def _counts() -> tuple[Mapping[str, int], float]:
    """Occurrences by the word counts of jieba's dictionary; read once a process that compares lines."""
    counts: Counter[str] = Counter()
    total = 0
    with package_file("jieba", "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, number, _ = line.split(" ", 2)
            count = int(number)
            total += count
            if count >= MIN_COUNT:
                for gram in grams(word):
                    counts[gram] += count
    return counts, log(total)
