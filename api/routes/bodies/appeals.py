"""What the routes of appeals and acknowledgements take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.routes.bodies.reviews import Note, Token
from models.acknowledgement import AckKind
from qa_engine.quality.appeal import Act, State, Step
from qa_engine.quality.review import Reason
from qa_engine.scoring.evaluation import Verdict

Version = Annotated[int, Field(ge=0, le=2**31 - 1, examples=[0])]


class _FromRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FileBody(BaseModel):
    """An appeal: the item, what the agent holds to be right, why, in own words; `evidence` is the place (0-based) of the piece of
    evidence that it is about, null for the item as a whole."""

    item_id: str = Field(max_length=200, pattern=r"^[^\x00]*$", examples=["opening.identity"])
    wanted: Verdict = Field(examples=["pass"])
    reason: Reason = Field(examples=["other_words"])
    text: Note = Field(examples=["我在开头说了“这里是XX保险的小周”"])
    evidence: int | None = Field(None, ge=0, le=10_000, examples=[0])
    token: Token


class MoveBody(BaseModel):
    """A step of an appeal. `verdict` and `reason` where it overturns, `note` where it refuses; `seen` is the version acted on."""

    act: Act = Field(examples=["overturn"])
    seen: Version
    note: Note = Field("", examples=["第 3 句确实报了公司名"])
    verdict: Verdict | None = Field(None, examples=["pass"])
    reason: Reason | None = Field(None, examples=["other_words"])
    token: Token


class AppealStepBody(_FromRow):
    """A line of the log."""

    version: int = Field(examples=[1])
    act: Act
    step: Step
    state: State
    name: str = Field(examples=["陈班长"])
    note: str = Field(examples=["同意坐席的说法"])
    is_late: bool = Field(description="逾期才处理 · After it was due", examples=[False])
    at: datetime = Field(examples=["2026-11-20T02:15:00Z"])


class AppealBody(_FromRow):
    """An appeal as it stands."""

    id: int = Field(examples=[5])
    evaluation_id: int = Field(examples=[17])
    call_id: str = Field(examples=["k7w3pnq8xv2m"])
    rubric: str = Field(examples=["telesales-standard"])
    item_id: str = Field(examples=["opening.identity"])
    agent_id: str = Field(examples=["A001"])
    team_id: str = Field(examples=["T1"])
    contested: Verdict = Field(description="被申诉的判定 · The verdict contested", examples=["fail"])
    judged_by: str = Field(description="谁判的,空 = 机器 · Whose, empty = the machine's", examples=[""])
    wanted: Verdict = Field(examples=["pass"])
    node: dict[str, float | int | None] | None = Field(
        description="针对的证据 · The evidence it is about",
        examples=[{"index": 0, "turn": 2, "start_s": 4.5, "end_s": 6.0}],
    )
    reason: Reason
    text: str = Field(examples=["我在开头说了公司名"])
    filed_by: str = Field(examples=["周敏"])
    filed_at: datetime = Field(examples=["2026-11-20T02:00:00Z"])
    chain: list[Step] = Field(examples=[["lead", "qa", "final"]])
    state: State
    step: Step
    due_at: datetime = Field(examples=["2026-11-23T02:00:00Z"])
    is_overdue: bool = Field(examples=[False])
    version: int = Field(examples=[1])
    closed_at: datetime | None = Field(examples=[None])
    verdict: Verdict | None = Field(description="改判成什么 · What it came to", examples=[None])
    score_before: float | None = Field(examples=[72.0])
    score_after: float | None = Field(examples=[None])


class AppealWholeBody(AppealBody):
    """One appeal with its log, and what whoever asks may do."""

    steps: list[AppealStepBody]
    may: list[Act] = Field(
        description="我现在可以做什么 · What I may do now", examples=[["overturn", "refuse"]]
    )


class RateBody(_FromRow):
    """Overturned of decided, with the Wilson 95 % interval; shares in 0..1, null where n is 0."""

    hits: int = Field(examples=[3])
    n: int = Field(examples=[12])
    share: float | None = Field(examples=[0.25])
    low: float | None = Field(examples=[0.089])
    high: float | None = Field(examples=[0.532])


class OverturnedBody(BaseModel):
    """A rate of one item or person; `key` is [rubric, item] or [name], the name "" being the machine."""

    key: list[str] = Field(examples=[["telesales-standard", "opening.identity"]])
    filed: int = Field(examples=[14])
    rate: RateBody


class AppealReportBody(BaseModel):
    """`callqa.appeals/1`: what became of the appeals filed in a period."""

    format: str = Field("callqa.appeals/1", examples=["callqa.appeals/1"])
    first: date = Field(examples=["2026-09-01"])
    last: date = Field(examples=["2026-11-20"])
    filed: int = Field(examples=[40])
    states: dict[State, int] = Field(examples=[{"open": 3, "overturned": 9}])
    overdue: int = Field(examples=[1])
    rate: RateBody
    by_item: list[OverturnedBody]
    by_judge: list[OverturnedBody] = Field(description="按原判定人 · By whose verdict was contested")
    by_decider: list[OverturnedBody] = Field(description="按最后处理人 · By who had the last word")
    decided: int = Field(examples=[30])
    median_h: float | None = Field(description="申诉到结果的小时数 · Hours to the decision", examples=[26.5])
    p90_h: float | None = Field(examples=[70.0])
    in_time: dict[str, RateBody] = Field(
        description="按步骤的按时率 · Answers in time, by step",
        examples=[{"qa": {"hits": 9, "n": 10, "share": 0.9, "low": 0.596, "high": 0.982}}],
    )


class AcknowledgeBody(BaseModel):
    """`agree` says that the score is right; `seen` that it was shown."""

    kind: AckKind = Field(examples=["agree"])


class AnswerBody(_FromRow):
    """The agent's latest word to a score as it stands; `kind` null = not shown yet."""

    kind: AckKind | None
    name: str = Field(examples=["周敏"])
    at: datetime | None = Field(examples=["2026-11-20T02:00:00Z"])


class WaitingScoreBody(_FromRow):
    """A score that waits for the agent's word."""

    evaluation_id: int = Field(examples=[17])
    call_id: str = Field(examples=["k7w3pnq8xv2m"])
    rubric: str = Field(examples=["telesales-standard"])
    day: date = Field(examples=["2026-11-20"])
    score: float | None = Field(examples=[72.0])
    result: str = Field(examples=["fail"])
    is_human: bool = Field(description="有人复核过 · People had a say", examples=[True])
    is_seen: bool = Field(examples=[False])


class TeamCountBody(_FromRow):
    """Scores that ask for an agent's word, by team; each is in one of the four."""

    team_id: str = Field(examples=["T1"])
    team_name: str = Field(examples=["一组"])
    n: int = Field(examples=[20])
    agreed: int = Field(examples=[12])
    appealed: int = Field(examples=[2])
    seen: int = Field(examples=[3])
    unseen: int = Field(examples=[3])


class AcknowledgementsBody(BaseModel):
    """What waits for agents' words, and how teams have answered."""

    waiting: list[WaitingScoreBody]
    teams: list[TeamCountBody]
