"""The tables of the example library."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import BigId, Json, UtcDateTime, utc_now

TITLE_CHARS, WHY_CHARS, NAME_CHARS = 120, 2000, 60


class Polarity(StrEnum):
    """Whether a clip shows how it is done, or how not."""

    GOOD = "good"
    BAD = "bad"


class Consent(StrEnum):
    """Whether the agent who is heard lets others hear the clip: nobody asked, asked, given, refused (or taken back)."""

    OPEN = "open"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class ClipRow(SQLModel, table=True):
    """A stretch of a call with what it teaches. Times are ms of the recording. `lines` and `masked` are text and number of
    hidden places under the transcript `transcript_sha`; `marked` are stretches that a person wants hidden too. `sound_key`
    is the file that others hear, `sound_of` says of what it was made. `evaluation_id` and `turn` are where it comes from."""

    __tablename__ = "clip"
    __table_args__ = (Index("ix_clip_deleted_at_id", "deleted_at", "id"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", index=True, max_length=32)
    start_ms: int
    end_ms: int
    title: str = Field(max_length=TITLE_CHARS)
    why: str = ""
    polarity: str = Field(max_length=10)
    rubric: str = Field(default="", max_length=200)
    item_id: str = Field(default="", max_length=200, index=True)
    section: str = Field(default="", max_length=200)
    objection: str = Field(default="", max_length=50)
    campaign: str = Field(default="", max_length=200)
    agent_id: str = Field(default="", max_length=100, index=True)
    evaluation_id: int | None = Field(
        default=None, foreign_key="evaluation.id", ondelete="SET NULL", sa_type=BigId
    )
    turn: int | None = None
    consent: str = Field(default=Consent.OPEN, max_length=10)
    consent_by: str = Field(default="", max_length=NAME_CHARS)
    consent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_shared: bool = False
    marked: list[list[int]] = Field(default_factory=list, sa_type=Json)
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    masked: int = 0
    transcript_sha: str = Field(default="", max_length=64)
    sound_key: str | None = Field(default=None, max_length=300)
    sound_of: str = Field(default="", max_length=64)
    version: int = 1
    name: str = Field(max_length=NAME_CHARS)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


class ClipChangeRow(SQLModel, table=True):
    """One change of a clip; lines are only ever added. `before` are the fields that it changed as they were; `undone_by` is
    the change that took it back."""

    __tablename__ = "clip_change"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    clip_id: int = Field(foreign_key="clip.id", ondelete="CASCADE", index=True, sa_type=BigId)
    kind: str = Field(max_length=10)
    before: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    name: str = Field(max_length=NAME_CHARS)
    undone_by: int | None = Field(default=None, sa_type=BigId)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class PlaylistRow(SQLModel, table=True):
    """Clips in an order. `id` is opaque: it is the address that is passed on. A quiz hides what a clip shows until the
    listener has answered."""

    __tablename__ = "playlist"
    id: str = Field(primary_key=True, max_length=32)
    title: str = Field(max_length=TITLE_CHARS)
    about: str = ""
    is_quiz: bool = False
    is_shared: bool = False
    name: str = Field(max_length=NAME_CHARS)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PlaylistClipRow(SQLModel, table=True):
    """A clip's place in a playlist, from 0."""

    __tablename__ = "playlist_clip"
    playlist_id: str = Field(primary_key=True, foreign_key="playlist.id", ondelete="CASCADE", max_length=32)
    clip_id: int = Field(primary_key=True, foreign_key="clip.id", ondelete="CASCADE", sa_type=BigId)
    place: int


class ClipHeardRow(SQLModel, table=True):
    """What of a clip one person has heard: ms from the start of the clip, and where they stopped. `person` is the login, or
    the name where nobody signs in."""

    __tablename__ = "clip_heard"
    clip_id: int = Field(primary_key=True, foreign_key="clip.id", ondelete="CASCADE", sa_type=BigId)
    person: str = Field(primary_key=True, max_length=NAME_CHARS)
    name: str = Field(max_length=NAME_CHARS)
    stretches: list[list[int]] = Field(default_factory=list, sa_type=Json)
    stopped_ms: int = 0
    heard_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class QuizAnswerRow(SQLModel, table=True):
    """One person's answer about one clip of a quiz. The first one stands: who has seen the solution knows it."""

    __tablename__ = "quiz_answer"
    playlist_id: str = Field(primary_key=True, foreign_key="playlist.id", ondelete="CASCADE", max_length=32)
    clip_id: int = Field(primary_key=True, foreign_key="clip.id", ondelete="CASCADE", sa_type=BigId)
    person: str = Field(primary_key=True, max_length=NAME_CHARS)
    name: str = Field(max_length=NAME_CHARS)
    answer: str = Field(max_length=10)
    is_right: bool
    answered_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ClipDismissalRow(SQLModel, table=True):
    """A proposed moment that nobody wants: the subject of this call is not proposed again."""

    __tablename__ = "clip_dismissal"
    call_id: str = Field(primary_key=True, foreign_key="call.id", ondelete="CASCADE", max_length=32)
    subject: str = Field(primary_key=True, max_length=200)
    name: str = Field(max_length=NAME_CHARS)
    dismissed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
