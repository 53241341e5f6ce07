"""Drafts of forms: saved as they are written, every state of them kept, and one change at a time between two writers."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import LargeBinary
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import BigId, UtcDateTime, utc_now
from models.studio.packing import packed, unpacked
from qa_engine.errors import BadInput, Conflict, NotFound
from qa_engine.rubric.problems import BadRubric
from qa_engine.rubric.scaffold import checked_id
from qa_engine.rubric.yaml_nodes import MAX_BYTES, read_yaml

ONE_STATE = timedelta(seconds=60)
"""Saves of one writer within this time are one state of the history: typing would otherwise leave hundreds."""
TITLE_CHARS = 2_000


class DraftState(StrEnum):
    """A draft that was released or thrown away can be opened again."""

    OPEN = "open"
    RELEASED = "released"
    DISCARDED = "discarded"


class Kept(StrEnum):
    """How a state came about."""

    START = "start"
    EDIT = "edit"
    RESTORE = "restore"
    RELEASE = "release"


class DraftRow(SQLModel, table=True):
    """A form in the making. `revision` counts its changes; `base_release` is what it started from, None for a file or
    nothing."""

    __tablename__ = "rubric_draft"
    id: str = Field(primary_key=True, max_length=16)
    rubric: str = Field(max_length=100, index=True)
    title: str = Field(default="", max_length=TITLE_CHARS)
    text: bytes = Field(sa_type=LargeBinary)
    revision: int = 1
    state: str = Field(default=DraftState.OPEN, max_length=10)
    base_release: int | None = Field(default=None, sa_type=BigId)
    base_version: int | None = None
    created_by: str = Field(max_length=100)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_by: str = Field(max_length=100)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    @property
    def source(self) -> str:
        """The text as it stands."""
        return unpacked(self.text)


class DraftRevisionRow(SQLModel, table=True):
    """A state that the draft had. `of_revision` is the state that a restore brought back, `started_at` when the writer
    began what this state ends."""

    __tablename__ = "rubric_draft_revision"
    draft_id: str = Field(primary_key=True, foreign_key="rubric_draft.id", ondelete="CASCADE", max_length=16)
    revision: int = Field(primary_key=True)
    kind: str = Field(max_length=10)
    of_revision: int | None = None
    text: bytes = Field(sa_type=LargeBinary)
    saved_by: str = Field(max_length=100)
    started_at: datetime = Field(sa_type=UtcDateTime)
    saved_at: datetime = Field(sa_type=UtcDateTime)


class DraftConflict(Conflict):
    """Somebody else saved in between. Nothing is lost: their text stands, the other is still with its writer."""

    code = "draft_conflict"


class DraftClosed(Conflict):
    """The draft was released or thrown away."""

    code = "draft_closed"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a draft starts from."""

    text: str
    release: int | None = None
    version: int | None = None


def start_draft(opened: Session, rubric: str, origin: Origin, *, by: str) -> DraftRow:
    """A new draft of a form. Raises `BadRubricId`, `BadInput`."""
    text, now = _checked(origin.text), utc_now()
    row = DraftRow(
        id=secrets.token_hex(6),
        rubric=checked_id(rubric),
        title=_title(text),
        text=packed(text),
        base_release=origin.release,
        base_version=origin.version,
        created_by=by,
        created_at=now,
        changed_by=by,
        changed_at=now,
    )
    opened.add(row)
    opened.flush()
    opened.add(_state(row, Kept.START, by, now))
    return row


def get_draft(opened: Session, draft_id: str) -> DraftRow:
    """Raises `NotFound`."""
    row = opened.get(DraftRow, draft_id)
    if row is None:
        raise NotFound(f"没有草稿 {draft_id[:40]}", hint="草稿都列在“编辑”页")
    return row


def drafts(opened: Session, state: DraftState = DraftState.OPEN, *, limit: int = 100) -> Sequence[DraftRow]:
    """The newest change first."""
    return opened.exec(
        select(DraftRow)
        .where(DraftRow.state == state.value)
        .order_by(col(DraftRow.changed_at).desc())
        .limit(limit)
    ).all()


def save_draft(opened: Session, draft_id: str, text: str, *, revision: int, by: str) -> DraftRow:
    """Saves what was written on top of `revision`. Raises `DraftConflict` where that is no longer the newest,
    `DraftClosed`, `NotFound`."""
    row = _locked(opened, draft_id, revision)
    text = _checked(text)
    if text != row.source:
        _change(opened, row, text, Kept.EDIT, by)
    return row


def restore_revision(opened: Session, draft_id: str, wanted: int, *, revision: int, by: str) -> DraftRow:
    """Makes an older state the newest; the one that stood stays in the history. Raises as `save_draft`."""
    row = _locked(opened, draft_id, revision)
    old = opened.get(DraftRevisionRow, (draft_id, wanted))
    if old is None:
        raise NotFound(f"草稿没有第 {wanted} 次保存", hint="可恢复的都列在草稿的历史里")
    _change(opened, row, unpacked(old.text), Kept.RESTORE, by, of_revision=wanted)
    return row


def set_draft_state(opened: Session, draft_id: str, state: DraftState, *, by: str) -> DraftRow:
    """Throws a draft away, or opens it again."""
    row = _for_update(opened, draft_id)
    row.state, row.changed_by, row.changed_at = state.value, by, utc_now()
    opened.add(row)
    return row


def close_released(opened: Session, draft_id: str, text: str, *, by: str) -> None:
    """The draft became a release; its last state is the text that was released."""
    row = _for_update(opened, draft_id)
    _change(opened, row, text, Kept.RELEASE, by)
    row.state = DraftState.RELEASED.value


def revisions_of(opened: Session, draft_id: str) -> Sequence[DraftRevisionRow]:
    """Every state kept, the newest first."""
    return opened.exec(
        select(DraftRevisionRow)
        .where(DraftRevisionRow.draft_id == draft_id)
        .order_by(col(DraftRevisionRow.revision).desc())
    ).all()


def revision_text(opened: Session, draft_id: str, revision: int) -> str:
    """Raises `NotFound`."""
    row = opened.get(DraftRevisionRow, (draft_id, revision))
    if row is None:
        raise NotFound(f"草稿没有第 {revision} 次保存", hint="可恢复的都列在草稿的历史里")
    return unpacked(row.text)


def _for_update(opened: Session, draft_id: str) -> DraftRow:
    row = opened.exec(select(DraftRow).where(DraftRow.id == draft_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"没有草稿 {draft_id[:40]}", hint="草稿都列在“编辑”页")
    return row


def _locked(opened: Session, draft_id: str, revision: int) -> DraftRow:
    """The row for a change, if it is open and nobody was faster."""
    row = _for_update(opened, draft_id)
    if row.state != DraftState.OPEN:
        raise DraftClosed("这份草稿已经发布或丢弃,不能再改", hint="在草稿页上可以重新打开")
    if row.revision != revision:
        raise DraftConflict(
            f"{row.changed_by} 在您编辑期间保存过这份草稿",
            hint="您写的还在编辑框里:先看差别,再决定保留哪一份",
        )
    return row


def _change(
    opened: Session, row: DraftRow, text: str, kind: Kept, by: str, *, of_revision: int | None = None
) -> None:
    now = utc_now()
    last = opened.get(DraftRevisionRow, (row.id, row.revision))
    started_at = now
    is_edit = kind is Kept.EDIT and last is not None and last.kind == Kept.EDIT
    if is_edit and last is not None and last.saved_by == by and now - last.started_at < ONE_STATE:
        started_at = last.started_at
        opened.delete(last)
        opened.flush()
    row.text, row.title, row.revision = packed(text), _title(text), row.revision + 1
    row.changed_by, row.changed_at = by, now
    opened.add(row)
    made = _state(row, kind, by, started_at)
    made.of_revision, made.saved_at = of_revision, now
    opened.add(made)


def _state(row: DraftRow, kind: Kept, by: str, started_at: datetime) -> DraftRevisionRow:
    return DraftRevisionRow(
        draft_id=row.id,
        revision=row.revision,
        kind=kind.value,
        text=row.text,
        saved_by=by,
        started_at=started_at,
        saved_at=started_at,
    )


def _checked(text: str) -> str:
    """The text with the line ends of files; browsers post CRLF. Raises `BadInput`."""
    if "\0" in text or not _is_unicode(text):
        raise BadInput("质检表里有不能保存的字符", hint="请删去控制字符再保存")
    if len(text.encode()) > MAX_BYTES:
        raise BadInput(f"质检表超过 {MAX_BYTES // 1_000} KB", hint="请拆成几个质检表,或把词移到词表文件")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_unicode(text: str) -> bool:
    """False for halves of surrogate pairs, which JSON can carry and no database keeps."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _title(text: str) -> str:
    """The title for lists; "" while the text cannot be read."""
    try:
        data = read_yaml(text, "draft").data
    except BadRubric:
        return ""
    title = data.get("title") if isinstance(data, dict) else ""
    return str(title or "")[:TITLE_CHARS]
