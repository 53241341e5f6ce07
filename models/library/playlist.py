"""Playlists: clips in an order, shared by their address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.call import new_call_id
from models.columns import utc_now
from models.library.edit import may_teach
from models.library.find import clips_by_id
from models.library.rows import TITLE_CHARS, WHY_CHARS, ClipRow, PlaylistClipRow, PlaylistRow
from qa_engine.errors import BadInput, Conflict, NotFound

MOST_CLIPS = 200


class OrderChanged(Conflict):
    """The clips that were to be ordered are not those of the playlist any more."""

    code = "playlist_changed"


def get_playlist(opened: Session, playlist_id: str) -> PlaylistRow:
    """A playlist that the asker may open. Raises `NotFound`."""
    row = opened.get(PlaylistRow, playlist_id)
    if row is None or not (may_teach() or (row.is_shared and row.deleted_at is None)):
        raise NotFound(f"没有编号为 {playlist_id[:40]} 的课程", hint="它可能还没有共享;请从案例库里打开")
    return row


def list_playlists(opened: Session, *, deleted: bool = False) -> Sequence[PlaylistRow]:
    """Those that the asker may open, the newest first; `deleted` gives the bin, to those who teach."""
    wanted = select(PlaylistRow).where(
        col(PlaylistRow.deleted_at).is_not(None) if deleted else col(PlaylistRow.deleted_at).is_(None)
    )
    if not may_teach():
        wanted = wanted.where(col(PlaylistRow.is_shared).is_(True), col(PlaylistRow.deleted_at).is_(None))
    return opened.exec(wanted.order_by(col(PlaylistRow.created_at).desc(), PlaylistRow.id)).all()


def sizes(opened: Session, ids: Sequence[str]) -> Mapping[str, int]:
    """How many clips each playlist has."""
    rows = opened.execute(
        select_columns(col(PlaylistClipRow.playlist_id), func.count())
        .where(col(PlaylistClipRow.playlist_id).in_(ids))
        .group_by(col(PlaylistClipRow.playlist_id))
    )
    return {row[0]: row[1] for row in rows}


def make_playlist(
    opened: Session, *, title: str, about: str = "", is_quiz: bool = False, name: str
) -> PlaylistRow:
    """An empty playlist. Raises `BadInput`."""
    row = PlaylistRow(id=new_call_id(), title="", name=name)
    describe(row, title=title, about=about, is_quiz=is_quiz)
    opened.add(row)
    opened.flush()
    return row


def describe(row: PlaylistRow, *, title: str, about: str, is_quiz: bool) -> None:
    """Sets what a playlist is called and whether it is a quiz. Raises `BadInput`."""
    title, about = title.replace("\0", "").strip(), about.replace("\0", "").strip()
    if not title or len(title) > TITLE_CHARS or len(about) > WHY_CHARS:
        raise BadInput(
            f"标题应有 1 到 {TITLE_CHARS} 个字,说明至多 {WHY_CHARS} 个字", hint="请改短,或补上标题"
        )
    row.title, row.about, row.is_quiz = title, about, is_quiz


def set_deleted(row: PlaylistRow, *, deleted: bool) -> None:
    """Into the bin, or out of it; progress and answers stay."""
    row.deleted_at = (row.deleted_at or utc_now()) if deleted else None


def clip_ids(opened: Session, playlist_id: str) -> Sequence[int]:
    """The clips in their order, those too that the asker may not hear."""
    return opened.exec(
        select(PlaylistClipRow.clip_id)
        .where(PlaylistClipRow.playlist_id == playlist_id)
        .order_by(col(PlaylistClipRow.place), col(PlaylistClipRow.clip_id))
    ).all()


def clips_of(opened: Session, playlist_id: str) -> Sequence[ClipRow]:
    """The clips that the asker may hear, in their order."""
    ids = clip_ids(opened, playlist_id)
    found = clips_by_id(opened, ids)
    return [found[one] for one in ids if one in found]


def add_clip(opened: Session, playlist_id: str, clip_id: int) -> bool:
    """Puts a clip at the end; False where it is in already. Raises `BadInput`."""
    ids = clip_ids(opened, playlist_id)
    if clip_id in ids:
        return False
    if len(ids) >= MOST_CLIPS:
        raise BadInput(f"一个课程至多 {MOST_CLIPS} 个案例", hint="分成两个课程")
    _place(opened, playlist_id, [*ids, clip_id])
    return True


def remove_clip(opened: Session, playlist_id: str, clip_id: int) -> None:
    """Takes a clip out; one that is not in is no error."""
    _place(opened, playlist_id, [one for one in clip_ids(opened, playlist_id) if one != clip_id])


def move_clip(opened: Session, playlist_id: str, clip_id: int, steps: int) -> None:
    """Moves a clip up (negative) or down; at the ends it stays."""
    ids = list(clip_ids(opened, playlist_id))
    if clip_id not in ids:
        return
    at = ids.index(clip_id)
    ids.insert(min(max(0, at + steps), len(ids) - 1), ids.pop(at))
    _place(opened, playlist_id, ids)


def order_clips(opened: Session, playlist_id: str, ids: Sequence[int]) -> None:
    """Puts the clips into this order. Raises `OrderChanged` where they are not the same clips."""
    now = clip_ids(opened, playlist_id)
    if sorted(now) != sorted(ids):
        raise OrderChanged("课程里的案例刚刚变过", hint="请刷新页面再排序")
    _place(opened, playlist_id, ids)


def _place(opened: Session, playlist_id: str, ids: Sequence[int]) -> None:
    opened.execute(delete(PlaylistClipRow).where(col(PlaylistClipRow.playlist_id) == playlist_id))
    opened.add_all(
        PlaylistClipRow(playlist_id=playlist_id, clip_id=clip_id, place=place)
        for place, clip_id in enumerate(ids)
    )
    opened.flush()
