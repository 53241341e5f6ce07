"""The form in which words are looked for: the normal form without punctuation, with the way back to the original.

A turn with spoken numerals has two such forms, with digits and as it was said, so that 两万五 is found by 25000 and by 两万五.
"""

from __future__ import annotations

from dataclasses import dataclass

from qa_engine.language.normalize import Normalized, fold, normalize
from qa_engine.language.redaction import BLOCK

GAP = " "
"""Stands where punctuation between two digits was left out: 100,200 (two numbers) is not 100200."""
_KEPT = frozenset(f"%{BLOCK}")
_MULTIPLES = frozenset("万亿千百%")


@dataclass(frozen=True, slots=True)
class Form:
    """`chars` to look in; `spans[i]` is where `chars[i]` stands in the original, `[start, end)`."""

    chars: str
    spans: tuple[tuple[int, int], ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where `chars[start:end]` stands in the original."""
        return self.spans[start][0], max(last for _, last in self.spans[start:end])


def forms(text: str) -> tuple[Form, ...]:
    """The forms of a text: one, or two where it has spoken numerals."""
    digits = normalize(text)
    if not digits.numerals:
        return (_form(digits),)
    folded, offsets = fold(text)
    return _form(digits), _form(Normalized(folded, tuple(offsets), text))


def _form(normal: Normalized) -> Form:
    text = normal.text
    ends = {end: start for start, end in normal.numerals}
    inside = {place for start, end in normal.numerals for place in range(start, end)}
    last_of = {place: end for end, start in ends.items() for place in range(start, end)}
    chars: list[str] = []
    spans: list[tuple[int, int]] = []
    dropped = False
    for place, char in enumerate(text):
        if not (char.isalnum() or char in _KEPT or _is_point(text, place)):
            dropped = True
            continue
        start = normal.offsets[place]
        # The digits of a spoken numeral do not point at its characters one by one: the last stands for the rest of it.
        is_last = place in inside and last_of[place] == place + 1
        end = normal.offsets[place + 1] if is_last else start + 1
        if dropped and chars and chars[-1].isdigit() and char.isdigit():
            chars.append(GAP)
            spans.append((start, start))
        dropped = False
        chars.append(char)
        spans.append((start, max(end, start + 1)))
    return Form("".join(chars), tuple(spans))


def _is_point(text: str, place: int) -> bool:
    return text[place] == "." and text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()


_NUMERALS = frozenset("零〇一二两三四五六七八九幺十百千万亿点")


def cuts_a_numeral(text: str, start: int, end: int) -> bool:
    """Whether a numeral as it was said is cut in two: 三十 is not in 二百三十."""

    def joins(place: int) -> bool:
        pair = text[max(0, place - 1) : place + 1]
        return len(pair) == 2 and _NUMERALS.issuperset(pair)

    return (start > 0 and joins(start)) or joins(end)


def cuts_a_number(text: str, place: int) -> bool:
    """Whether a number is cut in two here: 100 is not in 2100, 380 not in 380万, 5% not in 0.5%."""
    left, right = text[max(0, place - 2) : place], text[place : place + 2]
    if right[:1].isdigit():
        return left[-1:].isdigit() or (left[-1:] == "." and left[:1].isdigit())
    return left[-1:].isdigit() and (right[:1] in _MULTIPLES or (right[:1] == "." and right[1:].isdigit()))
