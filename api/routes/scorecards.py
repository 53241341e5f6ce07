"""Scorecards over HTTP: a month's ranking, one agent, and what other weights would do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.routes.parameters import Month, Text, first_of
from models.clock import today_of
from models.scorecard import month_drift
from models.scorecard_board import ScoreBoard, preview_weights, score_board
from qa_engine.errors import NotFound
from qa_engine.scorecards.documents import card_document, rank_document
from qa_engine.scorecards.preview import Move
from qa_engine.scorecards.ranks import Rank
from qa_engine.scorecards.schedule import Measure, Period

router = APIRouter(prefix="/scorecards", tags=["scorecards"])
FORMAT = "callqa.scorecards/1"
CARD = {"format": "callqa.scorecard/1", "key": "1001", "score": 86.2, "low": 82.1, "high": 90.3}
MonthQuery = Annotated[
    Month | None, Query(description="月份,缺省为本月 · Month, by default this one", examples=["2026-11"])
]
Team = Annotated[Text, Query(description="只在这个团队内排名 · Rank within one team", examples=["T1"])]
AgentId = Annotated[Text, Path(description="坐席编号 · Id of the agent", examples=["1001"])]


class _Body(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class MeasureBody(_Body):
    """A metric with its weight and the corners (figure, points) of its curve."""

    metric: str = Field(examples=["connect_rate"])
    weight: float = Field(examples=[0.4])
    points: list[tuple[float, float]] = Field(examples=[[(0.1, 0.0), (0.3, 100.0)]])


class PeriodBody(_Body):
    """The weights of a stretch of whole months."""

    name: str = Field(examples=["旺季"])
    first: date = Field(examples=["2026-09-01"])
    last: date = Field(examples=["2026-12-31"])
    measures: list[MeasureBody]


class ScorecardsBody(BaseModel):
    """A month. `cards` are `callqa.scorecard/1` with `rank`, `name` and `team`, best first; `ranked_by` is `drawn` where
    few calls are drawn to the group before they score, else `raw`."""

    format: str = Field(FORMAT, examples=[FORMAT])
    month: str = Field(examples=["2026-11"])
    first: date = Field(examples=["2026-11-01"])
    until: date = Field(examples=["2026-11-27"])
    schedule: str = Field(examples=["telesales"])
    version: int = Field(examples=[1])
    period: PeriodBody
    ranked_by: str = Field(examples=["drawn"])
    closed_by: str | None = Field(examples=[None])
    closed_at: datetime | None = Field(examples=[None])
    cards: list[dict[str, Any]] = Field(examples=[[CARD]])


class WeightsBody(BaseModel):
    """Weights 0 to 1 by metric; metrics that are not named keep theirs, and all add up to 1."""

    month: Month = Field(examples=["2026-11"])
    weights: dict[str, Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]] = Field(
        examples=[{"connect_rate": 0.3, "conversion_connects": 0.7}], max_length=50
    )


class MoveBody(BaseModel):
    """One agent before and after; `places` above 0 = climbs, None without a score on both sides."""

    key: str = Field(examples=["1001"])
    old: float | None = Field(examples=[82.1])
    new: float | None = Field(examples=[84.9])
    change: float | None = Field(examples=[2.8])
    old_rank: dict[str, Any] | None = Field(examples=[{"place": 3, "best": 1, "worst": 6}])
    new_rank: dict[str, Any] | None = Field(examples=[{"place": 2, "best": 1, "worst": 5}])
    places: int | None = Field(examples=[1])


class DriftBody(_Body):
    """What later imports have changed in a closed month, which stays as it was. `metric` None = the score."""

    key: str = Field(examples=["1001"])
    metric: str | None = Field(examples=["connect_rate"])
    kept: float | None = Field(examples=[0.25])
    now: float | None = Field(examples=[0.4])


@router.get("", summary="一个月的成绩单 · Scorecards of a month", responses=responses(404))
def scorecards(
    services: ServicesDep, opened: ReadDep, month: MonthQuery = None, team: Team = ""
) -> ScorecardsBody:
    """Every figure with n, interval and points; ranks with the range of places that chance leaves open."""
    today = today_of(services.settings)
    first = first_of(month) if month else today.replace(day=1)
    board = score_board(opened, first, today=today, team=team)
    return _body(board, [_card(board, card.key) for card in board.cards])


@router.get("/drift", summary="结算后的差异 · What a closed month would be now", responses=responses(404))
def drift(
    services: ServicesDep,
    opened: ReadDep,
    month: Annotated[Month, Query(description="月份 · Month", examples=["2026-10"])],
) -> list[DriftBody]:
    """Empty where the closed month would come out the same."""
    found = month_drift(opened, first_of(month), today=today_of(services.settings))
    return [DriftBody.model_validate(one) for one in found]


@router.post("/preview", summary="试算权重 · What other weights would do", responses=responses(404))
def preview(services: ServicesDep, opened: ReadDep, body: WeightsBody) -> list[MoveBody]:
    """Stores nothing; from what is stored now, also for a closed month."""
    today = today_of(services.settings)
    return [_move(move) for move in preview_weights(opened, first_of(body.month), body.weights, today=today)]


@router.get("/{agent_id}", summary="一位坐席的成绩单 · One agent", responses=responses(404))
def one(
    services: ServicesDep, opened: ReadDep, agent_id: AgentId, month: MonthQuery = None
) -> ScorecardsBody:
    """The same with this agent's card alone; the rank is among all."""
    today = today_of(services.settings)
    first = first_of(month) if month else today.replace(day=1)
    board = score_board(opened, first, today=today)
    if agent_id not in {card.key for card in board.cards}:
        raise NotFound(
            f"坐席 {agent_id[:40]} 在 {first:%Y-%m} 没有数据", hint="请检查编号和月份,或先导入话务数据"
        )
    return _body(board, [_card(board, agent_id)])


def _card(board: ScoreBoard, key: str) -> dict[str, Any]:
    card = next(card for card in board.cards if card.key == key)
    rank = rank_document(board.ranks.get(key), shrinks=board.shrinks)
    return card_document(card) | {"rank": rank, "name": board.names[key], "team": board.teams.get(key)}


def _body(board: ScoreBoard, cards: list[dict[str, Any]]) -> ScorecardsBody:
    return ScorecardsBody(
        month=f"{board.first:%Y-%m}",
        first=board.first,
        until=board.until,
        schedule=board.schedule.id,
        version=board.version,
        period=_period(board.period),
        ranked_by="drawn" if board.shrinks else "raw",
        closed_by=board.kept.closed_by if board.kept else None,
        closed_at=board.kept.closed_at if board.kept else None,
        cards=cards,
    )


def _period(period: Period) -> PeriodBody:
    measures = [_measure(measure) for measure in period.measures]
    return PeriodBody(name=period.name, first=period.first, last=period.last, measures=measures)


def _measure(measure: Measure) -> MeasureBody:
    return MeasureBody(metric=measure.metric, weight=measure.weight, points=list(measure.curve.corners))


def _move(move: Move) -> MoveBody:
    return MoveBody(
        key=move.key,
        old=move.old.score,
        new=move.new.score,
        change=move.change,
        old_rank=_rank(move.old_rank),
        new_rank=_rank(move.new_rank),
        places=move.places,
    )


def _rank(rank: Rank | None) -> dict[str, Any] | None:
    return {"place": rank.place, "best": rank.best, "worst": rank.worst, "of": rank.of} if rank else None
