"""Hot words that were written otherwise: what sounds like one is put right, and what was heard is kept.

Found by `PhraseMatcher`, which knows how Mandarin is misheard (zh/z, n/l, an/ang; tones). It finds a phrase to know that it
was said; writing it into a transcript is more, so what a reader would take for other words stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from qa_engine.calls import Corrected, Word
from qa_engine.language.normalize import normalize
from qa_engine.language.phrases import Hit, Phrase, PhraseMatcher
from qa_engine.language.words import is_word, likelihood
from qa_engine.speech.cleanup import spoken_chars
from qa_engine.speech.turns import group_words, join_text

# Two syllables sound like something else too often: only where the recogniser doubts what it wrote.
SHORT: Final = 2
MAX_SHORT_CONFIDENCE: Final = 0.7
# Three syllables that read as usual words (nats a character by jieba's dictionary) are what was said. Measured:
# see `tests/bench/hot_words.py`.
MIDDLE: Final = 3
USUAL_NATS: Final = -6.0


def repaired(
    words: Sequence[Word], hot_words: Sequence[str], *, channel: int
) -> tuple[tuple[Word, ...], tuple[Corrected, ...]]:
    """One channel's words with hot words put right, and what was changed. Times and confidence stay.

    A change keeps the number of characters, so that every word keeps its own."""
    matcher, meant = _matcher(tuple(hot_words))
    runs = group_words(words)
    if matcher is None or not runs:
        return tuple(words), ()
    texts = [join_text(run) for run in runs]
    found = matcher.find([normalize(text) for text in texts])
    result: list[Word] = []
    changes: list[Corrected] = []
    for run, hits in zip(runs, found, strict=True):
        fixed = list(run)
        done: set[tuple[int, int]] = set()
        for hit in sorted(hits, key=lambda one: (one.distance, -len(meant[one.phrase]), one.start)):
            places = _places(fixed, hit)
            if done.isdisjoint(places) and _is_misheard(fixed, places, hit, meant):
                changes.append(_corrected(fixed, places, hit, meant[hit.phrase], channel))
                _write(fixed, places, meant[hit.phrase])
            done.update(places)
        result += fixed
    return tuple(result), tuple(sorted(changes, key=lambda one: one.start_s))


@lru_cache(maxsize=64)
def _matcher(hot_words: tuple[str, ...]) -> tuple[PhraseMatcher | None, tuple[str, ...]]:
    """Words that are Hanzi alone: letters and digits have no sound to compare."""
    meant = tuple(
        dict.fromkeys(word for word in map(spoken_chars, hot_words) if len(word) >= SHORT and _is_hanzi(word))
    )
    return (PhraseMatcher([Phrase(word, "homophone", "allow") for word in meant]) if meant else None), meant


def _is_hanzi(text: str) -> bool:
    return all("\u4e00" <= char <= "\u9fff" for char in text)


def _places(words: Sequence[Word], hit: Hit) -> list[tuple[int, int]]:
    """(word, character in it) of every spoken character of a hit in `join_text(words)`."""
    places: list[tuple[int, int]] = []
    at = 0
    for index, word in enumerate(words):
        at = len(join_text(words[: index + 1])) - len(word.text)
        places += [
            (index, offset)
            for offset, char in enumerate(word.text)
            if hit.start <= at + offset < hit.end and spoken_chars(char)
        ]
        if at >= hit.end:
            break
    return places


def _is_misheard(
    words: Sequence[Word], places: Sequence[tuple[int, int]], hit: Hit, meant: Sequence[str]
) -> bool:
    heard = "".join(words[index].text[offset] for index, offset in places)
    wanted = meant[hit.phrase]
    if len(heard) != len(wanted) or heard == wanted or heard in meant or not _is_hanzi(heard):
        return False
    if is_word(heard):
        return False
    if len(wanted) == SHORT:
        sure = [
            words[index].confidence
            for (index, offset), char in zip(places, wanted, strict=True)
            if words[index].text[offset] != char
        ]
        return all(one is not None and one < MAX_SHORT_CONFIDENCE for one in sure)
    return len(wanted) > MIDDLE or likelihood(heard) / len(heard) < USUAL_NATS


def _corrected(
    words: Sequence[Word], places: Sequence[tuple[int, int]], hit: Hit, wanted: str, channel: int
) -> Corrected:
    first, last = words[places[0][0]], words[places[-1][0]]
    return Corrected(channel, first.start_s, last.end_s, hit.text, wanted)


def _write(words: list[Word], places: Sequence[tuple[int, int]], wanted: str) -> None:
    for (index, offset), char in zip(places, wanted, strict=True):
        text, spelled = words[index].text, words[index].spelled
        if spelled is not None:
            spelled = spelled[:offset] + char + spelled[offset + 1 :]
        words[index] = replace(words[index], text=text[:offset] + char + text[offset + 1 :], spelled=spelled)
