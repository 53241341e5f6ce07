"""Filters under a name: one's own, and those that others share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel, col, select

from models.access.roles import current_access
from models.columns import BigId, Json, UtcDateTime, utc_now
from models.database import lock_names
from qa_engine.errors import BadInput, Conflict, NotFound

MOST = 50
MAX_NAME = 40
MAX_QUERY = 2000
DAYS = ("from", "to")
_PASSING = frozenset({"page", "lang", "theme", "gone"})
"""What an address says about the moment and not about what is looked at."""


class ViewPage(StrEnum):
    """Pages whose filters can be kept."""

    CALLS = "calls"
    REVIEWS = "reviews"
    BOARD = "board"
    ITEMS = "items"
    SCORES = "scores"
    COVERAGE = "coverage"
    REVIEWERS = "reviewers"


class SavedViewRow(SQLModel, table=True):
    """Filters of a page, as the query of its address. `account_id` None = kept where nobody signs in; `teams` are those of a
    team lead who shares it, and who see it with them; `removed_at` keeps it for an undo."""

    __tablename__ = "saved_view"
    __table_args__ = (Index("ix_saved_view_page_account_id", "page", "account_id"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    page: str = Field(max_length=20)
    name: str = Field(max_length=MAX_NAME)
    query: str = Field(max_length=MAX_QUERY)
    account_id: int | None = Field(default=None, foreign_key="account.id", ondelete="CASCADE", sa_type=BigId)
    owner: str = Field(default="", max_length=60)
    shared: bool = False
    teams: list[str] = Field(default_factory=list, sa_type=Json)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def is_own(self) -> bool:
        """Whether who asks may change it."""
        access = current_access()
        return self.account_id == (access.account_id if access else None)


def cleaned_query(query: str, *, keep_days: bool = True) -> str:
    """What of an address is kept: its filters, in their order, without the page it stood on. Raises `BadInput`."""
    pairs = [
        (key, value)
        for key, value in parse_qsl(query.lstrip("?").replace("\0", ""), max_num_fields=60)
        if key not in _PASSING and (keep_days or key not in DAYS)
    ]
    kept = urlencode(pairs)
    if len(kept) > MAX_QUERY:
        raise BadInput("筛选条件太长,不能保存", hint=f"最多 {MAX_QUERY} 个字符,请去掉一些条件")
    return kept


def list_views(opened: Session, page: ViewPage) -> Sequence[SavedViewRow]:
    """One's own by name, then those of others that one sees."""
    access = current_access()
    rows = opened.exec(
        select(SavedViewRow)
        .where(SavedViewRow.page == page.value, col(SavedViewRow.removed_at).is_(None))
        .order_by(SavedViewRow.name, col(SavedViewRow.id))
    ).all()
    seen = [row for row in rows if row.is_own or (access is not None and row.shared and _is_for_me(row))]
    return sorted(seen, key=lambda row: not row.is_own)


def _is_for_me(row: SavedViewRow) -> bool:
    access = current_access()
    if access is None or not access.is_limited or not row.teams:
        return True
    return bool(set(row.teams) & set(access.teams))


def save_view(opened: Session, page: ViewPage, name: str, query: str, *, shared: bool) -> SavedViewRow:
    """Keeps filters; under a name that one has already, in its place. Raises `BadInput`, `Conflict` where there are too
    many."""
    access = current_access()
    account = access.account_id if access else None
    name = _name(name)
    lock_names(opened, f"saved_view:{account}:{page}")
    mine = [row for row in list_views(opened, page) if row.is_own]
    row = next((one for one in mine if one.name == name), None)
    if row is None and len(mine) >= MOST:
        raise Conflict(f"已经保存了 {MOST} 个", hint="请先删除不用的")
    row = row or SavedViewRow(page=page.value, name=name, query=query, account_id=account)
    row.query, row.shared = query, shared
    row.owner = access.name if access else ""
    row.teams = list(access.teams) if access and shared else []
    opened.add(row)
    opened.flush()
    return row


def _name(text: str) -> str:
    name = " ".join(text.replace("\0", "").split())
    if not name or len(name) > MAX_NAME:
        raise BadInput("名称不能为空,也不能太长", hint=f"请写 1–{MAX_NAME} 个字符")
    return name


def own_view(opened: Session, view_id: int) -> SavedViewRow:
    """Raises `NotFound` for one that is not the asker's."""
    row = opened.get(SavedViewRow, view_id)
    if row is None or not row.is_own:
        raise NotFound("没有这个保存的筛选", hint="它可能已被删除,或是别人的")
    return row


def change_view(opened: Session, view_id: int, *, name: str, shared: bool) -> SavedViewRow:
    """Another name, shared or not. Raises `NotFound`, `BadInput`, `Conflict` for a name that one has already."""
    row, access = own_view(opened, view_id), current_access()
    new = _name(name)
    taken = [one for one in list_views(opened, ViewPage(row.page)) if one.is_own and one.id != row.id]
    if any(one.name == new for one in taken):
        raise Conflict(f"已经有叫“{new}”的筛选", hint="请换一个名称")
    row.name, row.shared = new, shared
    row.teams = list(access.teams) if access and shared else []
    opened.add(row)
    return row


def remove_view(opened: Session, view_id: int) -> SavedViewRow:
    """Takes it off the chips. Raises `NotFound`."""
    row = own_view(opened, view_id)
    row.removed_at = utc_now()
    opened.add(row)
    return row


def restore_view(opened: Session, view_id: int) -> SavedViewRow:
    """The undo of `remove_view`; where its name is taken by now, with a number behind it. Raises `NotFound`."""
    row = own_view(opened, view_id)
    names = {one.name for one in list_views(opened, ViewPage(row.page)) if one.is_own and one.id != row.id}
    tries = (row.name, *(f"{row.name[: MAX_NAME - 4]} {n}" for n in range(2, MOST + 2)))
    row.name = next(name for name in tries if name not in names)
    row.removed_at = None
    opened.add(row)
    return row


def removed_view(opened: Session, view_id: int) -> SavedViewRow | None:
    """The view that was just removed, for the offer to take that back; None where there is none of one's own."""
    row = opened.get(SavedViewRow, view_id)
    return row if row is not None and row.is_own and row.removed_at is not None else None
