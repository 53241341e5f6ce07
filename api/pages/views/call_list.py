"""The call list as the page shows it: rows, tiles with counts, filters with their choices, paging."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from api.pages.figures import ScoreView, clock, local_time
from api.pages.languages import Words
from api.pages.list_query import NUMBERS, WORKING, ListQuery
from models.call_measure import Mood
from models.queries import CallPage, CallSummary, Facets, Sort
from models.stage_job import Progress

OBJECTIONS_SHOWN = 3
RARE_FIELDS = ("outcome", "reviewed", "rubric", "mood", "from", "to", *NUMBERS)


@dataclass(frozen=True, slots=True)
class Row:
    """One call. `state` is shown instead of a score until the call is done."""

    id: str
    name: str
    started: str
    agent: str
    agent_id: str
    team: str
    campaign: str
    duration: str
    state: str
    is_working: bool
    error: str
    hint: str
    score: ScoreView | None
    result: str
    auto_fails: tuple[str, ...]
    objections: tuple[tuple[str, str], ...]
    more_objections: int
    engine: str
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a filter."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with its choices; `value` is what is chosen, "" for all."""

    name: str
    label: str
    value: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> str:
        return next((option.label for option in self.options if option.value == self.value), self.value)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter that is set, and the address without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A count that links to its calls."""

    name: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A sortable heading: the address that sorts by it, and how it is sorted now ("" if not)."""

    url: str
    sorted: str


@dataclass(frozen=True, slots=True)
class ListView:
    """Everything on the page. `empty` is "no_calls", "no_match" or ""."""

    query: ListQuery
    rows: tuple[Row, ...]
    total: int
    first: int
    last: int
    pages: tuple[tuple[int, str], ...]
    previous: str
    following: str
    columns: Mapping[str, Column]
    tiles: tuple[Tile, ...]
    choices: tuple[Choice, ...]
    chosen: tuple[Chosen, ...]
    progress: Progress
    demo_calls: int
    empty: str

    @property
    def has_rare(self) -> bool:
        """Whether a filter is set that the page folds away."""
        return any(self.query.get(name) for name in RARE_FIELDS)


class FilterQuery(Protocol):
    """An address with filters."""

    def get(self, name: str) -> str: ...
    def url(self, **changes: str | int | None) -> str: ...


@dataclass(frozen=True, slots=True)
class Names:
    """Titles behind ids, from the rubrics."""

    items: Mapping[str, str]
    rubrics: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """What the store answered."""

    page: CallPage
    facets: Facets
    counts: Mapping[tuple[str, str | None], int]
    objections: Mapping[str, tuple[tuple[str, str], ...]]
    progress: Progress


def list_view(found: Found, query: ListQuery, names: Names, *, words: Words, zone: ZoneInfo) -> ListView:
    """The page for one query."""
    page = found.page
    rows = tuple(_row(call, found.objections.get(call.id, ()), names, words, zone) for call in page.calls)
    choices = filter_choices(found.facets, query, names, words)
    first = (page.number - 1) * page.size + 1
    last_page = max(1, -(-page.total // page.size))
    is_filtered = bool(query.values)
    return ListView(
        query=query,
        rows=rows,
        total=page.total,
        first=first if rows else 0,
        last=first + len(rows) - 1 if rows else 0,
        pages=tuple((number, query.url(page=number)) for number in near_pages(page.number, last_page)),
        previous=query.url(page=page.number - 1) if page.number > 1 else "",
        following=query.url(page=page.number + 1) if page.number < last_page else "",
        columns=_columns(query),
        tiles=_tiles(found.counts, query),
        choices=choices,
        chosen=chosen_filters(query, choices, words),
        progress=found.progress,
        demo_calls=sum(row.is_demo for row in rows),
        empty="" if rows else "no_match" if is_filtered or page.number > 1 else "no_calls",
    )


def _row(
    call: CallSummary, objections: tuple[tuple[str, str], ...], names: Names, words: Words, zone: ZoneInfo
) -> Row:
    score = None
    if call.result is not None and call.pass_mark is not None:
        score = ScoreView(call.score, call.score_low, call.score_high, call.pass_mark)
    types = tuple(dict.fromkeys(objections))
    return Row(
        id=call.id,
        name=call.external_id or call.filename or call.id,
        started=local_time(call.started_at or call.created_at, zone),
        agent=call.agent_name or call.agent_id or "–",
        agent_id=call.agent_id if call.agent_name and call.agent_id else "",
        team=call.team_name or call.team_id or "",
        campaign=call.campaign or "–",
        duration=clock(call.duration_s),
        state=call.state,
        is_working=call.state not in {"done", "no_conversation", "failed"},
        error=call.error_message or "",
        hint=call.error_hint or "",
        score=score,
        result=call.result or "",
        auto_fails=tuple(words.prose(names.items.get(item, item)) for item in call.auto_fails),
        objections=types[:OBJECTIONS_SHOWN],
        more_objections=max(0, len(types) - OBJECTIONS_SHOWN),
        engine=" ".join(part for part in (call.engine_name, call.engine_model) if part),
        is_demo=call.engine_demo,
    )


def near_pages(page: int, last: int) -> list[int]:
    """First, last, and the pages around this one."""
    return sorted({1, last, *(number for number in range(page - 2, page + 3) if 1 <= number <= last)})


def _columns(query: ListQuery) -> dict[str, Column]:
    orders = {
        "time": (Sort.NEWEST, Sort.OLDEST),
        "duration": (Sort.LONGEST, Sort.SHORTEST),
        "score": (Sort.SCORE_LOW, Sort.SCORE_HIGH),
    }
    ascending = {Sort.OLDEST, Sort.SHORTEST, Sort.SCORE_LOW}
    return {
        name: Column(
            url=query.url(sort=second if query.sort is first else first),
            sorted=""
            if query.sort not in {first, second}
            else "ascending"
            if query.sort in ascending
            else "descending",
        )
        for name, (first, second) in orders.items()
    }


def _tiles(counts: Mapping[tuple[str, str | None], int], query: ListQuery) -> tuple[Tile, ...]:
    """Counts over the filter without its state and result, each with the address of just these calls."""

    def tile(name: str, count: int, *, state: str = "", result: str = "") -> Tile:
        current = query.get("state") == state and query.get("result") == result
        return Tile(name, count, query.url(state=state, result=result), current)

    def with_result(result: str) -> int:
        return sum(count for (_, found), count in counts.items() if found == result)

    def with_state(*states: str) -> int:
        return sum(count for (state, _), count in counts.items() if state in states)

    working = sum(counts.values()) - with_state("done", "no_conversation", "failed")
    tiles = [
        tile("all", sum(counts.values())),
        tile("auto_fail", with_result("auto_fail"), result="auto_fail"),
        tile("needs_review", with_result("needs_review"), result="needs_review"),
        tile("fail", with_result("fail"), result="fail"),
        tile("pass", with_result("pass"), result="pass"),
        tile("no_conversation", with_state("no_conversation"), state="no_conversation"),
        tile("failed", with_state("failed"), state="failed"),
    ]
    if working:
        tiles.append(tile("working", working, state=WORKING))
    return tuple(tiles)


def filter_choices(facets: Facets, query: FilterQuery, names: Names, words: Words) -> tuple[Choice, ...]:
    """The filters to choose from, with what is chosen."""

    def choice(name: str, options: Iterable[tuple[str, str]]) -> Choice:
        listed = [Option(value, label) for value, label in options]
        value = query.get(name)
        if value and all(option.value != value for option in listed):
            listed.append(Option(value, value))  # an address may ask for what no call has any more
        return Choice(name, words(f"filter.{name}"), value, tuple(listed))

    def titled(ids: Iterable[str], titles: Mapping[str, str]) -> list[tuple[str, str]]:
        known = {found: words.prose(titles.get(found, found)) for found in ids}
        order = {found: place for place, found in enumerate(titles)}
        return sorted(known.items(), key=lambda pair: (order.get(pair[0], len(order)), pair[0]))

    def worded(kind: str, ids: Iterable[str]) -> list[tuple[str, str]]:
        return [(found, words.get(f"{kind}.{found}", found)) for found in ids]

    states = [(WORKING, words("state.working")), *worded("state", ("done", "no_conversation", "failed"))]
    choices = [
        choice("campaign", ((found, found) for found in facets.campaigns)),
        choice("team", ((team, name or team) for team, name in facets.teams)),
        choice("agent", ((agent, f"{name} {agent}" if name else agent) for agent, name in facets.agents)),
        choice("result", worded("result", ("auto_fail", "needs_review", "fail", "pass"))),
        choice("state", states),
        choice("item", titled(facets.items, names.items)),
        choice("verdict", worded("verdict", ("fail", "unknown", "pass", "na"))),
        choice("objection", worded("objection", facets.objections)),
        choice("outcome", worded("outcome", ("resolved", "open", "lost"))),
        choice("reviewed", worded("reviewed", ("yes", "no"))),
        choice("mood", ((mood.value, words(f"mood.{mood.value}")) for mood in Mood)),
    ]
    if len(facets.rubrics) > 1 or query.get("rubric"):
        choices.append(choice("rubric", titled(facets.rubrics, names.rubrics)))
    return tuple(choices)


def chosen_filters(query: FilterQuery, choices: tuple[Choice, ...], words: Words) -> tuple[Chosen, ...]:
    """The filters that are set, each with the address without it."""
    chosen = [
        Chosen(choice.label, choice.chosen, query.url(**{choice.name: None}))
        for choice in choices
        if choice.value
    ]
    chosen += [
        Chosen(words(f"filter.{name}"), query.get(name), query.url(**{name: None}))
        for name in ("text", "disposition", "from", "to", *NUMBERS)
        if query.get(name)
    ]
    return tuple(chosen)
