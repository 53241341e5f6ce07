"""How characters and words are read, from pypinyin's tables without pypinyin: imported, it keeps 70 MiB of them in every
process that scores.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby

from qa_engine.language.package_files import package_file

_LONGEST = 10
_ENTRY = re.compile(r'"([^"]+)":\s*\[((?:\s*\[[^\]]*\],?)+)\s*\]')
"""A word and its readings. Read so and not as a JSON document, no more is in memory at a time than one of them."""
_FIRST_READING = re.compile(r'\[\s*"([^"]*)"')
_HAN = re.compile(r"[\u3007\ue815-\ue864\ufa18\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@lru_cache(maxsize=1)
def character_readings() -> Mapping[str, str]:
    """Character → its most frequent reading, with its tone."""
    table = json.loads(package_file("pypinyin", "pinyin_dict.json").read_bytes())
    return {chr(int(point)): readings.split(",")[0] for point, readings in table.items()}


def readings_in_context(text: str) -> list[str]:
    """Toneless readings of a text, one a character but for what is no Chinese: that is one element a stretch. Words are
    taken from the left, the longest first, as pypinyin's `lazy_pinyin` does it."""
    found: list[str] = []
    for is_han, stretch in _stretches(text):
        if is_han:
            for word in _words_in(stretch):
                found += _read(word)
        else:
            found.append(stretch)
    return found


def plain_reading(reading: str) -> str:
    """A reading without its tone: nǚ → nv."""
    return "".join(_PLAIN.get(char, char) for char in reading)


_PLAIN = {
    accented: plain
    for plain, tones in {
        "a": "āáǎà", "e": "ēéěè", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔù", "v": "üǖǘǚǜ",
        "n": "ńňǹ", "m": "ḿ", "ê": "ếề",
    }.items()
    for accented in tones
} | dict.fromkeys("\u0304\u0301\u030c\u0300", "")  # fmt: skip


def _stretches(text: str) -> Iterator[tuple[bool, str]]:
    for is_han, chars in groupby(text, key=lambda char: _HAN.match(char) is not None):
        yield is_han, "".join(chars)


def _words_in(text: str) -> Iterator[str]:
    words = _Words.shipped()
    while text:
        lengths = range(min(_LONGEST, len(text)), 0, -1)
        length = next((n for n in lengths if text[:n] in words.readings), 0)
        if not length and words.begins_word(text):
            yield from text  # pypinyin gives up on a rest that could have become a word
            return
        yield text[: length or 1]
        text = text[length or 1 :]


def _read(word: str) -> list[str]:
    known = _Words.shipped().readings.get(word)
    if known:
        return known.split(" ")
    characters = _plain_characters()
    return [characters.get(char, char) for char in word]


@lru_cache(maxsize=1)
def _plain_characters() -> Mapping[str, str]:
    return {char: plain_reading(reading) for char, reading in character_readings().items()}


@dataclass(frozen=True)
class _Words:
    """Every word and its toneless readings, with a space between; empty where they are those of its characters."""

    readings: Mapping[str, str]

    @staticmethod
    @lru_cache(maxsize=1)
    def shipped() -> _Words:
        """The words of pypinyin."""
        characters = _plain_characters()
        found: dict[str, str] = {}
        for hit in _ENTRY.finditer(package_file("pypinyin", "phrases_dict.json").read_text("utf-8")):
            word = hit[1]
            said = [plain_reading(reading) for reading in _FIRST_READING.findall(hit[2])]
            usual = said == [characters.get(char, char) for char in word]
            found[word] = "" if usual else " ".join(said)
        return _Words(found)

    @cached_property
    def _in_order(self) -> list[str]:
        return sorted(self.readings)

    def begins_word(self, text: str) -> bool:
        """Whether some word begins with the text."""
        place = bisect_left(self._in_order, text)
        return place < len(self._in_order) and self._in_order[place].startswith(text)
