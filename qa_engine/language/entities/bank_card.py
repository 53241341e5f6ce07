"""Bank cards: 16–19 digits, the last a check digit (ISO/IEC 7812-1, Luhn)."""

from __future__ import annotations

import re

_LENGTHS = range(16, 20)
_ISSUED = re.compile(r"62|60|4|5[1-5]|35")
"""First digits of cards that mainland and Taiwan banks hand out: UnionPay, Visa, Mastercard, JCB, old domestic ones."""


def is_bank_card(digits: str, *, announced: bool) -> bool:
    """Whether digits are a card number. `announced`: given as one; otherwise the check digit must agree, and the
    number begin like a card's."""
    if len(digits) not in _LENGTHS or not digits.isdigit():
        return False
    return announced or (_ISSUED.match(digits) is not None and _luhn(digits))


def _luhn(digits: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value // 10 + value % 10
    return total % 10 == 0
