"""The call list's address: which calls, in which order, which page. What cannot be read is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from models.call import CallState
from models.call_filter import CallFilter
from models.call_measure import Mood
from models.queries import Sort

TEXT_FIELDS = (
    "text", "agent", "team", "region", "campaign", "rubric", "result", "state", "disposition", "item", "verdict",
    "objection", "outcome", "reviewed",
)  # fmt: skip
SHARES = ("min_silence", "max_silence", "min_talk", "max_talk")
LENGTHS = ("min_s", "max_s")
NUMBERS = {"min": 100.0, "max": 100.0, **dict.fromkeys(SHARES, 100.0), **dict.fromkeys(LENGTHS, 1e6)}
"""Fields that hold a number, each with the largest that is read."""
FIELDS = (*TEXT_FIELDS, "mood", "from", "to", *NUMBERS)
PAGE_SIZE = 50
REVIEWED = {"yes": True, "no": False}
WORKING = "working"
"""A choice of state that stands for all states in which work is still to come."""
ENDED = (CallState.DONE, CallState.NO_CONVERSATION, CallState.FAILED)
WORKING_STATES = tuple(state.value for state in CallState if state not in ENDED)
MAX_CHARS = 200


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`values` by field name, only those that are set and readable."""

    values: Mapping[str, str]
    sort: Sort = Sort.NEWEST
    page: int = 1

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def url(self, **changes: str | int | None) -> str:
        """The list's address with some fields set otherwise (None or "": not set). Begins at page 1 again."""
        values: dict[str, str | int | None] = {
            **self.values,
            "sort": self.sort.value,
            "page": None,
            **changes,
        }
        if values["sort"] == Sort.NEWEST:
            values["sort"] = None
        if values["page"] == 1:
            values["page"] = None
        set_ = {name: value for name, value in values.items() if value not in {None, ""}}
        return f"/?{urlencode(set_)}" if set_ else "/"

    @property
    def filter(self) -> CallFilter:
        """What the store is asked."""
        wanted = {name: self.values.get(name) for name in TEXT_FIELDS}
        working = wanted["state"] == WORKING
        return CallFilter(
            rubric=wanted["rubric"],
            agent_id=wanted["agent"],
            team_id=wanted["team"],
            region=wanted["region"],
            campaign=wanted["campaign"],
            disposition=wanted["disposition"],
            state=None if working else wanted["state"],
            states=WORKING_STATES if working else (),
            first_day=_day(self.get("from")),
            last_day=_day(self.get("to")),
            result=wanted["result"],
            min_score=_number("min", self.get("min")),
            max_score=_number("max", self.get("max")),
            item=wanted["item"],
            verdict=wanted["verdict"],
            objection=wanted["objection"],
            outcome=wanted["outcome"],
            text=wanted["text"],
            reviewed=REVIEWED.get(wanted["reviewed"] or ""),
            mood=Mood(self.get("mood")) if self.get("mood") else None,
            min_duration_s=_number("min_s", self.get("min_s")),
            max_duration_s=_number("max_s", self.get("max_s")),
            min_silence=_number("min_silence", self.get("min_silence")),
            max_silence=_number("max_silence", self.get("max_silence")),
            min_talk=_number("min_talk", self.get("min_talk")),
            max_talk=_number("max_talk", self.get("max_talk")),
        )


def read_query(parameters: Mapping[str, str]) -> ListQuery:
    """The query of an address."""
    values = {
        name: value
        for name in FIELDS
        if (value := parameters.get(name, "").replace("\0", "").strip()[:MAX_CHARS])
        and (name not in {"from", "to"} or _day(value))
        and (name not in NUMBERS or _number(name, value) is not None)
        and (name != "reviewed" or value in REVIEWED)
        and (name != "mood" or value in set(Mood))
    }
    sort = parameters.get("sort", "")
    page = parameters.get("page", "")
    return ListQuery(
        values,
        Sort(sort) if sort in set(Sort) else Sort.NEWEST,
        int(page) if page.isascii() and page.isdecimal() and 0 < int(page) < 1_000_000 else 1,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(name: str, text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= NUMBERS[name] else None
