"""Parameters shared by routes: bounded, and free of what a database cannot hold."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, StringConstraints

from models.call import CallState
from qa_engine.scoring.evaluation import Result, Verdict

__all__ = ["FIRST_DAY", "CallId", "CallState", "Page", "PageSize", "Result", "Text", "Verdict"]
LAST_PAGE = 1_000_000
FIRST_DAY = date(2000, 1, 1)
"""No call was recorded before; looks back from a day stay within the calendar."""


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
