"""Finds phrases in what was recognised: same wording, same sound, or nearly the same sound.

All phrases are looked for at once in the syllables of all turns (in linear time). What sounds right is
then verified on the characters: digits must agree, a negation rejects, short phrases must stand there as words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qa_engine.errors import BadInput
from qa_engine.language.normalize import Normalized, normalize
from qa_engine.language.phonetics import BREAK, has_fillers, sounds
from qa_engine.language.phrase_verify import (
    LEFT,
    RIGHT,
    Heard,
    PhrasePattern,
    align,
    compile_phrase,
    may_align,
    verify,
)
from qa_engine.language.seed_scan import SeedScanner, best_scanner
from qa_engine.values import value

Match: TypeAlias = Literal["exact", "homophone", "fuzzy"]
Negated: TypeAlias = Literal["guard", "allow"]


class EmptyPhrase(BadInput):
    """A phrase without a single spoken character."""

    code = "empty_phrase"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase in either script. `homophone` also matches what sounds the same, `fuzzy` what differs by a syllable
    (from five syllables on; two from nine); `guard` refuses negated hits."""

    text: str
    match: Match = "homophone"
    negated: Negated = "guard"


@value
class Hit:
    """Phrase number `phrase` at characters `[start, end)` of the turn's original text. `distance` counts syllables
    that differ: 0 for the same wording or sound."""

    phrase: int
    start: int
    end: int
    text: str
    distance: int


@dataclass(frozen=True, slots=True)
class _Seed:
    """A piece of a phrase that must be heard as it is: `offset` syllables into `pattern`."""

    pattern: PhrasePattern
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class _Stream:
    """The syllables of all turns: scan string, character of each syllable in `text`, start of each turn. `ranks` are
    their places in the stream that has the fillers; None for that one."""

    text: str
    codes: str
    places: NDArray[np.intp]
    starts: Sequence[int]
    ranks: NDArray[np.intp] | None = None


@lru_cache(maxsize=2)
def _streams(joined: str, starts: tuple[int, ...]) -> tuple[_Stream, ...]:
    """The streams of turns joined by `BREAK`, the second where fillers are said; remembered, for the matchers of a form
    and of the objections look at the same call."""
    codes, places = sounds().encode(joined)
    stream = _Stream(joined, codes, places, starts)
    if not has_fillers(joined):
        return (stream,)
    fewer, spoken = sounds().encode(joined, fillers=False)
    return stream, _Stream(joined, fewer, spoken, starts, np.searchsorted(places, spoken))


def _seeds(pattern: PhrasePattern) -> Iterator[tuple[str, _Seed]]:
    """Pieces of which at least one stays whole under `edits` edits."""
    pieces = pattern.edits + 1
    for codes in pattern.codes:
        cuts = [round(i * len(codes) / pieces) for i in range(pieces + 1)]
        for begin, end in pairwise(cuts):
            yield codes[begin:end], _Seed(pattern, begin, end - begin)


class PhraseMatcher:
    """Compiled phrases; immutable, safe to share. Compile once, use for every call."""

    def __init__(
        self, phrases: Sequence[Phrase], *, scanner: Callable[[Sequence[str]], SeedScanner] | None = None
    ) -> None:
        """`scanner` finds the pieces of phrases; the fastest one installed where none is given."""
        by_codes: dict[str, list[_Seed]] = defaultdict(list)
        for number, phrase in enumerate(phrases):
            pattern = compile_phrase(
                number, normalize(phrase.text).text, phrase.match, guarded=phrase.negated == "guard"
            )
            if not pattern.chars:
                raise EmptyPhrase(f"短语“{phrase.text}”没有可读的字", hint="短语至少要有一个汉字、字母或数字")
            for codes, seed in _seeds(pattern):
                by_codes[codes].append(seed)
        self._seeds = tuple((len(codes), tuple(dict.fromkeys(seeds))) for codes, seeds in by_codes.items())
        self._scanner = (scanner or best_scanner())(tuple(by_codes))

    def find(self, texts: Sequence[Normalized]) -> tuple[tuple[Hit, ...], ...]:
        """The hits of every text, ordered by start. Overlapping hits of one phrase are one, the best."""
        if not self._seeds or not texts:
            return tuple(() for _ in texts)
        plain = [text.text for text in texts]
        starts = tuple(accumulate([len(text) + 1 for text in plain[:-1]], initial=0))
        streams = _streams(BREAK.join(plain), starts)
        by_turn: dict[int, list[Heard]] = {}
        for hit in {hit for stream in streams for hit in self._scan(stream)}:
            by_turn.setdefault(bisect_right(starts, hit.start) - 1, []).append(hit)
        found: list[tuple[Hit, ...]] = [()] * len(texts)
        for turn, heard in by_turn.items():
            found[turn] = tuple(_hit(texts[turn], best, starts[turn]) for best in _best(heard))
        return tuple(found)

    def _scan(self, stream: _Stream) -> Iterator[Heard]:
        tried: set[tuple[int, int]] = set()
        for end, number in self._scanner.scan(stream.codes):
            length, seeds = self._seeds[number]
            for seed in seeds:
                begin = end - length - seed.offset
                pattern = seed.pattern
                if (pattern.number, begin) in tried:
                    continue
                tried.add((pattern.number, begin))
                heard = _verified(stream, pattern, begin)
                if heard is not None:
                    yield heard


def _verified(stream: _Stream, pattern: PhrasePattern, begin: int) -> Heard | None:
    low, high = max(0, begin - pattern.edits), begin + len(pattern.chars) + pattern.edits
    if not _is_worth_a_look(stream, pattern, low, high):
        return None
    high = min(high, len(stream.codes))
    places = stream.places[low:high].tolist()
    found = align(pattern, "".join([stream.text[place] for place in places]))
    if found is None:
        return None
    first, last, distance, same = found
    start, end = places[first], places[last] + 1
    turn = bisect_right(stream.starts, start) - 1
    left = max(stream.starts[turn], start - LEFT)
    turn_end = _turn_end(stream, turn)
    if end > turn_end:
        return None
    around = stream.text[left : min(turn_end, end + RIGHT)]
    if not verify(pattern, around, start - left, end - left):
        return None
    return Heard(pattern.number, start, end, distance, same)


def _is_worth_a_look(stream: _Stream, pattern: PhrasePattern, low: int, high: int) -> bool:
    """False where there is too little, where nothing was left out (the scan with fillers has seen it), or where too many
    syllables differ."""
    whole = high - low == len(pattern.chars) + 2 * pattern.edits and high <= len(stream.codes)
    ranks = stream.ranks
    if ranks is not None and whole and ranks[high - 1] - ranks[low] == high - 1 - low:
        return False
    return may_align(pattern, stream.codes[low:high]) if pattern.edits else whole


def _turn_end(stream: _Stream, turn: int) -> int:
    return stream.starts[turn + 1] - 1 if turn + 1 < len(stream.starts) else len(stream.text)


def _best(found: Iterable[Heard]) -> list[Heard]:
    """One hit where several of a phrase overlap: least distance, most identical characters, shortest."""
    kept: list[Heard] = []
    reach = 0
    for hit in sorted(found, key=lambda h: (h.phrase, h.start, h.end)):
        if not kept or kept[-1].phrase != hit.phrase or hit.start >= reach:
            kept.append(hit)
            reach = hit.end
            continue
        reach = max(reach, hit.end)
        kept[-1] = min(kept[-1], hit, key=lambda h: (h.distance, -h.same, h.end - h.start, h.start))
    return sorted(kept, key=lambda h: (h.start, h.end, h.phrase))


def _hit(text: Normalized, heard: Heard, turn_start: int) -> Hit:
    start = text.offsets[heard.start - turn_start]
    end = text.offsets[heard.end - turn_start]
    return Hit(heard.phrase, start, end, text.original[start:end], heard.distance)
