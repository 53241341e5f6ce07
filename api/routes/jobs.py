"""How far the pipeline is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.deps import ReadDep
from api.errors import responses
from api.routes.parameters import Text
from models.queries import count_calls
from models.rescore import rescore_progress
from models.stage_job import progress

router = APIRouter(prefix="/jobs", tags=["overview"])


class ProgressBody(BaseModel):
    """Calls by how far they are; `states` has every state that occurs."""

    total: int = Field(examples=[39])
    done: int = Field(description="完成,含无对话 · Ended, without conversation among them", examples=[30])
    running: int = Field(examples=[2])
    waiting: int = Field(examples=[6])
    failed: int = Field(description="录音本身不可用 · Unusable recordings", examples=[1])
    quarantined: int = Field(description="多次失败后隔离 · Attempts used up", examples=[0])
    states: dict[str, int] = Field(examples=[{"done": 28, "no_conversation": 2, "transcribing": 2}])


@router.get("", summary="处理进度 · Progress")
def jobs(opened: ReadDep) -> ProgressBody:
    """Counts of calls, now."""
    now = progress(opened)
    states: dict[str, int] = {}
    for (state, _), number in count_calls(opened).items():
        states[state] = states.get(state, 0) + number
    return ProgressBody(
        total=now.total,
        done=now.done,
        running=now.running,
        waiting=now.waiting,
        failed=now.failed,
        quarantined=now.quarantined,
        states=states,
    )


class RescoreProgressBody(BaseModel):
    """How far a request for new scores is, in calls."""

    asked: int = Field(examples=[1280])
    done: int = Field(examples=[940])
    open: int = Field(description="待完成 · Still to come", examples=[340])
    failed: int = Field(description="失败,原因见通话 · Failed, with a reason on the call", examples=[0])


@router.get("/rescores/{batch}", summary="重新评分的进度 · Progress of a re-score", responses=responses(404))
def rescore(
    opened: ReadDep,
    batch: Annotated[Text, Path(description="登记编号 · Id of the request", examples=["5f0c3a9d21be"])],
) -> RescoreProgressBody:
    """Counts of the request's score jobs, now."""
    now = rescore_progress(opened, batch)
    return RescoreProgressBody(asked=now.asked, done=now.done, open=now.open, failed=now.failed)
