"""Calls: the list, one call, the retry button."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.routes.bodies.calls import CallBody, CallList, call_body, call_list
from api.routes.parameters import LAST_PAGE, CallId, CallState, Result, Text, Verdict
from models.call import get_call
from models.call_filter import CallFilter
from models.call_measure import Mood
from models.database import session
from models.job_lease import retry as retry_jobs
from models.queries import MAX_PAGE_SIZE, Sort, call_summary, list_calls
from models.recording import RecordingRow
from models.transcript import TranscriptRow
from qa_engine.errors import Conflict, NotFound

router = APIRouter(prefix="/calls", tags=["calls"])
Score = Annotated[float | None, Field(ge=0, le=100, allow_inf_nan=False)]
Seconds = Annotated[float | None, Field(ge=0, le=1e9, allow_inf_nan=False)]


class NothingToRetry(Conflict):
    """The call did not fail."""

    code = "nothing_to_retry"


class Filters(BaseModel):
    """Filters; every one that is given must hold."""

    model_config = ConfigDict(extra="forbid")

    agent: Text | None = Field(None, description="坐席编号 · Agent id", examples=["A001"])
    team: Text | None = Field(None, description="团队编号 · Team id", examples=["T1"])
    campaign: Text | None = Field(None, description="活动 · Campaign", examples=["ins-2026"])
    direction: Text | None = Field(None, description="呼叫方向 · Direction", examples=["outbound"])
    disposition: Text | None = Field(None, description="呼叫结果 · Disposition", examples=["SALE"])
    source: Text | None = Field(None, description="来源 · Source", examples=["upload"])
    state: CallState | None = Field(None, description="处理状态 · State")
    rubric: Text | None = Field(
        None,
        description="看哪张质检表的分数,缺省为按编号排第一的 · Whose scores",
        examples=["telesales-standard"],
    )
    result: Result | None = Field(None, description="评分结果 · Result")
    item: Text | None = Field(None, description="检查项 · Item", examples=["opening.identity"])
    verdict: Verdict | None = Field(None, description="检查项的判定 · Verdict of the item")
    objection: Text | None = Field(None, description="异议类型 · Objection type", examples=["price"])
    outcome: Text | None = Field(None, description="异议结局 resolved/open/lost · Outcome", examples=["open"])
    min_score: Score = Field(None, description="最低分 · Lowest score", examples=[60])
    max_score: Score = Field(None, description="最高分 · Highest score", examples=[80])
    min_duration_s: Seconds = Field(None, description="最短时长(秒)· Shortest, seconds", examples=[30])
    max_duration_s: Seconds = Field(None, description="最长时长(秒)· Longest, seconds", examples=[600])
    first_day: date | None = Field(
        None, description="从这一天起(本地时区)· From this day", examples=["2026-11-01"]
    )
    last_day: date | None = Field(
        None, description="到这一天止(含)· To this day, included", examples=["2026-11-30"]
    )
    mood: Mood | None = Field(None, description="客户情绪 · The customer's mood")
    min_silence: Score = Field(None, description="静音占比下限(%)· Least silence, percent", examples=[20])
    max_silence: Score = Field(None, description="静音占比上限(%)· Most silence, percent", examples=[60])
    min_talk: Score = Field(None, description="坐席说话占比下限(%)· Least agent talk, percent", examples=[40])
    max_talk: Score = Field(None, description="坐席说话占比上限(%)· Most agent talk, percent", examples=[80])

    def filter(self) -> CallFilter:
        """What the store is asked."""
        same = self.model_dump(include=set(Filters.model_fields) - {"agent", "team"})
        return CallFilter(agent_id=self.agent, team_id=self.team, **same)


class Wanted(Filters):
    """The list's filters, order and page."""

    q: Text | None = Field(
        None, description="在编号、坐席、文件名中查找 · In ids, agents, file names", examples=["ins-001"]
    )
    sort: Sort = Field(Sort.NEWEST, description="排序 · Order")
    page: int = Field(1, ge=1, le=LAST_PAGE, description="页码,从 1 开始 · Page from 1")
    size: int = Field(50, ge=1, le=MAX_PAGE_SIZE, description="每页条数 · Calls a page")

    def filter(self) -> CallFilter:
        """What the store is asked, the text included."""
        return replace(super().filter(), text=self.q)


@router.get("", summary="通话列表 · List calls")
def list_of_calls(opened: ReadDep, wanted: Annotated[Wanted, Query()]) -> CallList:
    """Calls that match every filter, a page at a time, in a total order."""
    found = list_calls(opened, wanted.filter(), page=wanted.page, size=wanted.size, sort=wanted.sort)
    return call_list(found)


@router.get("/{call_id}", summary="一通电话 · One call", responses=responses(404))
def one_call(opened: ReadDep, call_id: CallId) -> CallBody:
    """Facts, state, recording, and the score under the first rubric by id."""
    row = get_call(opened, call_id)
    summary = call_summary(opened, call_id)
    if summary is None:
        raise NotFound(f"没有编号为 {call_id[:40]} 的通话")
    return call_body(summary, row, opened.get(RecordingRow, call_id), opened.get(TranscriptRow, call_id))


class RetryBody(BaseModel):
    """How many stages start afresh."""

    call_id: str = Field(examples=["k7w3pnq8xv2m"])
    restarted: int = Field(examples=[1])
    state: str = Field(examples=["received"])


@router.post(
    "/{call_id}/retry", summary="重试失败的通话 · Retry", status_code=202, responses=responses(404, 409)
)
def retry(services: ServicesDep, call_id: CallId) -> RetryBody:
    """Starts the failed stage of a call afresh; 409 where nothing failed."""
    with session(services.engine) as opened:
        get_call(opened, call_id)
        restarted = retry_jobs(opened, call_id)
        state = get_call(opened, call_id).state
    if not restarted:
        raise NothingToRetry("这通电话没有失败的步骤", hint=f"它的状态是 {state}")
    return RetryBody(call_id=call_id, restarted=restarted, state=state)
