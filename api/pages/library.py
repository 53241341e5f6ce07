"""The example library: finding and hearing clips, changing them, and moments that may become clips."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, BackgroundTasks, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from api.deps import ReadDep, Services, ServicesDep
from api.library_desk import shown_clips
from api.pages.actor import actor_of, signed_actor
from api.pages.rendering import render, words_of
from api.pages.rubric_shelf import RubricShelf
from api.pages.shortcuts import CANDIDATES_PAGE, EVERYWHERE, LIBRARY_PAGE, shortcut_data
from api.pages.views.library import (
    Titles,
    address,
    back_or,
    choices,
    objection_types,
    read_stretches,
    saying,
    written_stretches,
)
from api.routes.clips import ClipId, Wanted, check_consent, make_sound_later, propose_for
from api.routes.parameters import Page, Text
from models.access.roles import current_access
from models.call import get_call
from models.database import session as writing
from models.evaluation import get_evaluations
from models.library.candidates import OBJECTION, dismiss, take_back
from models.library.edit import (
    Draft,
    changes_of,
    delete_clip,
    edit_clip,
    may_teach,
    restore_clip,
    save_clip,
    set_consent,
    share_clip,
    undo_edit,
    undoable,
)
from models.library.find import PAGE_SIZE, find_clips, get_clip
from models.library.playlist import add_clip, get_playlist, list_playlists
from models.library.progress import person_of
from models.library.rows import Consent, PlaylistRow, Polarity
from models.studio.forms import forms_in
from qa_engine.errors import NotFound

router = APIRouter(prefix="/library", include_in_schema=False)
Line = Annotated[str, Form(max_length=200)]
Prose = Annotated[str, Form(max_length=4000)]
Seconds = Annotated[float, Form(ge=0, le=86_400, allow_inf_nan=False)]
SUBJECTS_A_PAGE = 6


def titles_of(request: Request, services: Services, opened: Session) -> Titles:
    """Names of items and sections of every form."""
    shelf = RubricShelf(forms_in(opened, services.settings))
    return Titles(shelf.item_titles(), shelf.section_titles(), words_of(request))


def added_to(request: Request, opened: Session) -> PlaylistRow | None:
    """The playlist that a clip was just put into, to be said on the page."""
    playlist = opened.get(PlaylistRow, request.query_params.get("added", "")[:32])
    return playlist if playlist and not playlist.deleted_at and may_teach() else None


def context(request: Request) -> dict[str, Any]:
    """What every page of the library needs."""
    return {
        "nav": "library",
        "teaches": may_teach(),
        "name": actor_of(request),
        "is_signed_in": current_access() is not None,
    }


@router.get("")
def library(
    request: Request, services: ServicesDep, opened: ReadDep, wanted: Wanted, page: Page = 1
) -> HTMLResponse:
    """Clips by facet, the newest first."""
    found, titles = find_clips(opened, wanted, page=page), titles_of(request, services, opened)
    return render(
        request,
        "library/list.html",
        **context(request),
        tab="deleted" if wanted.is_deleted else "clips",
        choices=choices(found, wanted, titles),
        clips=shown_clips(opened, found.clips, person=person_of(actor_of(request))),
        total=found.total,
        page=page,
        pages=-(-found.total // PAGE_SIZE),
        page_url=lambda number: address(wanted, page=number),
        is_filtered=address(wanted) != address(type(wanted)(is_deleted=wanted.is_deleted)),
        titles=titles,
        added=added_to(request, opened),
        playlists=list_playlists(opened) if may_teach() else (),
        page_shortcuts=(*LIBRARY_PAGE, *EVERYWHERE),
        data={"shortcuts": shortcut_data(LIBRARY_PAGE)},
    )


@router.get("/candidates")
def candidates(  # noqa: PLR0917 (query parameters)
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    subject: Text = "",
    page: Page = 1,
    kept: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    away: Text = "",
) -> HTMLResponse:
    """The best and the worst moment of each item and objection type; more of one that is chosen. `kept` and `away` name what
    was just done, with the way back."""
    found, subjects = propose_for(opened, subject, page)
    return render(
        request,
        "library/candidates.html",
        **context(request),
        tab="candidates",
        subject=subject,
        found=found,
        page=page,
        pages=1 if subject else -(-subjects // SUBJECTS_A_PAGE),
        titles=titles_of(request, services, opened),
        kept=kept,
        away=away,
        away_subject=request.query_params.get("away_subject", "")[:200],
        page_shortcuts=(*CANDIDATES_PAGE, *EVERYWHERE),
        data={"shortcuts": shortcut_data(CANDIDATES_PAGE)},
    )


@router.post("/candidates/{call_id}")
def settle_candidate(  # noqa: PLR0917 (form fields)
    request: Request,
    services: ServicesDep,
    later: BackgroundTasks,
    call_id: Text,
    subject: Line,
    step: Line,
    back: Prose = "",
    title: Line = "",
    why: Prose = "",
    polarity: Annotated[Polarity, Form()] = Polarity.GOOD,
    start_ms: Annotated[int, Form(ge=0, le=86_400_000)] = 0,
    end_ms: Annotated[int, Form(ge=0, le=86_400_000)] = 0,
    rubric: Line = "",
) -> RedirectResponse:
    """Keeps the moment as a clip, puts it away for good, or takes that back. Raises `NotFound`, `BadInput`."""
    name = signed_actor(request)
    home = back_or(back, "/library/candidates")
    join = "&" if "?" in home else "?"
    with writing(services.engine) as opened:
        get_call(opened, call_id)
        if step == "dismiss":
            dismiss(opened, call_id, subject, name=name)
            return RedirectResponse(
                f"{home}{join}{urlencode({'away': call_id, 'away_subject': subject})}", 303
            )
        if step == "take_back":
            take_back(opened, call_id, subject)
            return RedirectResponse(home, 303)
        if step != "keep":
            raise NotFound("没有这一步", hint="请从候选页面操作")
        kind = subject.removeprefix(OBJECTION)
        is_objection = kind != subject
        draft = Draft(
            start_ms, end_ms, title or subject, polarity, why, rubric,
            "" if is_objection else subject, kind if is_objection else "",
        )  # fmt: skip
        clip_id = save_clip(opened, call_id, draft, name=name).id or 0
    make_sound_later(later, services, clip_id)
    return RedirectResponse(f"{home}{join}kept={clip_id}", 303)


@router.get("/clips/{clip_id}")
def clip_page(request: Request, services: ServicesDep, opened: ReadDep, clip_id: ClipId) -> HTMLResponse:
    """One clip; those who teach change it here. Raises `NotFound`."""
    row = get_clip(opened, clip_id)
    access = current_access()
    is_own = access is not None and access.agent_id != "" and access.agent_id == row.agent_id
    teaches = may_teach()
    return render(
        request,
        "library/clip.html",
        **context(request),
        tab="",
        one=shown_clips(opened, [row], person=person_of(actor_of(request)))[0],
        titles=titles_of(request, services, opened),
        items=_items(opened, row.call_id) if teaches else {},
        objections=objection_types(),
        marked=written_stretches(row.marked),
        changes=changes_of(opened, clip_id) if teaches else (),
        can_undo=teaches and undoable(opened, clip_id) is not None,
        may_consent=teaches or is_own,
        added=added_to(request, opened),
        playlists=list_playlists(opened) if teaches else (),
        page_shortcuts=(*LIBRARY_PAGE, *EVERYWHERE),
        data={"shortcuts": shortcut_data(LIBRARY_PAGE)},
    )


def _items(opened: Session, call_id: str) -> dict[str, str]:
    """Items by which the call was judged, with their titles."""
    return {
        item["id"]: item["title"]
        for row in get_evaluations(opened, call_id)
        for item in row.document["items"]
    }


@router.post("/clips/{clip_id}/edit")
def edit(  # noqa: PLR0917 (form fields)
    request: Request,
    services: ServicesDep,
    later: BackgroundTasks,
    clip_id: ClipId,
    version: Annotated[int, Form(ge=1, le=10**9)],
    start_s: Seconds,
    end_s: Seconds,
    polarity: Annotated[Polarity, Form()],
    title: Line,
    why: Prose = "",
    item_id: Line = "",
    objection: Line = "",
    marked: Prose = "",
) -> RedirectResponse:
    """Changes a clip. Raises `ClipChanged`, `BadInput`."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = get_clip(opened, clip_id)
        draft = Draft(
            round(start_s * 1000), round(end_s * 1000), title, polarity, why,
            row.rubric if item_id == row.item_id else "", item_id, objection[:50].replace("\0", ""),
            read_stretches(marked),
        )  # fmt: skip
        edit_clip(opened, row, draft, version=version, name=name)
    make_sound_later(later, services, clip_id)
    return RedirectResponse(f"/library/clips/{clip_id}", 303)


@router.post("/clips/{clip_id}/consent")
def consent(
    request: Request,
    services: ServicesDep,
    clip_id: ClipId,
    consent: Annotated[Consent, Form()],
    back: Prose = "",
) -> RedirectResponse:
    """Consent as the agent gave it, or as it was asked for. Raises `NotAllowed`."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = get_clip(opened, clip_id)
        check_consent(row, consent)
        set_consent(opened, row, consent, name=name)
    return RedirectResponse(back_or(back, f"/library/clips/{clip_id}"), 303)


@router.post("/clips/{clip_id}/{step}")
def step_on(  # noqa: PLR0917 (form fields)
    request: Request,
    services: ServicesDep,
    clip_id: ClipId,
    step: Text,
    back: Prose = "",
    playlist: Line = "",
) -> RedirectResponse:
    """Deletes, restores, undoes, shares, or puts into a playlist. Raises `NotConsented`, `NotFound`."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = get_clip(opened, clip_id)
        if step == "delete":
            delete_clip(opened, row, name=name)
        elif step == "restore":
            restore_clip(opened, row, name=name)
        elif step == "undo":
            undo_edit(opened, row, name=name)
        elif step in {"share", "unshare"}:
            share_clip(opened, row, shared=step == "share", name=name)
        elif step == "playlist":
            add_clip(opened, get_playlist(opened, playlist).id, clip_id)
            back = saying(back_or(back, f"/library/clips/{clip_id}"), added=playlist)
        else:
            raise NotFound("没有这一步", hint="请从案例页面操作")
    return RedirectResponse(back_or(back, f"/library/clips/{clip_id}"), 303)
