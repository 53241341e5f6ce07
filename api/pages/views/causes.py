"""Where single calls of one kind come from, as lines of a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from api.pages.figures import masked
from api.pages.languages import Words
from api.pages.views.waterfall import points_text
from models.call_causes import FORMAT


@dataclass(frozen=True, slots=True)
class CauseLine:
    """One dimension: the call's own value, how often the sign is found there and elsewhere. `change` is "" below 30 calls;
    `is_likely`: the difference lies above 0 beyond chance."""

    name: str
    value: str
    url: str
    like: str
    others: str
    change: str
    is_likely: bool


@dataclass(frozen=True, slots=True)
class CauseLines:
    """All of `callqa.call-causes/1`. `compared`: calls suffice in some dimension; `explained`: one stands out."""

    first: str
    last: str
    hits: str
    calls: str
    lines: tuple[CauseLine, ...]
    compared: bool
    explained: bool


def is_causes(found: Mapping[str, Any]) -> bool:
    """Whether a ticket's attribution is one of single calls."""
    return found.get("format") == FORMAT


def _share(hits: int, calls: int) -> str:
    return f"{hits:,} / {calls:,}" + (f" ({hits / calls:.1%})" if calls else "")


def cause_lines(found: Mapping[str, Any], words: Words) -> CauseLines:
    """The view of `callqa.call-causes/1`."""
    period = found["period"]
    filters = {"people": "agent", "customers": "campaign"}
    lines = tuple(
        CauseLine(
            name=words(f"cause.{one['part']}"),
            value=f"{one['value']}:00" if one["part"] == "process" else words.prose(masked(one["value"])),
            url=f"/?{urlencode({**period, filters[one['part']]: one['value']})}"
            if one["part"] in filters
            else "",
            like=_share(one["hits"], one["calls"]),
            others=_share(one["other_hits"], one["other_calls"]),
            change=""
            if one["change"] is None
            else f"{points_text(one['change'])} ({points_text(one['low'])} … {points_text(one['high'])})",
            is_likely=one["low"] is not None and one["low"] > 0,
        )
        for one in found["parts"]
    )
    return CauseLines(
        period["from"],
        period["to"],
        f"{found['hits']:,}",
        f"{found['calls']:,}",
        lines,
        any(one.change for one in lines),
        any(one.is_likely for one in lines),
    )
