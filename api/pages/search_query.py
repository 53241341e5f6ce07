"""The address of a search: what was asked, the filters of the list of calls, order and page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from api.pages.list_query import FIELDS, MAX_CHARS, ListQuery, read_query
from models.search import SearchSort

SEARCH_SIZE = 20
PATH = "/search"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """`asked` is what was typed; `call` narrows to all hits of one call."""

    asked: str
    listed: ListQuery
    sort: SearchSort = SearchSort.RELEVANCE
    by_sound: bool = True
    call: str = ""

    @property
    def page(self) -> int:
        return self.listed.page

    @property
    def has_filters(self) -> bool:
        return bool(self.listed.values)

    def get(self, name: str) -> str:
        """A filter's value, "" where it is not set."""
        return self.listed.get(name)

    def url(self, **changes: str | int | None) -> str:
        """The address with some fields set otherwise (None or "": not set). Begins at page 1 again."""
        values: dict[str, str | int | None] = {
            "q": self.asked,
            **self.listed.values,
            "sort": None if self.sort is SearchSort.RELEVANCE else self.sort.value,
            "sound": None if self.by_sound else "0",
            "call": self.call,
            **changes,
        }
        if values.get("page") == 1:
            values["page"] = None
        return (
            f"{PATH}?{urlencode({name: value for name, value in values.items() if value not in {None, ''}})}"
        )

    @property
    def export_url(self) -> str:
        """The same as a table."""
        return self.url().replace(PATH, f"{PATH}.csv", 1)

    def without_filters(self) -> str:
        """The address with nothing but what was asked."""
        return self.url(**dict.fromkeys(FIELDS))


def read_search(parameters: Mapping[str, str]) -> SearchQuery:
    """The search of an address; what cannot be read is left out."""
    sort, sound = parameters.get("sort", ""), parameters.get("sound", "")
    listed = read_query({name: value for name, value in parameters.items() if name != "sort"})
    return SearchQuery(
        parameters.get("q", "").replace("\0", "").strip()[: 2 * MAX_CHARS],
        listed,
        SearchSort(sort) if sort in set(SearchSort) else SearchSort.RELEVANCE,
        sound != "0",
        parameters.get("call", "").replace("\0", "").strip()[:64],
    )
