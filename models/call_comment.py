"""Comments on a moment of a call, what they were before they were edited, and who is mentioned in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, func
from sqlalchemy import select as select_columns
from sqlmodel import Field, Session, SQLModel, col, select

from models.access.accounts import AccountRow
from models.access.roles import Access, Right, Role
from models.access.sign_in import access_of, is_open
from models.appeal import AppealRow, AppealStepRow
from models.call import CallRow
from models.columns import BigId, UtcDateTime, utc_now
from models.review import ReviewChangeRow
from qa_engine.errors import NotFound

MENTIONS_SHOWN = 100
NAMES_SHOWN = 500


class CommentRow(SQLModel, table=True):
    """A comment at `start_s`, or on the stretch to `end_s`, in turn `turn` (0-based). Only those `for_agent` are shown to agents.
    A withdrawn one keeps its row and is shown as withdrawn, without its text."""

    __tablename__ = "call_comment"
    __table_args__ = (UniqueConstraint("call_id", "token", name="uq_call_comment_call_id_token"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", index=True, max_length=32)
    start_s: float
    end_s: float | None = None
    turn: int | None = None
    text: str
    for_agent: bool = False
    name: str = Field(max_length=100)
    version: int = 1
    token: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    resolved_by: str = Field(default="", max_length=100)


class CommentChange(StrEnum):
    """What a line of the log did."""

    WRITE = "write"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    RESOLVE = "resolve"
    REOPEN = "reopen"


class CommentChangeRow(SQLModel, table=True):
    """One change of a comment, with its text and visibility after it; rows are only ever added."""

    __tablename__ = "call_comment_change"
    __table_args__ = (
        UniqueConstraint("comment_id", "version", name="uq_call_comment_change_comment_id_version"),
        UniqueConstraint("comment_id", "token", name="uq_call_comment_change_comment_id_token"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    comment_id: int = Field(foreign_key="call_comment.id", ondelete="CASCADE", sa_type=BigId)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", index=True, max_length=32)
    version: int
    kind: str = Field(max_length=10)
    text: str
    for_agent: bool
    name: str = Field(max_length=100)
    token: str = Field(max_length=64)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class MentionRow(SQLModel, table=True):
    """Somebody is mentioned in a comment; `read_at` None = they have not looked."""

    __tablename__ = "call_comment_mention"
    __table_args__ = (Index("ix_call_comment_mention_name_read_at", "name", "read_at"),)
    comment_id: int = Field(
        primary_key=True, foreign_key="call_comment.id", ondelete="CASCADE", sa_type=BigId
    )
    name: str = Field(primary_key=True, max_length=100)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", index=True, max_length=32)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def get_comment(opened: Session, comment_id: int) -> CommentRow:
    """Raises `NotFound`."""
    row = opened.exec(select(CommentRow).where(CommentRow.id == comment_id)).one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {comment_id} 的批注", hint="请刷新通话页面")
    return row


def comments_of(opened: Session, call_id: str) -> Sequence[CommentRow]:
    """The comments of a call that the asker may see, by time."""
    return opened.exec(
        select(CommentRow)
        .where(CommentRow.call_id == call_id)
        .order_by(col(CommentRow.start_s), col(CommentRow.id))
    ).all()


def comment_changes(opened: Session, comment_id: int) -> Sequence[CommentChangeRow]:
    """The log of a comment, oldest first."""
    return opened.exec(
        select(CommentChangeRow)
        .where(CommentChangeRow.comment_id == comment_id)
        .order_by(col(CommentChangeRow.version))
    ).all()


def mentions_of(opened: Session, name: str) -> Sequence[tuple[MentionRow, CommentRow, CallRow]]:
    """Comments in which somebody is mentioned, the newest first; withdrawn ones are left out."""
    return opened.exec(
        select(MentionRow, CommentRow, CallRow)
        .join(CommentRow, col(CommentRow.id) == col(MentionRow.comment_id))
        .join(CallRow, col(CallRow.id) == col(CommentRow.call_id))
        .where(MentionRow.name == name, col(CommentRow.withdrawn_at).is_(None))
        .order_by(col(MentionRow.at).desc(), col(MentionRow.comment_id).desc())
        .limit(MENTIONS_SHOWN)
    ).all()


def count_unread(opened: Session, name: str) -> int:
    """Mentions that somebody has not looked at."""
    query = (
        select_columns(func.count())
        .select_from(MentionRow)
        .join(CommentRow, col(CommentRow.id) == col(MentionRow.comment_id))
        .where(
            col(MentionRow.name) == name,
            col(MentionRow.read_at).is_(None),
            col(CommentRow.withdrawn_at).is_(None),
        )
    )
    return int(opened.execute(query).scalar_one())


def unread_in(opened: Session, call_id: str, name: str) -> list[int]:
    """Comments of a call in which somebody is mentioned and has not looked."""
    return list(
        opened.exec(
            select(MentionRow.comment_id).where(
                MentionRow.call_id == call_id, MentionRow.name == name, col(MentionRow.read_at).is_(None)
            )
        ).all()
    )


def read_mentions(opened: Session, name: str, comment_ids: Collection[int] = ()) -> int:
    """Notes that somebody has looked: at these, or at all. How many were new to them."""
    wanted = select(MentionRow).where(MentionRow.name == name, col(MentionRow.read_at).is_(None))
    if comment_ids:
        wanted = wanted.where(col(MentionRow.comment_id).in_(comment_ids))
    rows = opened.exec(wanted).all()
    for row in rows:
        row.read_at = utc_now()
        opened.add(row)
    opened.flush()
    return len(rows)


def known_names(opened: Session, call: CallRow) -> Sequence[str]:
    """People who can be mentioned: who has an account and may see the call; where nobody signs in, whoever has signed
    something."""
    if not is_open(opened):
        accounts = opened.exec(select(AccountRow).where(col(AccountRow.disabled).is_(False))).all()
        return sorted({account.name for account in accounts if _sees(access_of(account), call)})[:NAMES_SHOWN]
    names: set[str] = set()
    for column in (
        col(ReviewChangeRow.name), col(CommentRow.name), col(MentionRow.name), col(AppealRow.filed_by),
        col(AppealStepRow.name),
    ):  # fmt: skip
        names |= set(opened.execute(select_columns(column).distinct().limit(NAMES_SHOWN)).scalars().all())
    return sorted(names - {""})[:NAMES_SHOWN]


def _sees(access: Access, call: CallRow) -> bool:
    if access.role is Role.AGENT:
        return access.agent_id == call.agent_id
    if access.role is Role.TEAM_LEAD:
        return call.team_id in access.teams
    return access.may(Right.CALLS)
