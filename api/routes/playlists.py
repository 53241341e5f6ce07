"""Playlists of clips: order, progress, quizzes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.library_desk import ShownPlaylist, shown_playlist
from api.pages.actor import actor_of, signed_actor
from api.routes.bodies.library import (
    AnswerBody,
    AnsweredBody,
    OpenPlaylistBody,
    OrderBody,
    PlaylistBody,
    PlaylistFields,
    StandingBody,
    StandingsBody,
)
from api.routes.clips import ClipId, clip_body
from api.routes.parameters import Text
from models.database import session as writing
from models.library.find import get_clip
from models.library.playlist import (
    add_clip,
    clips_of,
    describe,
    get_playlist,
    list_playlists,
    make_playlist,
    order_clips,
    remove_clip,
    set_deleted,
)
from models.library.progress import answer, answers_of, person_of, standings
from qa_engine.errors import NotFound

router = APIRouter(prefix="/playlists", tags=["library"], responses=responses(404))
PlaylistId = Annotated[Text, Path(description="课程编号 · Id of the playlist", examples=["k7w3pnq8xv2m"])]


def _body(shown: ShownPlaylist) -> PlaylistBody:
    row = shown.row
    return PlaylistBody(
        id=row.id,
        title=row.title,
        about=row.about,
        is_quiz=row.is_quiz,
        is_shared=row.is_shared,
        name=row.name,
        n=len(shown.clips),
        share=round(shown.share, 4),
        answered=shown.answered,
        right=shown.right,
        is_deleted=row.deleted_at is not None,
    )


def _open(shown: ShownPlaylist) -> OpenPlaylistBody:
    return OpenPlaylistBody(**_body(shown).model_dump(), clips=[clip_body(one) for one in shown.clips])


@router.get("", summary="课程 · Playlists")
def playlists(request: Request, opened: ReadDep) -> list[PlaylistBody]:
    """Those that the asker may open, with their own progress."""
    person = person_of(actor_of(request))
    return [_body(shown_playlist(opened, row, person=person)) for row in list_playlists(opened)]


@router.post("", summary="新建课程 · Make a playlist", status_code=201)
def new_playlist(request: Request, services: ServicesDep, body: PlaylistFields) -> PlaylistBody:
    """Empty."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = make_playlist(opened, title=body.title, about=body.about, is_quiz=body.is_quiz, name=name)
        row.is_shared = body.is_shared
        return _body(shown_playlist(opened, row, person=person_of(name)))


@router.get("/{playlist_id}", summary="一个课程 · A playlist")
def playlist(request: Request, opened: ReadDep, playlist_id: PlaylistId) -> OpenPlaylistBody:
    """With its clips in order; a quiz leaves out what it asks until this person has answered."""
    row = get_playlist(opened, playlist_id)
    return _open(shown_playlist(opened, row, person=person_of(actor_of(request))))


@router.put("/{playlist_id}", summary="修改课程 · Change a playlist")
def change_playlist(
    request: Request, services: ServicesDep, playlist_id: PlaylistId, body: PlaylistFields
) -> PlaylistBody:
    """Title, about, quiz, sharing."""
    with writing(services.engine) as opened:
        row = get_playlist(opened, playlist_id)
        describe(row, title=body.title, about=body.about, is_quiz=body.is_quiz)
        row.is_shared = body.is_shared
        opened.add(row)
        return _body(shown_playlist(opened, row, person=person_of(actor_of(request))))


@router.delete("/{playlist_id}", summary="删除课程 · Delete a playlist", status_code=204)
def delete_playlist(services: ServicesDep, playlist_id: PlaylistId) -> None:
    """Into the bin, with everybody's progress and answers."""
    with writing(services.engine) as opened:
        set_deleted(get_playlist(opened, playlist_id), deleted=True)


@router.post("/{playlist_id}/restore", summary="恢复课程 · Restore a playlist", status_code=204)
def restore_playlist(services: ServicesDep, playlist_id: PlaylistId) -> None:
    """Out of the bin."""
    with writing(services.engine) as opened:
        set_deleted(get_playlist(opened, playlist_id), deleted=False)


@router.put("/{playlist_id}/clips", summary="排序 · Order the clips", responses=responses(409))
def order(
    request: Request, services: ServicesDep, playlist_id: PlaylistId, body: OrderBody
) -> OpenPlaylistBody:
    """409 `playlist_changed` where these are not the playlist's clips any more."""
    with writing(services.engine) as opened:
        row = get_playlist(opened, playlist_id)
        order_clips(opened, row.id, body.clip_ids)
        return _open(shown_playlist(opened, row, person=person_of(actor_of(request))))


@router.put("/{playlist_id}/clips/{clip_id}", summary="加入课程 · Add a clip", status_code=204)
def add(services: ServicesDep, playlist_id: PlaylistId, clip_id: ClipId) -> None:
    """At the end; one that is in already stays where it is."""
    with writing(services.engine) as opened:
        add_clip(opened, get_playlist(opened, playlist_id).id, get_clip(opened, clip_id).id or 0)


@router.delete("/{playlist_id}/clips/{clip_id}", summary="移出课程 · Take a clip out", status_code=204)
def take_out(services: ServicesDep, playlist_id: PlaylistId, clip_id: ClipId) -> None:
    """The clip itself stays in the library."""
    with writing(services.engine) as opened:
        remove_clip(opened, get_playlist(opened, playlist_id).id, clip_id)


@router.post("/{playlist_id}/answers", summary="回答 · Answer", responses=responses(409))
def give_answer(
    request: Request, services: ServicesDep, playlist_id: PlaylistId, body: AnswerBody
) -> AnsweredBody:
    """The first answer of a person stands. 409 `not_a_quiz` elsewhere."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = get_playlist(opened, playlist_id)
        found = [clip for clip in clips_of(opened, row.id) if clip.id == body.clip_id]
        if not found:
            raise NotFound(f"课程里没有案例 {body.clip_id}", hint="请刷新课程页面")
        return AnsweredBody.model_validate(answer(opened, row, found[0], body.answer, name=name))


@router.get("/{playlist_id}/answers", summary="成绩表 · Everybody's progress and answers")
def answers(opened: ReadDep, playlist_id: PlaylistId) -> StandingsBody:
    """For those who teach."""
    row = get_playlist(opened, playlist_id)
    return StandingsBody(
        people=[
            StandingBody.model_validate(one) for one in standings(opened, row.id, clips_of(opened, row.id))
        ],
        answers=[AnsweredBody.model_validate(one) for one in answers_of(opened, row.id)],
    )
