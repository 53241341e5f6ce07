"""Whether what sounds like a phrase is the phrase: the rules that make a sound match trustworthy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from qa_engine.language.negation import NEGATORS, negated_after, negated_before, negators_in
from qa_engine.language.phonetics import Sounds, folded_syllable, sounds
from qa_engine.language.readings import readings_in_context
from qa_engine.language.words import is_word, stands_alone
from qa_engine.values import value

_NUMERALS = dict(zip("0123456789两幺〇", "零一二三四五六七八九二一零", strict=True))
_NUMBERS = frozenset("零一二三四五六七八九十")
_ONE_EDIT_FROM = 5
_TWO_EDITS_FROM = 9
_SHORT = 3
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_NEVER = 99
_FIXED = _NUMBERS | NEGATORS | _NUMERALS.keys()
"""Characters that no edit may touch."""
LEFT, RIGHT = 32, 16
"""How far `verify` looks beyond a hit: a negation to its left or right, a word that reaches across its borders."""
_MULTIPLES = frozenset("万亿千百%")


class Likeness(IntEnum):
    """How alike two characters are."""

    DIFFERENT = 0
    NEAR = 1  # share the beginning or the end of the syllable: 贷 and 代理的 理 do not, 险 and 先 do
    FOLDED = 2  # the same but for zh/z, n/l, ang/an …
    TONELESS = 3
    TONED = 4
    SAME = 5


@dataclass(frozen=True, slots=True)
class PhrasePattern:
    """A compiled phrase. `chars` are its spoken characters, `readings` their toneless syllables (more than one where
    the word is read otherwise than the character: 银行), `codes` its scan strings, `edits` how many may be wrong."""

    number: int
    text: str
    chars: str
    readings: tuple[frozenset[str], ...]
    codes: tuple[str, ...]
    edits: int
    exact: bool
    guarded: bool
    masks: Mapping[str, int] = field(default_factory=dict, compare=False)
    """Scan character → bits of the places where the phrase has it."""


@value
class Heard:
    """A verified hit at `[start, end)` of the scanned text; `same` counts identical characters."""

    phrase: int
    start: int
    end: int
    distance: int
    same: int


def _edits(length: int, match: str) -> int:
    if match != "fuzzy" or length < _ONE_EDIT_FROM:
        return 0
    return 2 if length >= _TWO_EDITS_FROM else 1


def _word_readings(text: str) -> list[str]:
    """Readings in context, a character each; empty for phrases with letters or digits in them."""
    read = readings_in_context(text)
    return read if len(read) == len(text) else []


def compile_phrase(number: int, text: str, match: str, *, guarded: bool) -> PhrasePattern:
    """A phrase in normal form, ready to be found."""
    table = sounds()
    codes, places = table.encode(text)
    chars = "".join(text[place] for place in places)
    plain = [table.plain(char) for char in chars]
    spoken = _word_readings(text)
    in_context = [spoken[place] for place in places] if spoken else plain
    variants = {codes}
    for i, (own, other) in enumerate(zip(plain, in_context, strict=True)):
        if folded_syllable(own) != folded_syllable(other) and chars[i] not in _NUMERALS:
            variants |= {v[:i] + table.code_of(folded_syllable(other)) + v[i + 1 :] for v in set(variants)}
    readings = tuple(frozenset(pair) for pair in zip(plain, in_context, strict=True))
    return PhrasePattern(
        number,
        text,
        chars,
        readings,
        tuple(sorted(variants)),
        _edits(len(chars), match),
        match == "exact",
        guarded,
        _masks(variants),
    )


def _masks(codes: Iterable[str]) -> Mapping[str, int]:
    masks: dict[str, int] = {}
    for variant in codes:
        for place, code in enumerate(variant):
            masks[code] = masks.get(code, 0) | 1 << place
    return masks


def may_align(pattern: PhrasePattern, codes: str) -> bool:
    """Whether some stretch of the scan string is at most `edits` syllables away from the phrase: an edit distance in
    a few bit operations a syllable (Myers 1999). Never false where `align` finds the phrase."""
    masks, top = pattern.masks, 1 << (len(pattern.chars) - 1)
    full = 2 * top - 1
    up, down, distance = full, 0, len(pattern.chars)
    for code in codes:
        same = masks.get(code, 0)
        across = ((same & up) + up ^ up) | same
        rising = down | ~(across | up) & full
        falling = up & across
        if rising & top:
            distance += 1
        elif falling & top:
            distance -= 1
            if distance <= pattern.edits:
                return True
        rising <<= 1
        up = (falling << 1 | ~(same | down | rising)) & full
        down = rising & (same | down)
    return False


def _near(one: str, other: str) -> bool:
    """Syllables that share their initial or their final."""
    heads = [next((i for i in _INITIALS if s.startswith(i)), "") for s in (one, other)]
    tails = [s[len(head) :] for s, head in zip((one, other), heads, strict=True)]
    return heads[0] == heads[1] or tails[0] == tails[1]


@lru_cache(maxsize=1 << 12)
def _likeness(char: str, readings: frozenset[str], heard: str) -> Likeness:
    return likeness(char, readings, heard, sounds())


def likeness(char: str, readings: frozenset[str], heard: str, table: Sounds) -> Likeness:
    """How alike a phrase's character (with its readings) and a heard one are."""
    if char == heard:
        return Likeness.SAME
    meant, said = _NUMERALS.get(char, char), _NUMERALS.get(heard, heard)
    if meant == said:
        return Likeness.SAME
    numbers = (meant in _NUMBERS, said in _NUMBERS)
    if all(numbers) or char.isdigit() or heard.isdigit() or heard not in table.toned:
        return Likeness.DIFFERENT
    sound = table.plain(heard)
    if sound in readings:
        return Likeness.TONED if table.toned.get(char) == table.toned[heard] else Likeness.TONELESS
    folded = folded_syllable(sound)
    if any(folded == folded_syllable(reading) for reading in readings):
        return Likeness.FOLDED
    return Likeness.NEAR if any(_near(sound, reading) for reading in readings) else Likeness.DIFFERENT


def align(pattern: PhrasePattern, heard: str) -> tuple[int, int, int, int] | None:
    """Where in the heard characters the phrase lies: first and last index, distance, identical characters."""
    length = len(pattern.chars)
    word_for_word = heard.find(pattern.chars)
    if word_for_word >= 0:
        return word_for_word, word_for_word + length - 1, 0, length
    if pattern.edits:
        return _align_with_edits(pattern, heard)
    alike = list(map(_likeness, pattern.chars, pattern.readings, heard))
    same = alike.count(Likeness.SAME)
    if same == length or (not pattern.exact and _sounds_right(alike, same, heard)):
        return 0, length - 1, 0, same
    return None


def _sounds_right(alike: list[Likeness], same: int, heard: str) -> bool:
    """Short phrases need more than sound: see `docs/language.md` for what each rule was measured to be worth."""
    if min(alike) < Likeness.FOLDED or len(alike) == 1:
        return False
    if len(alike) > _SHORT:
        return True
    if len(alike) == _SHORT:
        return same >= 1 or min(alike) >= Likeness.TONELESS
    if same == 0:
        return min(alike) >= Likeness.TONED and not is_word(heard)
    return not is_word(heard) and min(alike) >= Likeness.FOLDED


def _align_with_edits(pattern: PhrasePattern, heard: str) -> tuple[int, int, int, int] | None:
    """Edit distance of the whole phrase to the best stretch of `heard`. A cell is (cost, -same, first index)."""
    row = [(0, 0, j) for j in range(len(heard) + 1)]
    for char, readings in zip(pattern.chars, pattern.readings, strict=True):
        skip = _NEVER if char in _FIXED else 1
        above, row = row, [(row[0][0] + skip, 0, 0)]
        for j, other in enumerate(heard, start=1):
            alike = _likeness(char, readings, other)
            change = (
                0
                if alike >= Likeness.FOLDED
                else 1
                if alike == Likeness.NEAR and char not in _FIXED
                else _NEVER
            )
            cost, same, first = above[j - 1]
            replaced = (cost + change, same - (alike == Likeness.SAME), first)
            dropped = (above[j][0] + skip, above[j][1], above[j][2])
            added_cost = _NEVER if other in _FIXED else 1
            added = (row[j - 1][0] + added_cost, row[j - 1][1], row[j - 1][2])
            row.append(min(replaced, dropped, added))
    cost, same, end = min((cell[0], cell[1], j) for j, cell in enumerate(row))
    first = row[end][2]
    if cost > pattern.edits or end <= first or 2 * -same < len(pattern.chars):
        return None
    return first, end - 1, cost, -same


def verify(pattern: PhrasePattern, text: str, start: int, end: int) -> bool:
    """The checks on the characters of the turn: numbers whole, nothing negated, no chance substring. `text` is the turn
    or the part of it that reaches `LEFT` and `RIGHT` characters beyond the hit."""
    heard = text[start:end]
    if (
        len(pattern.chars) <= _SHORT
        and not heard.isalnum()
        and "".join(filter(str.isalnum, heard)) != pattern.chars
    ):
        return False  # 行,不过 is no 信不过: a short phrase that only sounds right is said in one breath
    if _cuts_a_number(text, start) or _cuts_a_number(text, end):
        return False
    if pattern.guarded:
        if negators_in(heard) > negators_in(pattern.text):
            return False
        if negated_before(text, start, pattern.text) or negated_after(text, end):
            return False
    return (
        len(pattern.chars) > _SHORT or len(pattern.chars) == 1 or stands_alone(text, start, end, pattern.text)
    )


def _cuts_a_number(text: str, place: int) -> bool:
    """Whether a number is cut in two at this place: 100元 is none of 2100元, 5% none of 0.5%, 380 none of 380万."""
    left, right = text[:place][-2:], text[place : place + 2]
    if right[:1].isdigit():
        return left[-1:].isdigit() or (left[-1:] == "." and left[:1].isdigit())
    return left[-1:].isdigit() and (right[:1] in _MULTIPLES or (right[:1] == "." and right[1:].isdigit()))
