"""How characters and words are read, from pypinyin's tables without pypinyin: imported, it keeps 70 MiB of them in every
process that scores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from sys import intern

from qa_engine.language.package_files import package_file

_LONGEST = 10
_CHARACTER = re.compile(r'"(\d+)":\s*"([^",]*)')
_WORD = re.compile(r'"([^"]+)":\s*\[((?:\s*\[[^\]]*\],?)+)\s*\]')
"""A word and its readings. Read so and not as a JSON document, no more is in memory at a time than one of them."""
_FIRST_READING = re.compile(r'\[\s*"([^"]*)"')
_HAN = re.compile(r"[\u3007\ue815-\ue864\ufa18\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@lru_cache(maxsize=1)
def character_readings() -> Mapping[str, str]:
    """Character → its most frequent reading, with its tone."""
    table = package_file("pypinyin", "pinyin_dict.json").read_text("utf-8")
    return {chr(int(hit[1])): intern(hit[2]) for hit in _CHARACTER.finditer(table)}


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


@lru_cache(maxsize=4096)
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
    while text:
        lengths = range(min(_LONGEST, len(text)), 1, -1)
        length = next((n for n in lengths if _readings_of(text[:n]) is not None), 1)
        if length == 1 and f"\n{text[1:]}" in _words().get(text[0], ""):
            yield from text  # pypinyin gives up on a rest that could have become a word
            return
        yield text[:length]
        text = text[length:]


def _read(word: str) -> list[str]:
    return _readings_of(word) or [_usual(char) for char in word]


def _usual(char: str) -> str:
    return plain_reading(character_readings().get(char, char))


def _readings_of(word: str) -> list[str] | None:
    """The readings of a word, none where they are those of its characters; None where it is no word."""
    words, line = _words().get(word[0], ""), f"\n{word[1:]}="
    place = words.find(line)
    if place < 0:
        return None
    place += len(line)
    return words[place : words.index("\n", place)].split()


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str]:
    """First character → its words, a line each: the rest of the word and how it is read, if not as its characters. A
    dictionary of 47,000 words takes ten times the memory."""
    found: dict[str, list[str]] = {}
    for hit in _WORD.finditer(package_file("pypinyin", "phrases_dict.json").read_text("utf-8")):
        word, said = hit[1], [plain_reading(reading) for reading in _FIRST_READING.findall(hit[2])]
        usual = said == [_usual(char) for char in word]
        found.setdefault(word[0], ["\n"]).append(f"{word[1:]}={'' if usual else ' '.join(said)}\n")
    return {first: "".join(lines) for first, lines in found.items()}
