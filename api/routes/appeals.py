"""Appeals and acknowledgements over HTTP."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlmodel import Session

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.pages.actor import actor_of, signed_actor
from api.routes.bodies.appeals import (
    AcknowledgeBody,
    AcknowledgementsBody,
    AnswerBody,
    AppealBody,
    AppealReportBody,
    AppealStepBody,
    AppealWholeBody,
    FileBody,
    MoveBody,
    OverturnedBody,
    RateBody,
    TeamCountBody,
    WaitingScoreBody,
)
from api.routes.parameters import Day, Text
from api.routes.reviews import Evaluation
from models.acknowledgement import acknowledge, team_counts, waiting_scores
from models.appeal import AppealRow, get_appeal, is_overdue, shown_state, steps_of
from models.appeal_edit import Move, allowed, move_appeal
from models.appeal_file import Filing, file_appeal
from models.appeal_report import USUAL_DAYS, AppealReport, appeal_report
from models.appeal_select import AppealFilter, list_appeals
from models.call import CallRow, get_call
from models.clock import today_of
from models.columns import utc_now
from models.database import reading
from models.database import session as writing
from models.review import get_evaluation, in_force
from models.review_edit import Signed
from qa_engine.errors import BadInput
from qa_engine.quality.appeal import State, Step
from qa_engine.quality.appeal_figures import Overturned

router = APIRouter(tags=["appeals"], responses=responses(404, 409))
AppealId = Annotated[int, Path(ge=1, le=2**63 - 1, description="申诉编号 · Id of the appeal", examples=[5])]
OneDay = Annotated[Day | None, Query(description="日期 · Day", examples=["2026-11-20"])]


def appeal_filter(  # noqa: PLR0917 (query parameters)
    state: Annotated[State | None, Query(description="状态 · State")] = None,
    step: Annotated[Step | None, Query(description="走到哪一步 · Step")] = None,
    rubric: Annotated[Text, Query(description="质检表 · Rubric")] = "",
    item: Annotated[Text, Query(description="质检项 · Item")] = "",
    team: Annotated[Text, Query(description="团队 · Team")] = "",
    agent: Annotated[Text, Query(description="坐席 · Agent")] = "",
) -> AppealFilter:
    """What lists and figures are narrowed to."""
    return AppealFilter(
        state, step, rubric or None, item or None, team_id=team or None, agent_id=agent or None
    )


Narrowed = Annotated[AppealFilter, Depends(appeal_filter)]


def period(
    services: ServicesDep,
    first: Annotated[Day | None, Query(alias="from", description="第一天 · First day")] = None,
    last: Annotated[Day | None, Query(alias="to", description="最后一天 · Last day")] = None,
) -> tuple[date, date]:
    """The days that are asked for; the last 90 unless said otherwise. Raises `BadInput`."""
    end = last or max(utc_now().astimezone(services.settings.zone).date(), today_of(services.settings))
    begin = first or end - timedelta(days=min(USUAL_DAYS, (end - date(2000, 1, 1)).days))
    if begin > end or end.year > date.max.year - 1:
        raise BadInput(f"{begin} 到 {end} 不是一段日期", hint="第一天不晚于最后一天")
    return begin, end


Period = Annotated[tuple[date, date], Depends(period)]


@router.post("/evaluations/{evaluation_id}/appeals", summary="提出申诉 · File an appeal", status_code=201)
def file(
    request: Request, services: ServicesDep, evaluation_id: Evaluation, body: FileBody
) -> AppealWholeBody:
    """By the agent whose call it is. 409 `appeal_twice` where the item was contested before, `appeal_too_late` after the time."""
    name = signed_actor(request)
    filing = Filing(body.item_id, body.wanted, body.reason, body.text, body.evidence)
    with writing(services.engine) as opened:
        row = file_appeal(opened, services.settings, evaluation_id, filing, by=Signed(name, body.token))
        return _whole(opened, row, name)


@router.get("/appeals", summary="申诉列表 · Appeals")
def appeals(opened: ReadDep, wanted: Narrowed) -> list[AppealBody]:
    """The newest 200 that whoever asks may see: open ones first."""
    return [_body(row, call) for row, call in list_appeals(opened, wanted)]


@router.get("/appeals/statistics", summary="申诉统计 · Figures of appeals")
def statistics(services: ServicesDep, opened: ReadDep, wanted: Narrowed, days: Period) -> AppealReportBody:
    """Overturn rates with n and interval, times to the decision, answers in time."""
    report = appeal_report(opened, wanted, first=days[0], last=days[1], zone=services.settings.zone)
    return _report_body(report)


@router.get("/appeals/{appeal_id}", summary="一次申诉 · One appeal")
def appeal(request: Request, opened: ReadDep, appeal_id: AppealId) -> AppealWholeBody:
    """With every step and what I may do now."""
    return _whole(opened, get_appeal(opened, appeal_id), actor_of(request))


@router.post("/appeals/{appeal_id}/steps", summary="处理申诉 · A step of an appeal")
def move(request: Request, services: ServicesDep, appeal_id: AppealId, body: MoveBody) -> AppealWholeBody:
    """409 `appeal_moved` where somebody acted after `seen`, `appeal_step` where the step is another's, `appeal_not_twice` where
    this person judged or answered before, `appeal_closed`."""
    name = signed_actor(request)
    step = Move(body.act, body.seen, body.note, body.verdict, body.reason)
    warm_up(services, appeal_id)
    with writing(services.engine) as opened:
        row = move_appeal(
            opened,
            services.settings,
            appeal_id,
            step,
            by=Signed(name, body.token),
            reckoner=services.reckoner,
        )
        return _whole(opened, row, name)


def warm_up(services: ServicesDep, appeal_id: int) -> None:
    """Judges the call again to learn its bounds: that takes long, and is not to be done while others wait to write."""
    with reading(services.engine) as opened:
        row = get_appeal(opened, appeal_id)
        evaluation = get_evaluation(opened, in_force(opened, row.evaluation_id))
        services.reckoner.total(opened, evaluation, {})


@router.post("/evaluations/{evaluation_id}/acknowledge", summary="确认成绩 · Acknowledge a score")
def acknowledge_score(
    request: Request, services: ServicesDep, evaluation_id: Evaluation, body: AcknowledgeBody
) -> AnswerBody:
    """By the agent whose call it is; twice changes nothing."""
    with writing(services.engine) as opened:
        answer = acknowledge(opened, evaluation_id, body.kind, name=signed_actor(request))
    return AnswerBody.model_validate(answer)


@router.get("/acknowledgements", summary="等坐席确认的成绩 · Scores that wait for agents")
def acknowledgements(
    services: ServicesDep,
    opened: ReadDep,
    agent: Annotated[Text, Query(description="坐席 · Agent")] = "",
) -> AcknowledgementsBody:
    """Of the last 28 days: those that people had a say in, and those that fail."""
    today = today_of(services.settings)
    return AcknowledgementsBody(
        waiting=[
            WaitingScoreBody.model_validate(one)
            for one in waiting_scores(opened, today=today, agent_id=agent or None)
        ],
        teams=[TeamCountBody.model_validate(one) for one in team_counts(opened, today=today)],
    )


def _body(row: AppealRow, call: CallRow) -> AppealBody:
    now = utc_now()
    return AppealBody.model_validate(
        {
            **row.model_dump(),
            "state": shown_state(row, now),
            "agent_id": call.agent_id or "",
            "team_id": call.team_id or "",
            "is_overdue": row.state == State.OPEN and is_overdue(row, now),
        }
    )


def _whole(opened: Session, row: AppealRow, name: str) -> AppealWholeBody:
    assert row.id is not None
    return AppealWholeBody(
        **_body(row, get_call(opened, row.call_id)).model_dump(),
        steps=[AppealStepBody.model_validate(step) for step in steps_of(opened, row.id)],
        may=list(allowed(opened, row, name)),
    )


def _report_body(report: AppealReport) -> AppealReportBody:
    def told(rates: list[Overturned]) -> list[OverturnedBody]:
        return [
            OverturnedBody(key=list(one.key), filed=one.filed, rate=RateBody.model_validate(one.rate))
            for one in rates
        ]

    return AppealReportBody(
        format="callqa.appeals/1",
        first=report.first,
        last=report.last,
        filed=report.filed,
        states=report.states,
        overdue=report.overdue,
        rate=RateBody.model_validate(report.rate),
        by_item=told(list(report.by_item)),
        by_judge=told(list(report.by_judge)),
        by_decider=told(list(report.by_decider)),
        decided=report.times.n,
        median_h=report.times.median_h,
        p90_h=report.times.p90_h,
        in_time={step: RateBody.model_validate(rate) for step, rate in report.in_time},
    )
