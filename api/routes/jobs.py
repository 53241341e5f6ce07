"""How far the pipeline is."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import ReadDep
from models.queries import count_calls
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
