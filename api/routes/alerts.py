"""Alerts over HTTP: the list, one with its ticket and history, what people do with it; why a rate changed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.routes.parameters import Page, PageSize, Text
from models.access.roles import acting
from models.alert import (
    AlertFilter,
    AlertRow,
    AlertState,
    assign,
    events_of,
    get_alert,
    list_alerts,
    resolve,
    snooze,
)
from models.alert_rules import load_rules
from models.attribution import Question, Span, document, explain, usual_question
from models.columns import utc_now
from models.database import session
from models.ticket import Action, TicketState, change_ticket, ticket_of
from qa_engine.alerts.words import in_words

router = APIRouter(tags=["alerts"])


AlertId = Annotated[int, Path(description="预警编号 · Id of the alert", examples=[7])]
Day = Annotated[
    date | None, Query(description="前期,缺省为之前四周 · The days before, by default four weeks")
]


class _Body(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class AlertBody(_Body):
    """One alert; figures are those of its latest hit."""

    id: int = Field(examples=[7])
    rule: str = Field(examples=["connect-rate-three-days"])
    title: str = Field(examples=["接通率连续 3 天低于平时 20 %"])
    metric: str = Field(description="空为单通电话的规则 · Empty for single calls", examples=["connect_rate"])
    scope: str = Field(examples=["team"])
    scope_key: str = Field(examples=["T1"])
    state: AlertState
    owner: str = Field(examples=["王主管"])
    opened_at: datetime = Field(examples=["2026-11-21T02:00:00Z"])
    first_day: date = Field(examples=["2026-11-18"])
    last_day: date = Field(examples=["2026-11-20"])
    value: float | None = Field(examples=[0.167])
    bound: float | None = Field(examples=[0.22])
    usual: float | None = Field(
        description="目标或平常范围的中心 · Target or centre of the band", examples=[0.275]
    )
    n: int | None = Field(examples=[240])
    repeats: int = Field(examples=[2])
    recovered_day: date | None = Field(examples=[None])
    snoozed_until: datetime | None = Field(examples=[None])
    resolved_at: datetime | None = Field(examples=[None])


class AlertPage(_Body):
    """A page of alerts, open ones first."""

    total: int = Field(examples=[5])
    alerts: list[AlertBody]


class EventBody(_Body):
    """One line of the history."""

    at: datetime = Field(examples=["2026-11-21T02:00:00Z"])
    did: str = Field(examples=["assigned"])
    by: str = Field(examples=["李质检"])
    note: str = Field(examples=["王主管"])


class TicketBody(_Body):
    """The root-cause ticket; `attribution` is `callqa.attribution/1`, for single calls `callqa.call-causes/1`, or
    `{"refused", "hint"}`."""

    state: TicketState
    attribution: dict[str, Any] = Field(examples=[{"format": "callqa.attribution/1"}])
    cause: str = Field(examples=["线路更换后被标记"])
    action: str = Field(examples=["system"])
    plan: str = Field(examples=["更换线路"])
    owner: str = Field(examples=["王主管"])
    due: date | None = Field(examples=["2026-12-01"])
    verification: str = Field(examples=["/coaching/3"])


class OneAlert(_Body):
    """An alert with its ticket and history."""

    alert: AlertBody
    ticket: TicketBody | None
    history: list[EventBody]


class Act(StrEnum):
    """What is done with an alert."""

    ASSIGN = "assign"
    SNOOZE = "snooze"
    RESOLVE = "resolve"


class ActBody(BaseModel):
    """`by` is who acts; `owner` for assign, `hours` for snooze, `note` for resolve."""

    act: Act
    by: Text = Field(examples=["李质检"])
    owner: Text = ""
    hours: int = Field(24, ge=1, le=720)
    note: str = Field("", max_length=2000)


class TicketChange(BaseModel):
    """Fields to set; those left out stay."""

    by: Text = Field(examples=["李质检"])
    state: TicketState | None = None
    action: Action | None = None
    owner: Text | None = Field(None, examples=["王主管"])
    due: date | None = Field(None, examples=["2026-12-01"])
    cause: str | None = Field(None, max_length=2000, examples=["线路更换后被标记"])
    plan: str | None = Field(None, max_length=2000, examples=["更换线路"])
    verification: str | None = Field(None, max_length=500, examples=["/coaching/3"])


class RuleBody(BaseModel):
    """A rule in words."""

    id: str = Field(examples=["connect-rate-three-days"])
    title: str = Field(examples=["接通率连续 3 天低于平时 20 %"])
    metric: str = Field(examples=["connect_rate"])
    scope: str = Field(examples=["team"])
    owner: str = Field(examples=["王主管"])
    words: str = Field(examples=["每个团队的接通率连续 3 天不高于目标的 80 %"])


def _one(alert: AlertRow) -> AlertBody:
    return AlertBody.model_validate(alert)


@router.get("/alerts", summary="预警列表 · Alerts")
def alert_list(
    opened: ReadDep,
    *,
    state: Annotated[AlertState | None, Query(description="状态 · State")] = None,
    rule: Annotated[Text, Query(description="规则编号 · Id of the rule")] = "",
    owner: Annotated[Text, Query(description="负责人 · Owner")] = "",
    scope_key: Annotated[Text, Query(description="团队、坐席或活动 · Team, agent or campaign")] = "",
    page: Page = 1,
    size: PageSize = 50,
) -> AlertPage:
    """Open alerts first, then newest first."""
    wanted = AlertFilter(state.value if state else "", rule, owner, scope_key)
    found, total = list_alerts(opened, wanted, page=page, size=size)
    return AlertPage(total=total, alerts=[_one(alert) for alert in found])


@router.get("/alerts/{alert_id}", summary="一条预警 · One alert", responses=responses(404))
def one_alert(opened: ReadDep, alert_id: AlertId) -> OneAlert:
    """With ticket and history."""
    alert, ticket = get_alert(opened, alert_id), ticket_of(opened, alert_id)
    return OneAlert(
        alert=_one(alert),
        ticket=TicketBody.model_validate(ticket) if ticket else None,
        history=[EventBody.model_validate(event) for event in events_of(opened, alert_id)],
    )


@router.post(
    "/alerts/{alert_id}/actions",
    summary="指派、静音、解决 · Assign, snooze, resolve",
    responses=responses(404, 409),
)
def act(services: ServicesDep, alert_id: AlertId, body: ActBody) -> AlertBody:
    """Only open alerts can be acted on."""
    now = utc_now()
    with session(services.engine) as opened:
        if body.act is Act.ASSIGN:
            alert = assign(opened, alert_id, owner=body.owner, by=acting(body.by), now=now)
        elif body.act is Act.SNOOZE:
            alert = snooze(opened, alert_id, hours=body.hours, by=acting(body.by), now=now)
        else:
            alert = resolve(opened, alert_id, by=acting(body.by), note=body.note, now=now)
        return _one(alert)


@router.patch("/alerts/{alert_id}/ticket", summary="归因工单 · Root-cause ticket", responses=responses(404))
def save_ticket(services: ServicesDep, alert_id: AlertId, body: TicketChange) -> TicketBody:
    """Acting needs action, owner and date; done needs the cause."""
    changes = body.model_dump(exclude={"by"}, exclude_unset=True)
    kept = {key: getattr(value, "value", value) for key, value in changes.items() if value is not None}
    with session(services.engine) as opened:
        return TicketBody.model_validate(
            change_ticket(opened, alert_id, kept, by=acting(body.by), now=utc_now())
        )


@router.get("/alert-rules", summary="预警规则 · Rules of alerts")
def alert_rules(services: ServicesDep) -> list[RuleBody]:
    """The rules in force, in words."""
    return [
        RuleBody(
            id=rule.id,
            title=rule.title,
            metric=rule.metric,
            scope=rule.scope.value,
            owner=rule.owner,
            words=in_words(rule),
        )
        for rule in load_rules(services.settings).rules
    ]


@router.get("/attribution", summary="五维归因 · Why a rate changed")
def attribution(
    services: ServicesDep,
    opened: ReadDep,
    *,
    metric: Annotated[Text, Query(description="比率,例如 connect_rate · Rate")],
    first: Annotated[date, Query(alias="from", description="后期 · The days to explain")],
    last: Annotated[date, Query(alias="to", description="后期的最后一天 · Its last day")],
    before_from: Day = None,
    before_to: Day = None,
    team: Annotated[Text | None, Query(description="团队 · Team")] = None,
    agent: Annotated[Text | None, Query(description="坐席 · Agent")] = None,
    campaign: Annotated[Text | None, Query(description="活动 · Campaign")] = None,
) -> dict[str, Any]:
    """`callqa.attribution/1`; the four weeks before unless told otherwise. 422 with `not_enough_calls` below 200 calls
    a period."""
    before = usual_question(metric, Span(first, last), scope="", key="").before
    if before_from and before_to:
        before = Span(before_from, before_to)
    asked = Question(metric, before, Span(first, last), team, agent, campaign)
    book = load_rules(services.settings)
    return document(explain(opened, asked, services.settings.zone, book.holidays), asked)
