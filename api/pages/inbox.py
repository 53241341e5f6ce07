"""What waits for whoever reads: mentions, scores to acknowledge, own appeals, appeals to answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import ReadDep, ServicesDep
from api.pages.actor import actor_of, signed_actor
from api.pages.appeal_loading import load_appeal
from api.pages.figures import local_time
from api.pages.rendering import render
from api.pages.rubric_shelf import RubricShelf
from models.access.roles import Right, Role, current_access
from models.acknowledgement import waiting_scores
from models.appeal_select import AppealFilter, count_waiting, list_appeals
from models.call_comment import count_unread, mentions_of, read_mentions
from models.clock import today_of
from models.database import session as writing
from models.studio.forms import forms_in

router = APIRouter(prefix="/inbox", include_in_schema=False)


@router.get("")
def inbox(request: Request, services: ServicesDep, opened: ReadDep) -> HTMLResponse:
    """For who is signed in, or has given a name."""
    settings, access, name = services.settings, current_access(), actor_of(request)
    is_agent = access is not None and access.role is Role.AGENT
    answers = access is None or access.may(Right.REVIEW)
    mine = list_appeals(opened, AppealFilter(filed_by=name)) if name else []
    return render(
        request,
        "appeals/inbox.html",
        nav="inbox",
        name=name,
        is_agent=is_agent,
        answers=answers,
        mentions=mentions_of(opened, name) if name else [],
        unread=count_unread(opened, name) if name else 0,
        scores=waiting_scores(opened, today=today_of(settings)) if is_agent else [],
        mine=[(load_appeal(request, services, opened, row), call) for row, call in mine],
        to_answer=count_waiting(opened, name) if answers and name else 0,
        titles=RubricShelf(forms_in(opened, settings)).item_titles(None),
        local=lambda moment: local_time(moment, settings.zone),
    )


@router.post("/read")
def read(request: Request, services: ServicesDep) -> RedirectResponse:
    """Marks all mentions as read. Raises `NoName`."""
    with writing(services.engine) as opened:
        read_mentions(opened, signed_actor(request))
    return RedirectResponse("/inbox", 303)
