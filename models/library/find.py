"""Which clips somebody may have, and finding among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, text, true
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.access.narrow import whole_group
from models.access.roles import Right, current_access
from models.call import CallRow
from models.library.edit import may_teach
from models.library.rows import ClipRow, Consent
from models.recording import RecordingRow
from qa_engine.errors import NotFound

PAGE_SIZE = 24
FACET_VALUES = 40


class Length(StrEnum):
    """How long a clip is: up to 15 s, up to 30 s, longer."""

    SHORT = "short"
    MIDDLE = "middle"
    LONG = "long"


_LENGTHS = {
    Length.SHORT: (0, 15_000),
    Length.MIDDLE: (15_001, 30_000),
    Length.LONG: (30_001, 10**9),
}


@dataclass(frozen=True, slots=True)
class ClipFilter:
    """None = any. `is_deleted` shows the bin, to those who teach."""

    section: str | None = None
    item: str | None = None
    objection: str | None = None
    polarity: str | None = None
    campaign: str | None = None
    length: str | None = None
    consent: str | None = None
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class FoundClips:
    """A page of clips, how many there are, and by facet what each value would leave."""

    clips: Sequence[ClipRow]
    total: int
    facets: Mapping[str, Mapping[str, int]]


def _length() -> ColumnElement[str]:
    length = col(ClipRow.end_ms) - col(ClipRow.start_ms)
    short, middle = _LENGTHS[Length.SHORT][1], _LENGTHS[Length.MIDDLE][1]
    return case((length <= short, Length.SHORT.value), (length <= middle, Length.MIDDLE.value),
                else_=Length.LONG.value)  # fmt: skip


def _columns() -> Mapping[str, Any]:
    return {
        "section": col(ClipRow.section),
        "item": col(ClipRow.item_id),
        "objection": col(ClipRow.objection),
        "polarity": col(ClipRow.polarity),
        "campaign": col(ClipRow.campaign),
        "length": _length(),
        "consent": col(ClipRow.consent),
    }


def visible() -> ColumnElement[bool]:
    """What the asker may hear: everything for those who teach; for others what is shared with consent, and what of their
    own calls they have been asked about."""
    if may_teach():
        return true()
    access = current_access()
    shared = and_(
        col(ClipRow.is_shared).is_(True),
        col(ClipRow.consent) == Consent.GRANTED,
        col(ClipRow.deleted_at).is_(None),
    )
    if access is None or not access.may(Right.LIBRARY):
        return false()
    own = and_(
        col(ClipRow.agent_id) == access.agent_id,
        col(ClipRow.consent) != Consent.OPEN,
        col(ClipRow.deleted_at).is_(None),
    )
    return or_(shared, own) if access.agent_id else shared


def get_clip(opened: Session, clip_id: int) -> ClipRow:
    """A clip that the asker may hear. Raises `NotFound`."""
    wanted = select(ClipRow).where(ClipRow.id == clip_id, visible())
    with whole_group():
        row = opened.exec(wanted).one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {clip_id} 的案例", hint="它可能没有共享给你;请从案例库里打开")
    return row


def clips_by_id(opened: Session, ids: Sequence[int]) -> Mapping[int, ClipRow]:
    """Those of the clips that the asker may hear and that are not in the bin."""
    wanted = select(ClipRow).where(col(ClipRow.id).in_(ids), col(ClipRow.deleted_at).is_(None), visible())
    with whole_group():
        return {row.id: row for row in opened.exec(wanted).all() if row.id is not None}


def find_clips(opened: Session, wanted: ClipFilter, *, page: int = 1, size: int = PAGE_SIZE) -> FoundClips:
    """The newest first."""
    base = visible() & (
        col(ClipRow.deleted_at).is_not(None) & may_teach()
        if wanted.is_deleted
        else col(ClipRow.deleted_at).is_(None)
    )
    columns = _columns()
    chosen = {
        one.name: columns[one.name] == value
        for one in fields(wanted)
        if one.name in columns and (value := getattr(wanted, one.name)) is not None
    }
    with whole_group():
        clips = opened.exec(
            select(ClipRow)
            .where(base, *chosen.values())
            .order_by(col(ClipRow.id).desc())
            .offset((page - 1) * size)
            .limit(size)
        ).all()
        total = opened.execute(
            select_columns(func.count()).select_from(ClipRow).where(base, *chosen.values())
        ).scalar_one()
        facets = {
            name: _counts(opened, column, [base, *(v for key, v in chosen.items() if key != name)])
            for name, column in columns.items()
        }
    return FoundClips(clips, total, facets)


def _counts(opened: Session, column: Any, conditions: Sequence[ColumnElement[bool]]) -> Mapping[str, int]:
    # grouped by name: PostgreSQL takes the same expression with other parameters for another one
    rows = opened.execute(
        select_columns(column.label("value"), func.count().label("n"))
        .select_from(ClipRow)
        .where(*conditions)
        .group_by("value")
        .order_by(text("n DESC"), "value")
        .limit(FACET_VALUES)
    ).all()
    return {value: number for value, number in rows if value}


def openable(opened: Session, clips: Sequence[ClipRow]) -> frozenset[str]:
    """The calls of these clips that the asker may open."""
    access = current_access()
    if access is not None and not access.may(Right.CALLS):
        return frozenset()
    ids = {clip.call_id for clip in clips}
    return frozenset(opened.exec(select(CallRow.id).where(col(CallRow.id).in_(ids))).all())


def with_sound(opened: Session, clips: Sequence[ClipRow]) -> frozenset[str]:
    """The calls of these clips whose recording is still there."""
    ids = {clip.call_id for clip in clips}
    wanted = select(RecordingRow.call_id).where(
        col(RecordingRow.call_id).in_(ids), col(RecordingRow.audio_key).is_not(None)
    )
    with whole_group():
        return frozenset(opened.exec(wanted).all())
