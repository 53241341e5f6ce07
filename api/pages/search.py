"""The search across every transcript."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from api.deps import ReadDep, Services, ServicesDep
from api.documents.csv_file import csv_bytes
from api.pages.figures import local_time
from api.pages.languages import Words
from api.pages.rendering import render, words_of
from api.pages.rubric_shelf import RubricShelf
from api.pages.search_query import SearchQuery, read_search
from api.pages.shortcuts import SEARCH_PAGE
from api.pages.views.call_list import Names, chosen_filters, filter_choices
from api.pages.views.search import SearchView, page_of, pages_of, results, tries
from api.search_lines import HITS_SHOWN, call_hits
from models.queries import facets, summaries
from models.search import MOST, FoundCalls, search_calls
from models.search_document import unindexed
from models.studio.forms import forms_in
from qa_engine.errors import CallQAError
from qa_engine.insight.sheet import Table
from qa_engine.search.query import BadSearch, parse_query
from qa_engine.search.query import Query as Asked

router = APIRouter(include_in_schema=False)
EXPORTED = 500
"""Calls of an export, with all their hits; more is no reading matter."""


@router.get("/search")
def search_page(request: Request, services: ServicesDep, opened: ReadDep) -> HTMLResponse:
    """What was asked, and the calls in which it was said."""
    query = read_search(request.query_params)
    words = words_of(request)
    view = _view(services, opened, query, words)
    return render(
        request,
        "search/search.html",
        view=view,
        most=MOST,
        nav="search",
        page_shortcuts=SEARCH_PAGE,
        shortcuts=SEARCH_PAGE,
    )


def _view(services: Services, opened: Session, query: SearchQuery, words: Words) -> SearchView:
    shelf = RubricShelf(forms_in(opened, services.settings))
    names = Names(shelf.item_titles(query.get("rubric") or None), shelf.titles())
    choices = filter_choices(facets(opened), query, names, words)
    chosen = chosen_filters(query, choices, words)
    error: CallQAError | None = None
    asked: Asked | None = None
    if query.asked:
        try:
            asked = parse_query(query.asked)
        except BadSearch as bad:
            error = bad
    if asked is None:
        return SearchView(query, choices=choices, chosen=chosen, error=error, unindexed=unindexed(opened))
    found = _found(opened, asked, query)
    some = page_of(found, query)
    hits = call_hits(opened, some, most=None if query.call else HITS_SHOWN)
    known = summaries(opened, [one.call_id for one in some], rubric=query.get("rubric") or None)
    shown = results(found, hits, known, query, zone=services.settings.zone)
    first = found.calls.index(some[0]) + 1 if some else 0
    return SearchView(
        query,
        results=shown,
        total=len(found.calls),
        exact=found.exact,
        has_more=found.has_more or found.sounds_more,
        first=first,
        last=first + len(some) - 1 if some else 0,
        pages=pages_of(len(found.calls), query),
        choices=choices,
        chosen=chosen,
        tries=() if shown else tries(asked, query, words),
        is_personal=asked.is_personal,
        unindexed=unindexed(opened),
    )


def _found(opened: Session, asked: Asked, query: SearchQuery) -> FoundCalls:
    return search_calls(
        opened, asked, query.listed.filter, sort=query.sort, by_sound=query.by_sound, call_id=query.call
    )


@router.get("/search.csv")
def export(
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    q: Annotated[str, Query(max_length=400)] = "",  # noqa: ARG001 (read with the rest of the address)
) -> Response:
    """Every hit of the first 500 calls as a table; texts are masked as on the page. Raises `BadSearch`."""
    query = read_search(request.query_params)
    found = _found(opened, parse_query(query.asked), query).calls[:EXPORTED]
    known = summaries(opened, [one.call_id for one in found])
    rows: list[tuple[str | float | None, ...]] = []
    for call_id, hits in call_hits(opened, found, most=None).items():
        call = known[call_id]
        when = local_time(call.started_at or call.created_at, services.settings.zone)
        rows += [
            (
                call_id,
                call.external_id,
                when,
                call.agent_id,
                call.agent_name,
                call.team_id,
                call.campaign,
                call.score,
                line.role.value,
                round(line.start_s, 2),
                line.text,
                "sound" if line.sounds else "exact",
            )
            for line in hits.lines
        ]
    table = Table("search", _COLUMNS, tuple(rows))
    return Response(
        csv_bytes(table),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="search.csv"'},
    )


_COLUMNS = (
    "call_id", "external_id", "started", "agent_id", "agent", "team_id", "campaign", "score", "side", "at_s", "text", "match",
)  # fmt: skip
