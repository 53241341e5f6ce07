"""Findings, plans and experiments as JSON, for boards and exports."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.deps import ReadDep, ServicesDep
from api.routes.parameters import Day, Text
from models.clock import today_of
from models.coaching import list_plans
from models.coaching_cycle import find
from models.experiment import list_experiments

router = APIRouter(tags=["coaching"])


class _FromRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FindingBody(_FromRow):
    """An item on which an agent loses more than peers with the same calls; shares 0..1."""

    agent_id: str = Field(examples=["1001"])
    item_id: str = Field(examples=["opening.identity"])
    n: int = Field(description="可比的通话数 · Comparable calls", examples=[80])
    peers: int = Field(examples=[12])
    lost: float = Field(examples=[0.7])
    expected: float = Field(examples=[0.14])
    excess: float = Field(examples=[0.56])
    low: float = Field(description="95% 区间下限 · Lower end of the 95 % interval", examples=[0.41])
    high: float = Field(examples=[0.71])
    points: float = Field(description="每通多丢的分 · Points lost a call", examples=[5.6])


class PlanBody(_FromRow):
    """A coaching plan; figures of the verdict are None until it is judged."""

    id: int = Field(examples=[1])
    agent_id: str = Field(examples=["1001"])
    rubric: str = Field(examples=["telesales-standard"])
    item_id: str = Field(examples=["opening.identity"])
    round: int = Field(examples=[1])
    state: str = Field(examples=["running"])
    owner: str = Field(examples=["王组长"])
    training: str = Field(examples=["晨训"])
    due_on: date = Field(examples=["2026-11-20"])
    started_on: date | None = Field(examples=["2026-11-06"])
    outcome: str | None = Field(examples=["resolved"])
    effect: float | None = Field(examples=[0.12])
    effect_low: float | None = Field(examples=[0.03])
    effect_high: float | None = Field(examples=[0.21])


class ExperimentBody(_FromRow):
    """A script experiment and what its last check allowed to say."""

    id: int = Field(examples=[1])
    name: str = Field(examples=["开场白"])
    campaign: str | None = Field(examples=["ins-2026"])
    metric: str = Field(examples=["conversion"])
    state: str = Field(examples=["running"])
    starts_on: date | None = Field(examples=["2026-11-06"])
    ended_on: date | None = Field(examples=["2026-11-20"])
    says: str | None = Field(examples=["go_on"])
    winner: str | None = Field(examples=["B"])
    reason: str = Field(examples=[""])


@router.get("/coaching/findings", summary="发现 · Findings")
def findings(
    services: ServicesDep,
    opened: ReadDep,
    rubric: Annotated[Text | None, Query(description="缺省为第一张启用的 · The first active one")] = None,
    day: Annotated[Day | None, Query(description="缺省为今天 · Today")] = None,
) -> list[FindingBody]:
    """At most three an agent, from the 28 days before `day`; too small samples are left out."""
    today = day or today_of(services.settings)
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
