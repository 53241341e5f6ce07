"""Character error rates with their interval, and which words two recognisers write differently."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Levenshtein

from qa_engine.language.normalize import normalize
from qa_engine.language.snownlp_model import jieba_words
from qa_engine.speech.cleanup import spoken_chars

BOOTSTRAPS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Errors:
    """`errors` substituted, missing and added characters against `characters` of reference, marks not counted."""

    name: str
    characters: int
    errors: int

    @property
    def rate(self) -> float:
        return self.errors / self.characters if self.characters else 0.0


@dataclass(frozen=True, slots=True)
class Rate:
    """Character error rate over `units` recordings, with the 95 % interval of a bootstrap over them."""

    rate: float
    low: float
    high: float
    characters: int
    units: int


@dataclass(frozen=True, slots=True)
class Changed:
    """What was `said` came out as `a` with one recogniser and as `b` with the other, so often ("" = nothing)."""

    said: str
    a: str
    b: str
    count: int


def compared_text(text: str) -> str:
    """What is compared: spoken characters in Simplified script, spoken numerals as digits (四百 is 400), no marks."""
    return spoken_chars(normalize(text).text)


def count_errors(name: str, reference: str, recognised: str) -> Errors:
    """Errors by edit distance between compared texts."""
    wanted, found = compared_text(reference), compared_text(recognised)
    return Errors(name, len(wanted), Levenshtein.distance(wanted, found))


def pooled(units: Sequence[Errors], *, seed: int = 0) -> Rate:
    """The rate over all characters. Raises ZeroDivisionError when there are none."""
    rng = random.Random(seed)  # noqa: S311 (a bootstrap, the same every time)
    rates = sorted(_rate(rng.choices(units, k=len(units))) for _ in range(BOOTSTRAPS))
    low, high = rates[int(0.025 * BOOTSTRAPS)], rates[int(0.975 * BOOTSTRAPS)]
    return Rate(_rate(units), low, high, sum(unit.characters for unit in units), len(units))


def difference(a: Sequence[Errors], b: Sequence[Errors], *, seed: int = 0) -> Rate:
    """B's rate minus A's on the same recordings, drawn together (a paired bootstrap): negative where B is better."""
    rng = random.Random(seed)  # noqa: S311
    pairs = list(zip(a, b, strict=True))
    drawn = (rng.choices(pairs, k=len(pairs)) for _ in range(BOOTSTRAPS))
    rates = sorted(_rate([two for _, two in some]) - _rate([one for one, _ in some]) for some in drawn)
    low, high = rates[int(0.025 * BOOTSTRAPS)], rates[int(0.975 * BOOTSTRAPS)]
    return Rate(_rate(b) - _rate(a), low, high, sum(unit.characters for unit in a), len(pairs))


def changed_words(texts: Sequence[tuple[str, str, str]]) -> tuple[Changed, ...]:
    """From (reference, A, B) of each recording: words of the reference that A and B wrote differently, the most
    frequent first. Words are jieba's."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for reference, a, b in texts:
        said = compared_text(reference)
        of_a, of_b = aligned(said, compared_text(a)), aligned(said, compared_text(b))
        for start, end in _words(said):
            written = "".join(of_a[start:end]), "".join(of_b[start:end])
            if written[0] != written[1]:
                counts[said[start:end], *written] += 1
    return tuple(Changed(*words, count) for words, count in counts.most_common())


def aligned(said: str, heard: str) -> list[str]:
    """For every character said what was heard in its place; what was added goes to the character before."""
    places = ["" for _ in said]
    for block in Levenshtein.opcodes(said, heard):
        piece = heard[block.dest_start : block.dest_end]
        if block.tag == "insert":
            if places:
                places[max(0, block.src_start - 1)] += piece
            continue
        for offset in range(block.src_end - block.src_start):
            places[block.src_start + offset] += piece[offset : offset + 1]
    return places


def _words(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for word in jieba_words(text):
        yield at, at + len(word)
        at += len(word)


def _rate(units: Sequence[Errors]) -> float:
    return sum(unit.errors for unit in units) / sum(unit.characters for unit in units)
