"""Whether a call has what a query asks for, and where: every candidate of the index is checked here, on its characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa_engine.language.phonetics import folded_syllable, sounds
from qa_engine.language.phrase_verify import Likeness, likeness
from qa_engine.search.document import Place, occurrences, place_of
from qa_engine.search.query import Query, Word
from qa_engine.search.terms import readings_of
from qa_engine.search.text import cuts_a_number, cuts_a_numeral

_SHORT = 2
NEAR_TURNS = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A word of the query found at a place; `sounds` = by its sound, not by its characters."""

    place: Place
    word: int
    sounds: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A call that has all of a query. `spread` is 0 where all words are in one turn, 1 near each other, 2 elsewhere."""

    hits: tuple[Hit, ...]
    spread: int

    @property
    def sounds(self) -> bool:
        """Whether some word is there by its sound only."""
        spelled = {hit.word for hit in self.hits if not hit.sounds}
        return any(hit.word not in spelled for hit in self.hits)


def match(scan: str, query: Query, *, by_sound: bool) -> Match | None:
    """The hits of a query in a call; None where a word is missing or one is there that must not be."""
    for word in query.without:
        if next(_spelled(scan, word), None) is not None:
            return None
    hits: list[Hit] = []
    for number, word in enumerate(query.wanted):
        found = [Hit(place, number, sounds=False) for place in _spelled(scan, word)]
        if by_sound and word.sound:
            found += [Hit(place, number, sounds=True) for place in _sounding(scan, word)]
        if not found:
            return None
        hits += found
    hits.sort(key=lambda hit: (hit.place.turn, hit.place.form, hit.place.start))
    return Match(tuple(hits), _spread(hits, len(query.wanted)))


def _spelled(scan: str, word: Word) -> Iterator[Place]:
    """Where the word stands as it is spelled, a number never cut in two; the same characters in both forms once."""
    for form, text in enumerate(word.texts):
        for start in occurrences(scan, text):
            end = start + len(text)
            if cuts_a_number(scan, start) or cuts_a_number(scan, end):
                continue
            if form and cuts_a_numeral(scan, start, end):
                continue
            place = place_of(scan, start, end)
            if word.side is None or place.role is word.side:
                yield place


@lru_cache(maxsize=64)
def _codes(text: str) -> tuple[tuple[frozenset[str], ...], tuple[str, ...]]:
    """Readings of a word, and the scan strings that may stand for it."""
    table = sounds()
    readings = readings_of(text)
    variants = [""]
    for one in readings:
        codes = sorted({table.code_of(folded_syllable(reading)) for reading in one})
        variants = [variant + code for variant in variants for code in codes]
    return readings, tuple(variants)


def _sounding(scan: str, word: Word) -> Iterator[Place]:
    text = word.sound
    table = sounds()
    readings, variants = _codes(text)
    heard, places = table.encode(scan)
    for codes in variants:
        for first in occurrences(heard, codes):
            start, end = int(places[first]), int(places[first + len(codes) - 1]) + 1
            if end - start != len(text):
                continue  # across turns, or what is masked
            alike = [likeness(*pair, table) for pair in zip(text, readings, scan[start:end], strict=True)]
            same = alike.count(Likeness.SAME)
            if same == len(text) or min(alike) < Likeness.FOLDED:
                continue
            if len(text) == _SHORT and not same and min(alike) < Likeness.TONELESS:
                continue  # two syllables that are only near are too common
            place = place_of(scan, start, end)
            if word.side is None or place.role is word.side:
                yield place


def _spread(hits: Sequence[Hit], words: int) -> int:
    if words == 1:
        return 0
    best = NEAR_TURNS + 1
    seen: dict[int, int] = {}
    for hit in hits:
        seen[hit.word] = hit.place.turn
        if len(seen) == words:
            best = min(best, hit.place.turn - min(seen.values()))
    return 0 if not best else 1 if best <= NEAR_TURNS else 2
