"""Playlists: order, progress, quizzes."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import ReadDep, ServicesDep
from api.library_desk import shown_playlist
from api.pages.actor import actor_of, signed_actor
from api.pages.library import Line, Prose, context, titles_of
from api.pages.rendering import render
from api.pages.shortcuts import EVERYWHERE, PLAYLIST_PAGE, shortcut_data
from api.routes.parameters import Text
from api.routes.playlists import PlaylistId
from models.database import session as writing
from models.library.edit import may_teach
from models.library.playlist import (
    clips_of,
    describe,
    get_playlist,
    list_playlists,
    make_playlist,
    move_clip,
    remove_clip,
    set_deleted,
)
from models.library.progress import answer, answers_of, person_of, standings
from qa_engine.errors import NotFound

router = APIRouter(prefix="/library/playlists", include_in_schema=False)
ClipNumber = Annotated[int, Form(ge=0, le=2**63 - 1)]


@router.get("")
def playlists(request: Request, opened: ReadDep) -> HTMLResponse:
    """All playlists with one's own progress."""
    person = person_of(actor_of(request))
    return render(
        request,
        "library/playlists.html",
        **context(request),
        tab="playlists",
        playlists=[shown_playlist(opened, row, person=person) for row in list_playlists(opened)],
        deleted=list_playlists(opened, deleted=True) if may_teach() else (),
    )


@router.post("")
def make(
    request: Request, services: ServicesDep, title: Line, is_quiz: Annotated[bool, Form()] = False
) -> RedirectResponse:
    """A new one, empty. Raises `BadInput`."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = make_playlist(opened, title=title, is_quiz=is_quiz, name=name)
    return RedirectResponse(f"/library/playlists/{row.id}", 303)


@router.get("/{playlist_id}")
def playlist(
    request: Request, services: ServicesDep, opened: ReadDep, playlist_id: PlaylistId
) -> HTMLResponse:
    """Its clips in order; the table of answers for those who teach. Raises `NotFound`."""
    row = get_playlist(opened, playlist_id)
    shown = shown_playlist(opened, row, person=person_of(actor_of(request)))
    teaches = may_teach()
    return render(
        request,
        "library/playlist.html",
        **context(request),
        tab="playlists",
        playlist=shown,
        titles=titles_of(request, services, opened),
        people=standings(opened, row.id, clips_of(opened, row.id)) if teaches else (),
        answers={(one.person, one.clip_id): one for one in answers_of(opened, row.id)} if teaches else {},
        page_shortcuts=(*PLAYLIST_PAGE, *EVERYWHERE),
        data={"shortcuts": shortcut_data(PLAYLIST_PAGE)},
    )


@router.post("/{playlist_id}/answers")
def give_answer(
    request: Request,
    services: ServicesDep,
    playlist_id: PlaylistId,
    clip: ClipNumber,
    said: Annotated[Literal["pass", "fail"], Form(alias="answer")],
) -> RedirectResponse:
    """Keeps the listener's answer; the first one stands. Raises `NoQuiz`, `NotFound`."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = get_playlist(opened, playlist_id)
        found = next((one for one in clips_of(opened, row.id) if one.id == clip), None)
        if found is None:
            raise NotFound(f"课程里没有案例 {clip}", hint="请刷新课程页面")
        answer(opened, row, found, said, name=name)
    return RedirectResponse(f"/library/playlists/{playlist_id}#clip-{clip}", 303)


@router.post("/{playlist_id}/edit")
def edit(  # noqa: PLR0917 (form fields)
    services: ServicesDep,
    playlist_id: PlaylistId,
    title: Line,
    about: Prose = "",
    is_quiz: Annotated[bool, Form()] = False,
    is_shared: Annotated[bool, Form()] = False,
) -> RedirectResponse:
    """Title, about, quiz, sharing. Raises `BadInput`."""
    with writing(services.engine) as opened:
        row = get_playlist(opened, playlist_id)
        describe(row, title=title, about=about, is_quiz=is_quiz)
        row.is_shared = is_shared
        opened.add(row)
    return RedirectResponse(f"/library/playlists/{playlist_id}", 303)


@router.post("/{playlist_id}/{step}")
def step_on(
    services: ServicesDep, playlist_id: PlaylistId, step: Text, clip: ClipNumber = 0
) -> RedirectResponse:
    """Moves or takes out a clip; deletes or restores the playlist."""
    home = f"/library/playlists/{playlist_id}"
    with writing(services.engine) as opened:
        row = get_playlist(opened, playlist_id)
        if step in {"up", "down"}:
            move_clip(opened, row.id, clip, -1 if step == "up" else 1)
            home += f"#clip-{clip}"
        elif step == "remove":
            remove_clip(opened, row.id, clip)
        elif step in {"delete", "restore"}:
            set_deleted(row, deleted=step == "delete")
            opened.add(row)
            home = "/library/playlists" if step == "delete" else home
        else:
            raise NotFound("没有这一步", hint="请从课程页面操作")
    return RedirectResponse(home, 303)
