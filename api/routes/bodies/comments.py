"""What the routes of comments take and give."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.routes.bodies.reviews import Note, Token


class _FromRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class WriteBody(BaseModel):
    """A comment at a second, or on a stretch; internal unless `for_agent`."""

    start_s: float = Field(ge=0, le=1e6, allow_inf_nan=False, examples=[12.4])
    end_s: float | None = Field(None, ge=0, le=1e6, allow_inf_nan=False, examples=[18.0])
    text: Note = Field(examples=["@陈班长 这里的异议处理可以当正例"])
    for_agent: bool = Field(False, description="坐席可见 · Shown to the agent")
    token: Token


class EditBody(BaseModel):
    """New words; `seen` is the version they take the place of."""

    text: Note = Field(examples=["@陈班长 这里可以当正例"])
    for_agent: bool = False
    seen: int = Field(ge=0, le=2**31 - 1, examples=[1])
    token: Token


class ResolveBody(BaseModel):
    """Says that a comment is dealt with, or (false) no longer."""

    resolved: bool = Field(examples=[True])
    token: Token


class TokenBody(BaseModel):
    """A step that needs nothing but its token."""

    token: Token


class CommentBody(_FromRow):
    """A comment; `text` is empty once it was withdrawn."""

    id: int = Field(examples=[3])
    call_id: str = Field(examples=["k7w3pnq8xv2m"])
    start_s: float = Field(examples=[12.4])
    end_s: float | None = Field(examples=[None])
    turn: int | None = Field(description="第几句,从 0 开始 · Turn from 0", examples=[4])
    text: str = Field(examples=["@陈班长 这里可以当正例"])
    for_agent: bool = Field(examples=[False])
    name: str = Field(examples=["李娜"])
    version: int = Field(examples=[1])
    created_at: datetime = Field(examples=["2026-11-20T02:15:00Z"])
    edited_at: datetime | None = Field(examples=[None])
    withdrawn_at: datetime | None = Field(examples=[None])
    resolved_at: datetime | None = Field(examples=[None])
    resolved_by: str = Field(examples=[""])
    is_mine: bool = Field(description="我写的 · Mine", examples=[True])


class CommentsBody(BaseModel):
    """The comments of a call, and who can be mentioned in them."""

    comments: list[CommentBody]
    people: list[str] = Field(examples=[["陈班长", "李娜"]])


class CommentChangeBody(_FromRow):
    """A line of a comment's log: its words after the change."""

    version: int = Field(examples=[2])
    kind: str = Field(examples=["edit"])
    text: str = Field(examples=["@陈班长 这里可以当正例"])
    for_agent: bool = Field(examples=[False])
    name: str = Field(examples=["李娜"])
    at: datetime = Field(examples=["2026-11-20T02:20:00Z"])


class MentionBody(BaseModel):
    """A comment in which I am mentioned."""

    comment: CommentBody
    is_read: bool = Field(examples=[False])


class MentionsBody(BaseModel):
    """Mentions of me, the newest first."""

    unread: int = Field(examples=[2])
    mentions: list[MentionBody]


class ReadBody(BaseModel):
    """Which mentions I have looked at; none = all."""

    comments: list[int] = Field(default_factory=list, max_length=500, examples=[[3]])
