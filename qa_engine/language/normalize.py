"""One normal form of what was said: full-width → half-width, Traditional → Simplified, case-folded, spoken
numerals as digits. Nothing is deleted, so that every character of the normal form points back into the original.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa_engine.language.numbers import numerals
from qa_engine.language.package_files import package_file
from qa_engine.values import value

# 著 is a character of its own in Simplified (著名) and the Taiwanese way to write 着 (接著).
_ZHU_WORDS = re.compile(r"著(?=[名作称者述书])|(?<=[显卓昭原专编论巨土名译])著")

_TAIWANESE = {"妳": "你", "牠": "它", "祂": "他", "帳": "账", "帐": "账", "唸": "念"}
"""Other characters for the same word; 帐 (a tent) is hardly ever meant on the phone."""


@value
class Normalized:
    """`text` in normal form; `offsets[i]` is the index in the original of the character that `text[i]` came from,
    `offsets[len(text)]` the original's length. Offsets never decrease, so `original[offsets[a]:offsets[b]]` is the
    original wording of `text[a:b]`. `numerals` are the `[start, end)` spans of `text` that were spoken numerals."""

    text: str
    offsets: tuple[int, ...]
    original: str
    numerals: tuple[tuple[int, int], ...] = ()


class _Folding(dict[str, str]):
    """Normal form of single characters, filled as they are met."""

    def __missing__(self, char: str) -> str:
        plain = unicodedata.normalize("NFKC", char)
        characters = simplified_characters()
        folded = "".join(characters.get(c, c) for c in plain).casefold()
        self[char] = folded
        return folded


def _dictionary(name: str) -> dict[str, str]:
    """One of OpenCC's tables: the first choice for every key whose length does not change."""
    lines = package_file("opencc", "dictionary", name).read_text(encoding="utf-8").splitlines()
    pairs = (line.strip().split("\t") for line in lines if "\t" in line)
    first = {key: value.split(" ")[0] for key, value in pairs}
    return {key: value for key, value in first.items() if len(key) == len(value)}


@lru_cache(maxsize=1)
def simplified_characters() -> dict[str, str]:
    """Traditional → Simplified, a character each (source: OpenCC `TSCharacters`)."""
    return _dictionary("TSCharacters.txt") | _TAIWANESE


@lru_cache(maxsize=1)
def _phrase_rewriter() -> Callable[[str], str]:
    phrases = _dictionary("TSPhrases.txt")
    pattern = re.compile("|".join(sorted(map(re.escape, phrases), key=len, reverse=True)))
    return lambda text: pattern.sub(lambda hit: phrases[hit.group()], text)


_FOLDING = _Folding()


def _is_traditional(text: str) -> bool:
    return not simplified_characters().keys().isdisjoint(text)


def simplify(text: str) -> str:
    """Traditional → Simplified, length kept. Phrases first (瞭解 → 了解, 乾坤 stays), then characters."""
    if not _is_traditional(text):
        return text
    text = _phrase_rewriter()(text)
    kept = {hit.start() for hit in _ZHU_WORDS.finditer(text)}
    characters = simplified_characters()
    return "".join("着" if c == "著" and i not in kept else characters.get(c, c) for i, c in enumerate(text))


def fold(text: str) -> tuple[str, list[int]]:
    """`text` in half-width Simplified lower case, numerals as they were said, with offsets as in `Normalized`."""
    folded = [_FOLDING[char] for char in simplify(text)]
    joined = "".join(folded)
    if len(joined) == len(text) and all(folded):
        return joined, list(range(len(text) + 1))
    offsets = [i for i, part in enumerate(folded) for _ in part]
    offsets.append(len(text))
    return joined, offsets


def normalize(text: str) -> Normalized:
    """The normal form of `text` with offsets into it."""
    folded, offsets = fold(text)
    return _in_digits(folded, offsets, text)


def _in_digits(folded: str, offsets: Sequence[int], text: str) -> Normalized:
    """The normal form of `text`, of which `folded` has the numerals as they were said."""
    found = numerals(folded)
    if not found:
        return Normalized(folded, tuple(offsets), text)
    parts: list[str] = []
    places: list[int] = []
    spans: list[tuple[int, int]] = []
    done = 0
    for numeral in found:
        parts += [folded[done : numeral.start], numeral.digits]
        places += offsets[done : numeral.start]
        spans.append((len(places), len(places) + len(numeral.digits)))
        last = numeral.end - numeral.start - 1
        places += [offsets[numeral.start + min(k, last)] for k in range(len(numeral.digits))]
        done = numeral.end
    parts.append(folded[done:])
    places += offsets[done:]
    return Normalized("".join(parts), tuple(places), text, tuple(spans))


def normalize_all(texts: Sequence[str]) -> list[Normalized]:
    """The normal forms of many texts, as `normalize` gives them. Most turns of a call need no more than a look into a
    table, which is one step for all of them together."""
    joined = _SEPARATOR.join(texts)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    table = _table()
    folded = table.folded[np.minimum(points, _LAST_POINT)]
    separators = np.flatnonzero(points == ord(_SEPARATOR))
    if len(separators) != len(texts) - 1:
        return [normalize(text) for text in texts]
    parts = folded.tobytes().decode("utf-32-le").split(_SEPARATOR)
    forms = [Normalized(part, _straight(len(part)), text) for text, part in zip(texts, parts, strict=True)]
    with_numerals = np.searchsorted(separators, np.flatnonzero(table.begins_numeral(folded)))
    for turn in set(with_numerals.tolist()):
        forms[turn] = _in_digits(parts[turn], forms[turn].offsets, texts[turn])
    for turn in set(np.searchsorted(separators, np.flatnonzero(folded == 0)).tolist()):
        forms[turn] = normalize(texts[turn])
    return forms


@lru_cache(maxsize=1024)
def _straight(length: int) -> tuple[int, ...]:
    """The offsets of a text whose normal form is as long."""
    return tuple(range(length + 1))


_SEPARATOR = "\x1e"
_LAST_POINT = 0xFFFF
_NUMERAL, _AFTER_NUMERAL, _BEFORE_NUMERAL, _ALWAYS = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class _Table:
    """By code point up to `_LAST_POINT`: the folded code point, 0 where folding takes more than a look at the
    character; and what it has to do with numerals."""

    folded: NDArray[np.uint32]
    numeral: NDArray[np.uint8]

    def begins_numeral(self, points: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """Where a numeral may begin that is written in digits: alone (一下, 一个) most are not."""
        kinds = self.numeral[points]
        found = kinds >= _ALWAYS
        beside = kinds & _NUMERAL
        found[:-1] |= (beside[:-1] & ((kinds[1:] & _NUMERAL) | (kinds[1:] >> 1 & 1))).astype(bool)
        found[1:] |= (beside[1:] & (kinds[:-1] >> 2 & 1)).astype(bool)
        return found


@lru_cache(maxsize=1)
def _table() -> _Table:
    folded = np.zeros(_LAST_POINT + 1, np.uint32)
    characters = simplified_characters()
    for point in range(_LAST_POINT):
        char = chr(point)
        if char in characters or "\ud800" <= char <= "\udfff":
            continue
        one = _FOLDING[char]
        if len(one) == 1:
            folded[point] = ord(one)
    numeral = np.zeros(_LAST_POINT + 1, np.uint8)
    for kind, chars in (
        (_NUMERAL, "零〇一二两三四五六七八九幺十百千万亿0123456789"),
        (_AFTER_NUMERAL, "元%块毛角分美港人点.,月"),
        (_BEFORE_NUMERAL, "块毛"),
        (_ALWAYS, "十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"),
    ):
        numeral[[ord(char) for char in chars]] |= kind
    _FOLDING.clear()
    return _Table(folded, numeral)
