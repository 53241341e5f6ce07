"""What a report may show of a row that was not stored: the cell at fault, without anybody's number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from qa_engine.dialer.records import Reason, Refusal, Rejected
from qa_engine.language.redaction import mask_number

LONGEST = 80
# Seven digits or more, with the signs that people put between them. A date in front of a time is no number of anybody.
_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d)\+?\d(?:[ \-().]?\d){6,}")


def shown(text: str) -> str:
    """The text, shortened, with the middle of everything that could be a telephone number hidden."""
    return _NUMBER.sub(lambda hit: mask_number(hit.group()), text[:LONGEST])


def refusal(rejected: Rejected, row: Mapping[str, str]) -> Refusal:
    """The refusal of a row: the column is the first that holds the cell at fault. Of a telephone number nothing but
    its length and signs is shown, whatever it looks like."""
    if not rejected.found:
        return Refusal(rejected.reason)
    column = next((name for name, cell in row.items() if cell == rejected.found), "")
    found = rejected.found[:LONGEST]
    if rejected.reason is Reason.BAD_PHONE:
        found = re.sub(r"[0-9A-Za-z]", "*", found)
    return Refusal(rejected.reason, column, shown(found))
