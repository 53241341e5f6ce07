"""The call list and the call page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from api.deps import ReadDep, Services, ServicesDep
from api.pages.appeal_loading import load_appeals, note_shown
from api.pages.comment_loading import load_comments
from api.pages.list_query import PAGE_SIZE, ListQuery, read_query
from api.pages.loading import load_call
from api.pages.rendering import render, words_of
from api.pages.review_loading import load_review, place_in_queue
from api.pages.rubric_shelf import RubricShelf
from api.pages.saved_views import chips_of, remember_view
from api.pages.shortcuts import CALL_PAGE, EVERYWHERE
from api.pages.views.call_list import Found, ListView, Names, list_view
from api.pages.views.clip_maker import clip_maker
from api.routes.parameters import CallId
from models.call import CallState, get_call
from models.call_filter import CallFilter
from models.database import session as writing
from models.job_lease import retry
from models.queries import count_calls, facets, list_calls, objections_of
from models.saved_view import ViewPage
from models.stage_job import progress
from models.studio.forms import forms_in

router = APIRouter(include_in_schema=False)


@router.get("/")
def call_list(request: Request, services: ServicesDep, opened: ReadDep) -> HTMLResponse:
    """All calls of a filter, a page at a time."""
    query = read_query(request.query_params)
    view = _list_view(request, services, opened, query)
    filters = query.url().partition("?")[2]
    answer = render(
        request,
        "calls/list.html",
        view=view,
        progress=view.progress,
        nav="calls",
        saved=chips_of(request, opened, ViewPage.CALLS, filters),
        saved_query=filters,
    )
    remember_view(answer, ViewPage.CALLS, filters)
    return answer


def _list_view(request: Request, services: Services, opened: Session, query: ListQuery) -> ListView:
    wanted = query.filter
    page = list_calls(opened, wanted, page=query.page, size=PAGE_SIZE, sort=query.sort)
    found = Found(
        page=page,
        facets=facets(opened),
        counts=count_calls(opened, _without_outcome(query)),
        objections=objections_of(opened, [call.id for call in page.calls]),
        progress=progress(opened),
    )
    shelf = RubricShelf(forms_in(opened, services.settings))
    names = Names(shelf.item_titles(query.get("rubric") or None), shelf.titles())
    return list_view(found, query, names, words=words_of(request), zone=services.settings.zone)


def _without_outcome(query: ListQuery) -> CallFilter:
    """The filter of the tiles: they show what each state and result would leave."""
    kept = {name: value for name, value in query.values.items() if name not in {"state", "result"}}
    return ListQuery(kept).filter


@router.get("/calls")
def calls() -> RedirectResponse:
    """The address that people guess."""
    return RedirectResponse("/", 308)


@router.get("/progress")
def progress_banner(
    request: Request, opened: ReadDep, ended: Annotated[int, Query(ge=0)] = 0
) -> HTMLResponse:
    """How far the pipeline is, for the list that is open; tells it when calls have ended since `ended`."""
    now = progress(opened)
    response = render(request, "calls/progress.html", progress=now)
    if now.total - now.open != ended:
        response.headers["HX-Trigger"] = "calls-changed"
    return response


@router.get("/calls/{call_id}")
def call_page(
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    call_id: CallId,
    rubric: Annotated[str | None, Query(max_length=200)] = None,
) -> HTMLResponse:
    """A call: its sound, what was said, and what each item of the form makes of it."""
    loaded = load_call(opened, services.settings, call_id, rubric=rubric, words=words_of(request))
    note_shown(request, services, opened, loaded.view)
    template = "calls/state.html" if loaded.view is None else "calls/call.html"
    queue = place_in_queue(request)
    return render(
        request,
        template,
        call=loaded,
        view=loaded.view,
        review=load_review(request, opened, loaded.view, queue),
        appeals=load_appeals(request, services, opened, loaded.view, queue),
        comments=load_comments(request, opened, loaded.view),
        clip=clip_maker(loaded.view, words_of(request)) if loaded.view and loaded.view.sound else None,
        nav="reviews" if queue.name else "calls",
        page_shortcuts=CALL_PAGE if loaded.view else EVERYWHERE,
    )


@router.get("/calls/{call_id}/state")
def call_state(
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    call_id: CallId,
    seen: Annotated[CallState, Query()] = CallState.RECEIVED,
) -> HTMLResponse:
    """Where a call is, for its page while it waits; the page loads anew when the call gets there."""
    loaded = load_call(opened, services.settings, call_id, rubric=None, words=words_of(request))
    response = render(request, "calls/working.html", call=loaded)
    if loaded.state != seen:
        response.headers["HX-Refresh"] = "true"
    return response


@router.post("/calls/{call_id}/retry")
def retry_call(services: ServicesDep, call_id: CallId) -> RedirectResponse:
    """Asks again for the work that failed. Raises `NotFound`."""
    with writing(services.engine) as opened:
        get_call(opened, call_id)
        retry(opened, call_id)
    return RedirectResponse(f"/calls/{call_id}", 303)
