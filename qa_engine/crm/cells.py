"""Cells as people write them in orders and tickets: money, counts, customers."""

from __future__ import annotations

import re
from decimal import Decimal

from qa_engine.dialer.cells import FULL_WIDTH, phone, yes
from qa_engine.dialer.mapped import MASKED
from qa_engine.dialer.reader import Cells, Context
from qa_engine.dialer.records import Reason, Rejected

LARGEST_C = 10**14  # a trillion: more is a slip of columns
_AMOUNT = re.compile(
    r"(?:¥|￥|RMB|CNY|人民币)?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(万)?(?:元整?|圆|块|RMB|CNY)?$", re.IGNORECASE
)


def hundredths(text: str) -> int | None:
    """Money in hundredths: `1280`, `1,280.50`, `¥1280.5元`, `1.2万`. None for an empty cell.

    Raises `Rejected` bad_amount: a sign, another currency, or more than two decimals."""
    if not text:
        return None
    found = _AMOUNT.match(text.translate(FULL_WIDTH).replace(" ", ""))
    if not found:
        raise Rejected(Reason.BAD_AMOUNT)
    exact = Decimal(found[1].replace(",", "") + (found[2] or "")) * (1_000_000 if found[3] else 100)
    if exact != int(exact) or exact > LARGEST_C:
        raise Rejected(Reason.BAD_AMOUNT)
    return int(exact)


def times(text: str) -> int | None:
    """How often: a whole number, or yes and no. None for an empty cell or another word."""
    number = text.translate(FULL_WIDTH).removesuffix("次")
    if number.isdigit() and number.isascii():
        return min(int(number), 10_000)
    said = yes(text)
    return None if said is None else int(said)


def customer(row: Cells, context: Context) -> tuple[str | None, str | None]:
    """(id, pseudonym of the number) of the customer. Raises `Rejected` bad_phone."""
    number = None if MASKED.match(row["phone"]) else phone(row["phone"])
    return row["lead"][:200] or None, context.pseudonym(number)
