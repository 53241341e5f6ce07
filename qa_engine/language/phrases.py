"""Finds phrases in what was recognised: same wording, same sound, or nearly the same sound.

All phrases are looked for at once in the syllables of all turns (in linear time). What sounds right is
then verified on the characters: digits must agree, a negation rejects, short phrases must stand there as words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from qa_engine.errors import BadInput
from qa_engine.language.normalize import Normalized, normalize
from qa_engine.language.phonetics import BREAK, Sounds, has_fillers, sounds
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
    places: Sequence[int]
    starts: Sequence[int]
    ranks: Sequence[int] | None = None


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
        self._sounds: Sounds = sounds()
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
        starts = [0]
        for text in texts[:-1]:
            starts.append(starts[-1] + len(text.text) + 1)
        joined = BREAK.join([text.text for text in texts])
        codes, places = self._sounds.encode(joined)
        heard = set(self._scan(_Stream(joined, codes, places.tolist(), starts)))
        if has_fillers(joined):
            fewer, spoken = self._sounds.encode(joined, fillers=False)
            ranks = np.searchsorted(places, spoken).tolist()
            heard.update(self._scan(_Stream(joined, fewer, spoken.tolist(), starts, ranks)))
        by_turn: dict[int, list[Heard]] = {}
        for hit in heard:
            by_turn.setdefault(bisect_right(starts, hit.start) - 1, []).append(hit)
        return tuple(
            tuple(_hit(text, best, starts[turn]) for best in _best(by_turn[turn])) if turn in by_turn else ()
            for turn, text in enumerate(texts)
        )

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
    places = stream.places[low:high]
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
