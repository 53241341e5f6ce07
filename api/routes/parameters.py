"""Parameters shared by routes: bounded, and free of what a database cannot hold."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, Field, StringConstraints

from models.call import CallState
from models.clock import FIRST_DAY
from qa_engine.scoring.evaluation import Result, Verdict

__all__ = ["CallId", "CallState", "Day", "Month", "Page", "PageSize", "Result", "Text", "Verdict", "first_of"]
LAST_PAGE = 1_000_000
Day = Annotated[date, Field(ge=FIRST_DAY)]
"""A day that figures are asked for."""


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain NUL")
    return text


Text = Annotated[str, StringConstraints(max_length=200), AfterValidator(_storable)]
CallId = Annotated[
    str,
    Path(description="通话编号 · Call id from the receipt", max_length=64, examples=["k7w3pnq8xv2m"]),
    AfterValidator(_storable),
]
Page = Annotated[int, Query(ge=1, le=LAST_PAGE, description="页码,从 1 开始 · Page from 1")]
PageSize = Annotated[int, Query(ge=1, le=500, description="每页条数 · Calls a page")]
Month = Annotated[
    str,
    StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$"),
]
"""A month as `2026-11`; `first_of` gives its first day."""


def first_of(month: str) -> date:
    """The first day of a `Month`."""
    return date.fromisoformat(f"{month}-01")
