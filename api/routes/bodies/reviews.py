"""What the routes of reviews take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from qa_engine.quality.review import Reason
from qa_engine.scoring.evaluation import Verdict

Token = Annotated[
    str,
    StringConstraints(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9\-]+$"),
    Field(
        description="由页面取名,重发不会重复 · Sending again changes nothing",
        examples=["0b8f1c52-5d0e-4b1a-9c3e-7f2a"],
    ),
]
Note = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]


class _FromRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class DecidedBody(_FromRow):
    """What stands for an item."""

    item_id: str = Field(examples=["opening.identity"])
    verdict: Verdict | None = Field(
        description="空 = 交给机器 · null = left to the machine", examples=["fail"]
    )
    reason: Reason | None = Field(description="改判原因 · Why corrected", examples=["misheard"])
    note: str = Field(examples=["说的是“安心”,不是“放心”"])
    name: str = Field(description="谁判的 · By whom", examples=["李娜"])
    version: int = Field(description="改到这里时复核的版本 · Version that brought it there", examples=[3])
    changed_at: datetime = Field(examples=["2026-11-20T02:15:00Z"])


class TotalBody(BaseModel):
    """A score with its interval and result."""

    score: float | None = Field(examples=[72.0])
    low: float | None = Field(examples=[68.0])
    high: float | None = Field(examples=[80.0])
    result: str = Field(examples=["needs_review"])


class ReviewBody(BaseModel):
    """A review as it stands; `version` 0 where nobody has begun."""

    evaluation_id: int = Field(examples=[17])
    call_id: str = Field(examples=["k7w3pnq8xv2m"])
    rubric: str = Field(examples=["telesales-standard"])
    round: int = Field(description="1 复核,2 复议 · 1 review, 2 second review", examples=[1])
    version: int = Field(examples=[3])
    state: str = Field(examples=["draft"])
    submitted_by: str = Field(examples=[""])
    submitted_at: datetime | None = Field(examples=["2026-11-20T02:20:00Z"])
    second_why: str = Field(description="为什么要复议,空 = 不要 · Why a second look is wanted", examples=[""])
    items: list[DecidedBody]
    machine: TotalBody
    human: TotalBody | None = Field(
        description="含人工判定的得分;评分时的质检表没有保存则为空 · With people's verdicts; null where the form was not kept"
    )
    others: list[str] = Field(description="还有谁在看这通电话 · Who else is here", examples=[["李娜"]])
    can_undo: bool = Field(examples=[True])


class DecideBody(BaseModel):
    """A decision on an item. `seen` is the item's version on the page of the person, 0 where it had none."""

    verdict: Verdict | None = Field(examples=["fail"])
    reason: Reason | None = Field(None, examples=["misheard"])
    note: Note = Field("", examples=[""])
    seen: int = Field(ge=0, le=2**31 - 1, examples=[0])
    token: Token


class StepBody(BaseModel):
    """A step that needs nothing but its token."""

    token: Token


class SubmitBody(StepBody):
    """Submission over the version that the person has seen."""

    seen: int = Field(ge=0, le=2**31 - 1, examples=[3])


class SecondBody(StepBody):
    """Why somebody else should look; empty takes it back."""

    why: Note = Field(examples=["语气拿不准"])


class ArriveBody(BaseModel):
    """A sign of life. `claim`: the call was opened from its queue, and is to be taken where it is free."""

    claim: bool = False


class HereBody(BaseModel):
    """Who else is on the call, the version of the review, and who else has the call in hand."""

    others: list[str] = Field(examples=[["李娜"]])
    version: int = Field(examples=[3])
    holder: str = Field(description="别人领走了 · Somebody else took it", examples=[""])


class WaitingBody(_FromRow):
    """A call that waits for a review."""

    evaluation_id: int = Field(examples=[17])
    round: int = Field(examples=[1])
    call_id: str = Field(examples=["k7w3pnq8xv2m"])
    rubric: str = Field(examples=["telesales-standard"])
    agent_id: str = Field(examples=["1001"])
    team_id: str = Field(examples=["T1"])
    campaign: str = Field(examples=["ins-2026"])
    score: float | None = Field(examples=[72.0])
    score_low: float | None = Field(examples=[68.0])
    score_high: float | None = Field(examples=[80.0])
    result: str = Field(examples=["needs_review"])
    whys: list[str] = Field(examples=[["auto_fail"]])
    since: datetime = Field(examples=["2026-11-20T02:00:00Z"])
    holder: str = Field(description="谁领走了 · Who has it in hand", examples=[""])
    appeal_id: int | None = Field(None, description="申诉编号 · Id of the appeal", examples=[5])
    due_at: datetime | None = Field(
        None, description="这一步的期限 · When the step is due", examples=["2026-11-23T09:00:00Z"]
    )
    step: str = Field("", description="申诉走到哪一步 · Step of the appeal", examples=["qa"])


class QueueBody(BaseModel):
    """The head of a queue, its length, and since when its oldest call waits."""

    n: int = Field(examples=[12])
    oldest: datetime | None = Field(examples=["2026-11-18T02:00:00Z"])
    calls: list[WaitingBody]


class NextBody(BaseModel):
    """The call that was claimed; null where the queue has none left."""

    call: WaitingBody | None
    address: str | None = Field(description="复核页面 · Page of the call", examples=["/calls/k7w3pnq8xv2m"])
