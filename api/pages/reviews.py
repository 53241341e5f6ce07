"""The queues of reviews: what waits, and taking the next call."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import ReadDep, ServicesDep
from api.pages.actor import actor_of, remember_actor, signed_actor
from api.pages.rendering import render, words_of
from api.pages.rubric_shelf import RubricShelf
from api.pages.saved_views import chips_of, remember_view
from api.pages.views.queue import queue_view
from api.review_desk import filter_query, review_address
from api.routes.reviews import Evaluation, Narrowed, QueueName
from models.access.roles import current_access
from models.clock import today_of
from models.columns import utc_now
from models.database import session as writing
from models.queries import facets
from models.review_claim import release
from models.review_queue import backlog, take_next, waiting
from models.review_select import DRAWN_A_WEEK, Queue, round_of
from models.saved_view import ViewPage
from models.studio.forms import forms_in

router = APIRouter(prefix="/reviews", include_in_schema=False)


@router.get("")
def queues(  # noqa: PLR0917 (query parameters)
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    wanted: Narrowed,
    queue: Queue = Queue.FLAGGED,
    done: bool = False,
) -> HTMLResponse:
    """The queues with length and age, and the head of the chosen one."""
    name, today = actor_of(request), today_of(services.settings)
    lengths = {one: backlog(opened, one, wanted, name=name, today=today) for one in Queue}
    view = queue_view(
        queue,
        lengths,
        waiting(opened, queue, wanted, name=name, today=today),
        filter_query(wanted),
        facets(opened),
        titles=RubricShelf(forms_in(opened, services.settings)).item_titles(wanted.rubric),
        now=utc_now(),
        words=words_of(request),
    )
    filters = urlencode({"queue": queue.value, **filter_query(wanted)}) if filter_query(wanted) else ""
    answer = render(
        request,
        "reviews/queues.html",
        saved=chips_of(request, opened, ViewPage.REVIEWS, filters),
        saved_query=filters,
        nav="reviews",
        view=view,
        name=name,
        done=done,
        drawn=DRAWN_A_WEEK,
        is_signed_in=current_access() is not None,
    )
    remember_view(answer, ViewPage.REVIEWS, filters)
    return answer


@router.post("/name")
def sign(
    name: Annotated[str, Form(max_length=60)], back: Annotated[str, Form(max_length=2000)] = ""
) -> RedirectResponse:
    """Keeps who reviews and goes back to the page that asked."""
    is_ours = back.startswith("/") and not back.startswith(("//", "/\\"))
    answer = RedirectResponse(back if is_ours else "/reviews", 303)
    remember_actor(answer, name)
    return answer


@router.post("/{queue}/next")
def take(request: Request, services: ServicesDep, queue: QueueName, wanted: Narrowed) -> RedirectResponse:
    """Claims the next call and opens it. Raises `NoName`."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        line = take_next(opened, queue, wanted, name=name, today=today_of(services.settings))
    if line is None:
        return RedirectResponse(f"/reviews?queue={queue}&done=1", 303)
    return RedirectResponse(review_address(queue, line, wanted), 303)


@router.post("/{queue}/release/{evaluation_id}")
def give_back(
    request: Request, services: ServicesDep, queue: QueueName, evaluation_id: Evaluation
) -> RedirectResponse:
    """Ends one's claim. Raises `NoName`."""
    with writing(services.engine) as opened:
        release(opened, evaluation_id, name=signed_actor(request), round_=round_of(queue))
    return RedirectResponse(f"/reviews?queue={queue}", 303)
