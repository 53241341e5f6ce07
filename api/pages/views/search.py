"""Search results as their page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from api.pages.figures import ScoreView, clock, local_time
from api.pages.languages import Words
from api.pages.search_query import SEARCH_SIZE, SearchQuery
from api.pages.views.call_list import Choice, Chosen, near_pages
from api.search_lines import CallHits, HitLine
from models.queries import CallSummary
from models.search import FoundCall, FoundCalls
from qa_engine.errors import CallQAError
from qa_engine.search.query import Query


@dataclass(frozen=True, slots=True)
class HitView:
    """A turn with hits: `at` is the second of the words, `href` opens the call there."""

    line: HitLine
    at: str
    href: str


@dataclass(frozen=True, slots=True)
class ResultView:
    """A call that was found. `all_url` lists the rest of its hits, "" where all are shown."""

    id: str
    name: str
    started: str
    agent: str
    about: str
    duration: str
    score: ScoreView | None
    result: str
    has_audio: bool
    sounds: bool
    lines: tuple[HitView, ...]
    hits: int
    all_url: str


@dataclass(frozen=True, slots=True)
class SearchView:
    """The page. `tries` are other searches that may find something: what they do, and their address."""

    query: SearchQuery
    results: tuple[ResultView, ...] = ()
    total: int = 0
    exact: int = 0
    has_more: bool = False
    first: int = 0
    last: int = 0
    pages: tuple[tuple[int, str], ...] = ()
    choices: tuple[Choice, ...] = ()
    chosen: tuple[Chosen, ...] = ()
    tries: tuple[tuple[str, str], ...] = ()
    error: CallQAError | None = None
    is_personal: bool = False
    unindexed: int = 0

    @property
    def has_rare(self) -> bool:
        """Whether a filter is set that the page folds away."""
        return any(
            name not in {"campaign", "team", "agent", "result", "state", "item", "verdict", "objection"}
            for name in self.query.listed.values
        )


def results(
    found: FoundCalls,
    hits: Mapping[str, CallHits],
    known: Mapping[str, CallSummary],
    query: SearchQuery,
    *,
    zone: ZoneInfo,
) -> tuple[ResultView, ...]:
    """The calls of the page, in order."""
    return tuple(
        _result(known[one.call_id], hits[one.call_id], query, zone)
        for one in page_of(found, query)
        if one.call_id in known and one.call_id in hits
    )


def page_of(found: FoundCalls, query: SearchQuery) -> Sequence[FoundCall]:
    """The calls of the page that the address names."""
    start = (query.page - 1) * SEARCH_SIZE
    return found.calls[start : start + SEARCH_SIZE]


def pages_of(total: int, query: SearchQuery) -> tuple[tuple[int, str], ...]:
    """The pages to go to, where there is more than one."""
    last = max(1, -(-total // SEARCH_SIZE))
    return (
        tuple((number, query.url(page=number)) for number in near_pages(query.page, last)) if last > 1 else ()
    )


def _result(call: CallSummary, hits: CallHits, query: SearchQuery, zone: ZoneInfo) -> ResultView:
    score = None
    if call.result is not None and call.pass_mark is not None:
        score = ScoreView(call.score, call.score_low, call.score_high, call.pass_mark)
    return ResultView(
        id=call.id,
        name=call.external_id or call.filename or call.id,
        started=local_time(call.started_at or call.created_at, zone),
        agent=call.agent_name or call.agent_id or "–",
        about=" · ".join(part for part in (call.team_name or call.team_id, call.campaign) if part),
        duration=clock(call.duration_s),
        score=score,
        result=call.result or "",
        has_audio=call.has_audio,
        sounds=hits.sounds,
        lines=tuple(
            HitView(line, clock(line.start_s), f"/calls/{call.id}?at={line.play_s:.2f}")
            for line in hits.lines
        ),
        hits=hits.hits,
        all_url=query.url(call=call.id) if hits.turns > len(hits.lines) else "",
    )


def tries(asked: Query, query: SearchQuery, words: Words) -> tuple[tuple[str, str], ...]:
    """What else may find something, where nothing was found."""
    found: list[tuple[str, str]] = []
    if query.has_filters or query.call:
        found.append((words("search.try.filters"), query.without_filters()))
    if not query.by_sound:
        found.append((words("search.try.sound"), query.url(sound=None)))
    if any(word.is_exact for word in asked.wanted):
        found.append(
            (words("search.try.unquoted"), query.url(q=" ".join(word.said for word in asked.wanted)))
        )
    if any(word.side for word in asked.wanted):
        found.append((words("search.try.side"), query.url(q=" ".join(word.said for word in asked.wanted))))
    if len(asked.wanted) > 1:
        found += [(words("search.try.word", word=word.said), query.url(q=word.said)) for word in asked.wanted]
    return tuple(found)
