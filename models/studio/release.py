"""Releases: which text of a form judges calls from when on, who put it in force, and why.

A release holds the form whole: its text, the shared conditions that it took in, and the phrase lists around it. So every
process that scores takes the same form from the database, whatever files lie beside it. The centre's own words
(`CALLQA_PHRASES`) are added when it is loaded, as with files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlalchemy import select as select_columns
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import BigId, UtcDateTime, utc_now
from models.studio.packing import unpacked
from qa_engine.errors import NotFound
from qa_engine.rubric.schema import PhraseLists

TITLE_CHARS = 2_000
NOTE_CHARS = 1_000


class ReleaseRow(SQLModel, table=True):
    """One release. `text` is the form as it was written, `form` what it is loaded from (JSON), both compressed.
    `repeats` names the older release whose form this is again. One that was called off before it started never judged."""

    __tablename__ = "rubric_release"
    __table_args__ = (Index("ix_rubric_release_rubric_starts_at", "rubric", "starts_at"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    rubric: str = Field(max_length=100)
    version: int
    title: str = Field(max_length=TITLE_CHARS)
    text: bytes = Field(sa_type=LargeBinary)
    form: bytes = Field(sa_type=LargeBinary)
    sha256: str = Field(max_length=64)
    scored_sha256: str = Field(max_length=64)
    note: str = Field(max_length=NOTE_CHARS)
    released_by: str = Field(max_length=100)
    released_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    scores_calls: bool = True
    repeats: int | None = Field(default=None, sa_type=BigId)
    called_off_by: str = Field(default="", max_length=100)
    called_off_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class InForce:
    """The release that judges now, without its text."""

    id: int
    rubric: str
    version: int
    scores_calls: bool
    starts_at: datetime
    released_by: str
    note: str


@dataclass(frozen=True, slots=True)
class ReleasedForm:
    """What a release is loaded from: `source` with the shared conditions in it, and the lists around it, unresolved."""

    text: str
    source: str
    lists: str
    """JSON: so that it can be a key of what was loaded before."""

    @property
    def phrases(self) -> PhraseLists:
        return {name: tuple(words) for name, words in json.loads(self.lists).items()}


def releases_in_force(opened: Session, at: datetime | None = None) -> Mapping[str, InForce]:
    """Rubric → the release that judges at that moment: the one that started last."""
    rows = opened.execute(
        select_columns(
            col(ReleaseRow.id), col(ReleaseRow.rubric), col(ReleaseRow.version), col(ReleaseRow.scores_calls),
            col(ReleaseRow.starts_at), col(ReleaseRow.released_by), col(ReleaseRow.note),
        )
        .where(col(ReleaseRow.starts_at) <= (at or utc_now()), col(ReleaseRow.called_off_at).is_(None))
        .order_by(col(ReleaseRow.starts_at), col(ReleaseRow.id))
    ).all()  # fmt: skip
    return {row.rubric: InForce(*row) for row in rows}


def releases_of(opened: Session, rubric: str) -> Sequence[ReleaseRow]:
    """All of a form, the one that starts last first."""
    return opened.exec(
        select(ReleaseRow)
        .where(ReleaseRow.rubric == rubric)
        .order_by(col(ReleaseRow.starts_at).desc(), col(ReleaseRow.id).desc())
    ).all()


def get_release(opened: Session, release_id: int, rubric: str | None = None) -> ReleaseRow:
    """Raises `NotFound`, also where it is of another form than `rubric`."""
    row = opened.get(ReleaseRow, release_id)
    if row is None or rubric not in {None, row.rubric}:
        raise NotFound(f"没有编号为 {release_id} 的发布", hint="发布记录在质检表的“版本”页")
    return row


def released_form(opened: Session, release_id: int) -> ReleasedForm:
    """What the release is loaded from. Raises `NotFound`."""
    row = get_release(opened, release_id)
    kept = json.loads(unpacked(row.form))
    lists = json.dumps(kept["phrases"], ensure_ascii=False)
    return ReleasedForm(unpacked(row.text), kept["source"], lists)
