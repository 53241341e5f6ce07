"""Figures of a range of days, from the roll-ups: never a scan of calls."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.deps import ReadDep, ServicesDep
from api.routes.parameters import Text
from models.clock import today_of
from models.rollup import RollupScoreRow, day_scores
from qa_engine.errors import BadInput

router = APIRouter(prefix="/summary", tags=["overview"])
DEFAULT_DAYS = 30
MAX_DAYS = 366


class BadRange(BadInput):
    """A range of days that ends before it begins, or is too long."""

    code = "bad_range"


class Figures(BaseModel):
    """Calls under one rubric. `mean_score` is over the `scored` calls (n), None where there are none."""

    evaluated: int = Field(examples=[23])
    scored: int = Field(description="n of mean_score", examples=[22])
    mean_score: float | None = Field(examples=[84.3])
    passed: int = Field(examples=[17])
    auto_fails: int = Field(examples=[2])
    needs_review: int = Field(examples=[1])


class AgentFigures(Figures):
    """The same of one agent."""

    agent_id: str = Field(description="空为未知 · Empty = unknown", examples=["A001"])


class DayFigures(Figures):
    """The same of one day in the tenant's zone."""

    day: date = Field(examples=["2026-11-02"])


class SummaryBody(BaseModel):
    """Figures in total, by agent and by day."""

    rubric: str = Field(examples=["telesales-standard"])
    first_day: date = Field(examples=["2026-11-01"])
    last_day: date = Field(examples=["2026-11-30"])
    total: Figures
    agents: list[AgentFigures]
    days: list[DayFigures]


@router.get("", summary="汇总 · Summary")
def summary(  # noqa: PLR0917 (query parameters)
    services: ServicesDep,
    opened: ReadDep,
    rubric: Annotated[
        Text | None, Query(description="质检表,缺省为第一张启用的 · The first active one")
    ] = None,
    first_day: Annotated[date | None, Query(description="缺省为 last_day 前 29 天 · 30 days in all")] = None,
    last_day: Annotated[date | None, Query(description="含;缺省为今天 · Included; today")] = None,
    agent: Annotated[Text | None, Query(description="只看这位坐席 · One agent")] = None,
    campaign: Annotated[Text | None, Query(description="只看这个活动 · One campaign")] = None,
) -> SummaryBody:
    """Means come with their n; averages of cells are weighted by calls."""
    settings = services.settings
    last = last_day or max(first_day or date.min, today_of(settings))
    first = first_day or date.fromordinal(max(1, last.toordinal() - DEFAULT_DAYS + 1))
    if not timedelta(0) <= last - first < timedelta(MAX_DAYS):
        raise BadRange(f"日期范围 {first} 到 {last} 不可用", hint=f"起始日不能晚于结束日,最多 {MAX_DAYS} 天")
    wanted = rubric or next(iter(settings.rubric_ids), "")
    cells = [
        cell
        for cell in day_scores(opened, wanted, first=first, last=last)
        if agent in {None, cell.agent_id} and campaign in {None, cell.campaign}
    ]
    agents = sorted({cell.agent_id for cell in cells})
    days = sorted({cell.day for cell in cells})
    return SummaryBody(
        rubric=wanted,
        first_day=first,
        last_day=last,
        total=Figures(**_figures(cells)),
        agents=[AgentFigures(agent_id=a, **_figures([c for c in cells if c.agent_id == a])) for a in agents],
        days=[DayFigures(day=d, **_figures([c for c in cells if c.day == d])) for d in days],
    )


def _figures(cells: list[RollupScoreRow]) -> dict[str, float | None]:
    scored = sum(cell.scored for cell in cells)
    total = sum(cell.sum_score for cell in cells)
    return {
        "evaluated": sum(cell.evaluated for cell in cells),
        "scored": scored,
        "mean_score": round(total / scored, 2) if scored else None,
        "passed": sum(cell.passed for cell in cells),
        "auto_fails": sum(cell.auto_fails for cell in cells),
        "needs_review": sum(cell.needs_review for cell in cells),
    }
