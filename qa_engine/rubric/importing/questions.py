"""What the owner of a form has to decide, with the place in the table that asks for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """`code` is stable; `found` is the wording of the form, `text` asks, `assumed` is what the draft does for now.

    `row` is the row of the sheet, None for the form as a whole; `item` is the id in the draft, None likewise."""

    code: str
    text: str
    assumed: str = ""
    found: str = ""
    row: int | None = None
    item: str | None = None

    def __str__(self) -> str:
        return f"{self.text}(现在:{self.assumed})" if self.assumed else self.text
