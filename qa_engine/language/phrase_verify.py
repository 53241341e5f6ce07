"""Whether what sounds like a phrase is the phrase: the rules that make a sound match trustworthy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from qa_engine.language.negation import NEGATORS, negated_before, negators_in
from qa_engine.language.phonetics import Sounds, folded_syllable, sounds
from qa_engine.language.words import is_word, stands_alone

_NUMERALS = dict(zip("0123456789两幺〇", "零一二三四五六七八九二一零", strict=True))
_NUMBERS = frozenset("零一二三四五六七八九十")
_ONE_EDIT_FROM = 5
_TWO_EDITS_FROM = 9
_SHORT = 3
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_NEVER = 99


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


@dataclass(frozen=True, slots=True)
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
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 — only a compiler of phrases needs it

    read = lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)
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
    )


def _near(one: str, other: str) -> bool:
    """Syllables that share their initial or their final."""
    heads = [next((i for i in _INITIALS if s.startswith(i)), "") for s in (one, other)]
    tails = [s[len(head) :] for s, head in zip((one, other), heads, strict=True)]
    return heads[0] == heads[1] or tails[0] == tails[1]


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


def align(pattern: PhrasePattern, heard: list[str], table: Sounds) -> tuple[int, int, int, int] | None:
    """Where in the heard characters the phrase lies: first and last index, distance, identical characters."""
    if pattern.edits:
        return _align_with_edits(pattern, heard, table)
    alike = [
        likeness(char, readings, other, table)
        for char, readings, other in zip(pattern.chars, pattern.readings, heard, strict=True)
    ]
    same = sum(a == Likeness.SAME for a in alike)
    if same == len(alike) or (not pattern.exact and _sounds_right(alike, same, "".join(heard))):
        return 0, len(heard) - 1, 0, same
    return None


def _sounds_right(alike: list[Likeness], same: int, heard: str) -> bool:
    """Short phrases need more than sound: see `docs/language.md` for what each rule was measured to be worth."""
    if min(alike) < Likeness.FOLDED or len(alike) == 1:
        return False
    if len(alike) > _SHORT:
        return True
    if len(alike) == _SHORT:
        return same >= 1 or min(alike) >= Likeness.TONELESS
    if same == 0 or is_word(heard):
        return min(alike) >= Likeness.TONED and not is_word(heard)
    return min(alike) >= Likeness.TONELESS


def _align_with_edits(
    pattern: PhrasePattern, heard: list[str], table: Sounds
) -> tuple[int, int, int, int] | None:
    """Edit distance of the whole phrase to the best stretch of `heard`. A cell is (cost, -same, first index)."""
    fixed = _NUMBERS | NEGATORS | _NUMERALS.keys()
    row = [(0, 0, j) for j in range(len(heard) + 1)]
    for char, readings in zip(pattern.chars, pattern.readings, strict=True):
        skip = _NEVER if char in fixed else 1
        above, row = row, [(row[0][0] + skip, 0, 0)]
        for j, other in enumerate(heard, start=1):
            alike = likeness(char, readings, other, table)
            change = (
                0
                if alike >= Likeness.FOLDED
                else 1
                if alike == Likeness.NEAR and char not in fixed
                else _NEVER
            )
            cost, same, first = above[j - 1]
            replaced = (cost + change, same - (alike == Likeness.SAME), first)
            dropped = (above[j][0] + skip, above[j][1], above[j][2])
            added_cost = _NEVER if other in fixed else 1
            added = (row[j - 1][0] + added_cost, row[j - 1][1], row[j - 1][2])
            row.append(min(replaced, dropped, added))
    cost, same, end = min((cell[0], cell[1], j) for j, cell in enumerate(row))
    first = row[end][2]
    if cost > pattern.edits or end <= first or 2 * -same < len(pattern.chars):
        return None
    return first, end - 1, cost, -same


def verify(pattern: PhrasePattern, text: str, start: int, end: int) -> bool:
    """The checks on the characters of the turn: numbers whole, nothing negated, no chance substring."""
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
        if negated_before(text, start, pattern.text):
            return False
    return (
        len(pattern.chars) > _SHORT or len(pattern.chars) == 1 or stands_alone(text, start, end, pattern.text)
    )


def _cuts_a_number(text: str, place: int) -> bool:
    """Whether a number is cut in two at this place: 100 元 is none of 2100 元."""
    return 0 < place < len(text) and text[place - 1].isdigit() and text[place].isdigit()
