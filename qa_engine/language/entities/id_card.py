"""Identity numbers: mainland 18 characters (GB 11643-1999), Taiwan letter and nine digits."""

from __future__ import annotations

import re

_FORM = re.compile(r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx]")
_FACTORS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10x98765432"
_TAIWAN = re.compile(r"[a-z][1289]\d{8}")
_TAIWAN_LETTERS = "abcdefghjklmnpqrstuvxywzio"
"""In the order of their values, from 10 on."""
_ANNOUNCED = range(17, 20)
LENGTH = 18


def is_id_card(digits: str, *, announced: bool) -> bool:
    """Whether digits (the last may be `x`) are a mainland number. `announced`: given as one, then a misheard digit,
    one too many or one too few change nothing."""
    if announced:
        return len(digits) in _ANNOUNCED and digits[:-1].isdigit()
    return _FORM.fullmatch(digits) is not None and _check(digits[:17]) == digits[17]


def _check(digits: str) -> str:
    return _CHECKS[sum(int(d) * factor for d, factor in zip(digits, _FACTORS, strict=True)) % 11]


def is_taiwan_id(value: str, *, announced: bool) -> bool:
    """Whether a lower-case letter and nine digits are a Taiwan number."""
    if not _TAIWAN.fullmatch(value):
        return False
    letter = _TAIWAN_LETTERS.index(value[0]) + 10
    digits = (letter // 10, letter % 10, *map(int, value[1:]))
    factors = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return announced or sum(d * f for d, f in zip(digits, factors, strict=True)) % 10 == 0
