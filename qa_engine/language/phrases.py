"""Finds phrases in what was recognised: same wording, same sound, or nearly the same sound.

All phrases are looked for at once in the syllables of all turns (Aho-Corasick, linear time). What sounds right is
then verified on the characters: digits must agree, a negation rejects, short phrases must stand there as words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import ahocorasick

from qa_engine.errors import BadInput
from qa_engine.language.normalize import Normalized, normalize
from qa_engine.language.phonetics import BREAK, Sounds, has_fillers, sounds
from qa_engine.language.phrase_verify import Heard, PhrasePattern, align, compile_phrase, verify

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


@dataclass(frozen=True, slots=True)
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
    """The syllables of all turns: scan string, character of each syllable in `text`, start of each turn."""

    text: str
    codes: str
    places: Sequence[int]
    starts: Sequence[int]


def _seeds(pattern: PhrasePattern) -> Iterator[tuple[str, _Seed]]:
    """Pieces of which at least one stays whole under `edits` edits."""
    pieces = pattern.edits + 1
    for codes in pattern.codes:
        cuts = [round(i * len(codes) / pieces) for i in range(pieces + 1)]
        for begin, end in pairwise(cuts):
            yield codes[begin:end], _Seed(pattern, begin, end - begin)


class PhraseMatcher:
    """Compiled phrases; immutable, safe to share. Compile once, use for every call."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
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
        self._automaton = ahocorasick.Automaton()
        for codes, seeds in by_codes.items():
            self._automaton.add_word(codes, (len(codes), tuple(dict.fromkeys(seeds))))
        self._is_empty = not by_codes
        if by_codes:
            self._automaton.make_automaton()

    def find(self, texts: Sequence[Normalized]) -> tuple[tuple[Hit, ...], ...]:
        """The hits of every text, ordered by start. Overlapping hits of one phrase are one, the best."""
        if self._is_empty or not texts:
            return tuple(() for _ in texts)
        starts = [0]
        for text in texts[:-1]:
            starts.append(starts[-1] + len(text.text) + 1)
        joined = BREAK.join(text.text for text in texts)
        heard = set(self._scan(joined, starts, fillers=True))
        if has_fillers(joined):
            heard.update(self._scan(joined, starts, fillers=False))
        by_turn: list[list[Heard]] = [[] for _ in texts]
        for hit in heard:
            by_turn[bisect_right(starts, hit.start) - 1].append(hit)
        return tuple(
            tuple(_hit(text, best, start) for best in _best(found))
            for text, found, start in zip(texts, by_turn, starts, strict=True)
        )

    def _scan(self, text: str, starts: Sequence[int], *, fillers: bool) -> Iterator[Heard]:
        codes, places = self._sounds.encode(text, fillers=fillers)
        stream = _Stream(text, codes, places.tolist(), starts)
        tried: set[tuple[int, int]] = set()
        for last, (length, seeds) in self._automaton.iter(codes):
            for seed in seeds:
                begin = last + 1 - length - seed.offset
                pattern = seed.pattern
                if pattern.edits and (pattern.number, begin) in tried:
                    continue
                tried.add((pattern.number, begin))
                heard = self._verified(stream, pattern, begin)
                if heard is not None:
                    yield heard

    def _verified(self, stream: _Stream, pattern: PhrasePattern, begin: int) -> Heard | None:
        low = max(0, begin - pattern.edits)
        high = min(len(stream.codes), begin + len(pattern.chars) + pattern.edits)
        if not pattern.edits and (begin < 0 or high - begin < len(pattern.chars)):
            return None
        places = stream.places[low:high]
        chars = [stream.text[place] for place in places]
        found = align(pattern, chars, self._sounds)
        if found is None:
            return None
        first, last, distance, same = found
        turn = bisect_right(stream.starts, places[first]) - 1
        start, end = stream.starts[turn], _turn_end(stream, turn)
        heard = Heard(pattern.number, places[first], places[last] + 1, distance, same)
        if not start <= heard.start < heard.end <= end:
            return None
        return (
            heard if verify(pattern, stream.text[start:end], heard.start - start, heard.end - start) else None
        )


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
