"""Findings, plans and experiments as JSON, for boards and exports."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.deps import ReadDep, ServicesDep
from api.routes.parameters import Text
from models.coaching import list_plans
from models.coaching_cycle import find
from models.columns import utc_now
from models.experiment import list_experiments

router = APIRouter(tags=["coaching"])


class _FromRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FindingBody(_FromRow):
    """An item on which an agent loses more than peers with the same calls; shares 0..1."""

    agent_id: str
    item_id: str
    n: int = Field(description="可比的通话数 · Comparable calls")
    peers: int
    lost: float
    expected: float
    excess: float
    low: float = Field(description="95% 区间下限 · Lower end of the 95 % interval")
    high: float
    points: float = Field(description="每通多丢的分 · Points lost a call")


class PlanBody(_FromRow):
    """A coaching plan; figures of the verdict are None until it is judged."""

    id: int
    agent_id: str
    rubric: str
    item_id: str
    round: int
    state: str
    owner: str
    training: str
    due_on: date
    started_on: date | None
    outcome: str | None
    effect: float | None
    effect_low: float | None
    effect_high: float | None


class ExperimentBody(_FromRow):
    """A script experiment and what its last check allowed to say."""

    id: int
    name: str
    campaign: str | None
    metric: str
    state: str
    starts_on: date | None
    ended_on: date | None
    says: str | None
    winner: str | None
    reason: str


@router.get("/coaching/findings", summary="发现 · Findings")
def findings(
    services: ServicesDep,
    opened: ReadDep,
    rubric: Annotated[Text | None, Query(description="缺省为第一张启用的 · The first active one")] = None,
    day: Annotated[date | None, Query(description="缺省为今天 · Today")] = None,
) -> list[FindingBody]:
    """At most three an agent, from the 28 days before `day`; too small samples are left out."""
    today = day or utc_now().astimezone(services.settings.zone).date()
    found = find(opened, rubric or next(iter(services.settings.rubric_ids), ""), today=today)
    return [FindingBody.model_validate(one) for own in found.values() for one in own]


@router.get("/coaching/plans", summary="辅导计划 · Coaching plans")
def plans(
    opened: ReadDep, agent: Annotated[Text | None, Query(description="只看这位坐席 · One agent")] = None
) -> list[PlanBody]:
    """By due date."""
    return [PlanBody.model_validate(row) for row in list_plans(opened, agent_id=agent)]


@router.get("/experiments", summary="话术实验 · Experiments")
def experiments(opened: ReadDep) -> list[ExperimentBody]:
    """The newest first."""
    return [ExperimentBody.model_validate(row) for row in list_experiments(opened)]
