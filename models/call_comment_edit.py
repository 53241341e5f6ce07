"""Writing, editing, withdrawing and resolving comments: each change is a line of its log."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete
from sqlmodel import Session, col, select

from models.access.accounts import AccountRow
from models.access.roles import Role, current_access
from models.access.sign_in import is_open
from models.call import get_call
from models.call_comment import (
    CommentChange,
    CommentChangeRow,
    CommentRow,
    MentionRow,
    get_comment,
    known_names,
)
from models.columns import utc_now
from models.database import lock_names
from models.review_edit import Signed
from models.transcript import TranscriptRow, get_transcript
from qa_engine.errors import BadInput, Conflict
from qa_engine.quality.mentions import mentioned

MAX_TEXT = 2000


class CommentMoved(Conflict):
    """Somebody changed the comment meanwhile."""

    code = "comment_moved"


class NotYourComment(Conflict):
    """Only who wrote a comment edits or withdraws it."""

    code = "comment_not_yours"


class MentionUnseen(BadInput):
    """Somebody is mentioned who may not see the comment."""

    code = "mention_unseen"


@dataclass(frozen=True, slots=True)
class Words:
    """What a comment says, and whether agents may see it."""

    text: str
    for_agent: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A moment of a call, or a stretch of it."""

    start_s: float
    end_s: float | None = None


def write_comment(opened: Session, call_id: str, place: Place, words: Words, *, by: Signed) -> CommentRow:
    """Writes a comment, or finds it where it came already. Raises `NotFound`, `BadInput`, `MentionUnseen`."""
    lock_names(opened, f"comments:{call_id}")
    call = get_call(opened, call_id)
    known = opened.exec(
        select(CommentRow).where(CommentRow.call_id == call_id, CommentRow.token == by.token)
    ).one_or_none()
    if known is not None:
        return known
    words = _checked(words)
    longest = call.duration_s or 0.0
    end_s = place.end_s
    if not 0 <= place.start_s <= longest or (end_s is not None and not place.start_s < end_s <= longest):
        raise BadInput(f"批注的时间应在 0 到 {longest:.1f} 秒之间", hint="请在播放到要批注的地方时再写")
    row = CommentRow(
        call_id=call_id,
        start_s=place.start_s,
        end_s=end_s,
        turn=_turn_at(opened, call_id, place.start_s),
        text=words.text,
        for_agent=words.for_agent,
        name=by.name,
        token=by.token,
    )
    opened.add(row)
    opened.flush()
    _log(opened, row, CommentChange.WRITE, by)
    _mention(opened, row)
    return row


def edit_comment(opened: Session, comment_id: int, words: Words, *, seen: int, by: Signed) -> CommentRow:
    """New words for one's own comment; the old ones stay in the log. Raises `NotFound`, `NotYourComment`, `CommentMoved`."""
    row, done = _locked(opened, comment_id, by)
    if done:
        return row
    _require_own(row, by.name)
    _require_standing(row)
    if row.version != seen:
        raise CommentMoved("批注已被改过", hint="请看过最新内容再改")
    words = _checked(words)
    if (words.text, words.for_agent) == (row.text, row.for_agent):
        return row
    row.text, row.for_agent, row.edited_at = words.text, words.for_agent, utc_now()
    _changed(opened, row, CommentChange.EDIT, by)
    _mention(opened, row)
    return row


def withdraw_comment(opened: Session, comment_id: int, *, by: Signed) -> CommentRow:
    """Takes one's own comment back: it is shown as withdrawn. Raises `NotFound`, `NotYourComment`."""
    row, done = _locked(opened, comment_id, by)
    if done or row.withdrawn_at is not None:
        return row
    _require_own(row, by.name)
    row.withdrawn_at = utc_now()
    _changed(opened, row, CommentChange.WITHDRAW, by)
    return row


def resolve_comment(opened: Session, comment_id: int, *, resolved: bool, by: Signed) -> CommentRow:
    """Says that a comment is dealt with, or no longer. Raises `NotFound`, `CommentMoved` where it was withdrawn."""
    row, done = _locked(opened, comment_id, by)
    if done or (row.resolved_at is not None) is resolved:
        return row
    _require_standing(row)
    row.resolved_at, row.resolved_by = (utc_now(), by.name) if resolved else (None, "")
    _changed(opened, row, CommentChange.RESOLVE if resolved else CommentChange.REOPEN, by)
    return row


def _locked(opened: Session, comment_id: int, by: Signed) -> tuple[CommentRow, bool]:
    """The comment under its call's lock, and whether this very change came already."""
    lock_names(opened, f"comments:{get_comment(opened, comment_id).call_id}")
    row = opened.get_one(CommentRow, comment_id, populate_existing=True)
    came = opened.exec(
        select(CommentChangeRow.id).where(
            CommentChangeRow.comment_id == comment_id, CommentChangeRow.token == by.token
        )
    ).first()
    return row, came is not None


def _require_own(row: CommentRow, name: str) -> None:
    if row.name != name:
        raise NotYourComment(f"这条批注是 {row.name} 写的", hint="只有本人可以修改或撤回;您可以另写一条")


def _require_standing(row: CommentRow) -> None:
    if row.withdrawn_at is not None:
        raise CommentMoved("批注已撤回", hint="请另写一条")


def _checked(words: Words) -> Words:
    text = words.text.strip()
    if not text or len(text) > MAX_TEXT:
        raise BadInput(f"批注应有 1 到 {MAX_TEXT} 个字,现在 {len(text)} 个", hint="请检查后再保存")
    access = current_access()
    return Words(text, words.for_agent or (access is not None and access.role is Role.AGENT))


def _turn_at(opened: Session, call_id: str, start_s: float) -> int | None:
    """The last turn that has begun by then."""
    if opened.get(TranscriptRow, call_id) is None:
        return None
    transcript, _ = get_transcript(opened, call_id)
    begun = [at for at, turn in enumerate(transcript.turns) if turn.start_s <= start_s]
    return begun[-1] if begun else (0 if transcript.turns else None)


def _mention(opened: Session, row: CommentRow) -> None:
    """Mentions as the text has them; whoever is still mentioned keeps having read it."""
    assert row.id is not None
    free = is_open(opened)
    names = set(mentioned(row.text, known_names(opened, get_call(opened, row.call_id)), free=free)) - {
        row.name
    }
    if not free and not row.for_agent:
        _require_sight(opened, names)
    before = {
        one.name for one in opened.exec(select(MentionRow).where(MentionRow.comment_id == row.id)).all()
    }
    opened.execute(
        delete(MentionRow)
        .where(col(MentionRow.comment_id) == row.id, col(MentionRow.name).in_(before - names))
        .execution_options(synchronize_session=False)
    )
    opened.add_all(
        MentionRow(comment_id=row.id, name=name, call_id=row.call_id) for name in sorted(names - before)
    )
    opened.flush()


def _require_sight(opened: Session, names: set[str]) -> None:
    agents = opened.exec(
        select(AccountRow.name).where(col(AccountRow.name).in_(names), AccountRow.role == Role.AGENT)
    ).all()
    if agents:
        raise MentionUnseen(
            f"{'、'.join(sorted(set(agents)))} 看不到内部批注", hint="请勾选“坐席可见”,或去掉对坐席的 @"
        )


def _changed(opened: Session, row: CommentRow, kind: CommentChange, by: Signed) -> None:
    row.version += 1
    opened.add(row)
    _log(opened, row, kind, by)


def _log(opened: Session, row: CommentRow, kind: CommentChange, by: Signed) -> None:
    assert row.id is not None
    opened.add(
        CommentChangeRow(
            comment_id=row.id,
            call_id=row.call_id,
            version=row.version,
            kind=kind,
            text=row.text,
            for_agent=row.for_agent,
            name=by.name,
            token=by.token,
        )
    )
    opened.flush()
