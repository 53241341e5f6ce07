"""Appeals: filing and answering them on the call page, and their figures."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.deps import ReadDep, ServicesDep
from api.documents.csv_file import csv_bytes
from api.pages.actor import actor_of, remember_actor
from api.pages.appeal_loading import load_appeal
from api.pages.rendering import render
from api.pages.rubric_shelf import RubricShelf
from api.pages.views.appeals import known_verdict
from api.review_desk import review_address
from api.routes.appeals import AppealId, Narrowed, Period, warm_up
from api.routes.bodies.reviews import Token
from api.routes.parameters import Text
from api.routes.reviews import Evaluation
from models.access.roles import acting
from models.acknowledgement import AckKind, acknowledge, team_counts
from models.appeal import AppealRow, get_appeal
from models.appeal_edit import Move, move_appeal
from models.appeal_file import Filing, file_appeal
from models.appeal_report import AppealReport, appeal_report
from models.appeal_select import list_appeals
from models.clock import today_of
from models.coaching import NoName
from models.database import session as writing
from models.evaluation import EvaluationRow
from models.queries import facets
from models.review_claim import release
from models.review_edit import Signed
from models.review_queue import take_next
from models.review_select import EVERYTHING, Queue, round_of
from models.studio.forms import forms_in
from qa_engine.insight.sheet import Table
from qa_engine.quality.appeal import Act
from qa_engine.quality.appeal_figures import Overturned
from qa_engine.quality.estimates import Share
from qa_engine.quality.review import Reason
from qa_engine.scoring.evaluation import Verdict

router = APIRouter(include_in_schema=False)
Name = Annotated[Text, Form()]
Typed = Annotated[str, Form(max_length=2000, pattern=r"^[^\x00]*$")]
Optional = Annotated[str, Form(max_length=20)]


def _signed(request: Request, typed: str) -> str:
    name = acting(typed.strip() or actor_of(request))
    if not name:
        raise NoName("还没有写明是谁", hint="请返回,填写您的姓名后再提交")
    return name


@router.post("/appeals/file/{evaluation_id}")
def file(  # noqa: PLR0917 (a form's fields)
    request: Request,
    services: ServicesDep,
    evaluation_id: Evaluation,
    item_id: Annotated[Text, Form()],
    wanted: Annotated[Verdict, Form()],
    reason: Annotated[Reason, Form()],
    text: Typed,
    token: Annotated[Token, Form()],
    evidence: Annotated[str, Form(max_length=6, pattern=r"^\d*$")] = "",
    by: Name = "",
) -> RedirectResponse:
    """Files an appeal and shows it on its item."""
    name = _signed(request, by)
    filing = Filing(item_id, wanted, reason, text, int(evidence) if evidence else None)
    with writing(services.engine) as opened:
        row = file_appeal(opened, services.settings, evaluation_id, filing, by=Signed(name, token))
        answer = RedirectResponse(_address(row), 303)
    remember_actor(answer, name)
    return answer


@router.post("/appeals/{appeal_id}/step")
def step(  # noqa: PLR0917
    request: Request,
    services: ServicesDep,
    appeal_id: AppealId,
    act: Annotated[Act, Form()],
    seen: Annotated[int, Form(ge=0, le=2**31 - 1)],
    token: Annotated[Token, Form()],
    note: Typed = "",
    verdict: Annotated[Verdict | None, Form()] = None,
    reason: Annotated[Reason | None, Form()] = None,
    queue: Optional = "",
    by: Name = "",
) -> RedirectResponse:
    """One step; from the queue on to the next appeal."""
    name = _signed(request, by)
    warm_up(services, appeal_id)
    move = Move(act, seen, note, known_verdict(verdict), reason)
    with writing(services.engine) as opened:
        row = move_appeal(
            opened, services.settings, appeal_id, move, by=Signed(name, token), reckoner=services.reckoner
        )
        to = _address(row)
        if queue == Queue.APPEALS:
            release(opened, row.evaluation_id, name=name, round_=round_of(Queue.APPEALS))
            opened.flush()
            line = take_next(opened, Queue.APPEALS, name=name, today=today_of(services.settings))
            done = f"/reviews?queue={Queue.APPEALS}&done=1"
            to = review_address(Queue.APPEALS, line, EVERYTHING) if line else done
        answer = RedirectResponse(to, 303)
    remember_actor(answer, name)
    return answer


@router.post("/acknowledge/{evaluation_id}")
def agree(
    request: Request,
    services: ServicesDep,
    evaluation_id: Evaluation,
    by: Name = "",
    back: Annotated[str, Form(max_length=2000)] = "",
) -> RedirectResponse:
    """Agrees with a score and goes back."""
    name = _signed(request, by)
    is_ours = back.startswith("/") and not back.startswith(("//", "/\\"))
    with writing(services.engine) as opened:
        acknowledge(opened, evaluation_id, AckKind.AGREE, name=name)
        row = opened.get_one(EvaluationRow, evaluation_id)
        answer = RedirectResponse(back if is_ours else f"/calls/{row.call_id}", 303)
    remember_actor(answer, name)
    return answer


@router.get("/appeals")
def report_page(
    request: Request, services: ServicesDep, opened: ReadDep, wanted: Narrowed, days: Period
) -> HTMLResponse:
    """What became of appeals, which are on their way, and how teams acknowledge."""
    settings = services.settings
    report = appeal_report(opened, wanted, first=days[0], last=days[1], zone=settings.zone)
    shelf = RubricShelf(forms_in(opened, settings))
    lines = [
        (load_appeal(request, services, opened, row), call) for row, call in list_appeals(opened, wanted)
    ]
    return render(
        request,
        "appeals/report.html",
        nav="reviews",
        report=report,
        wanted=wanted,
        lines=lines,
        teams=team_counts(opened, today=today_of(settings)),
        known=facets(opened),
        titles=shelf.item_titles(wanted.rubric),
        query=urlencode(
            {"from": days[0].isoformat(), "to": days[1].isoformat(), "team": wanted.team_id or ""}
        ),
    )


@router.get("/appeals.csv")
def report_csv(services: ServicesDep, opened: ReadDep, wanted: Narrowed, days: Period) -> Response:
    """The same figures, one a row."""
    report = appeal_report(opened, wanted, first=days[0], last=days[1], zone=services.settings.zone)
    name = f"callqa-appeals-{days[0]}-{days[1]}.csv"
    return Response(
        csv_bytes(figure_table(report)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/appeals/{appeal_id}")
def one(opened: ReadDep, appeal_id: AppealId) -> RedirectResponse:
    """The place where an appeal is shown: its item on the page of its call."""
    return RedirectResponse(_address(get_appeal(opened, appeal_id)), 303)


def figure_table(report: AppealReport) -> Table:
    """Rates of a report: grouping, key, filed, overturned, n, share, low, high."""
    rows: list[tuple[str | float | int | None, ...]] = [_row("all", "", report.filed, report.rate)]
    groups: dict[str, list[Overturned]] = {
        "item": list(report.by_item),
        "judged_by": list(report.by_judge),
        "decided_by": list(report.by_decider),
    }
    for grouping, found in groups.items():
        rows += [_row(grouping, "/".join(one.key) or "machine", one.filed, one.rate) for one in found]
    rows += [_row("in_time", step, rate.n, rate) for step, rate in report.in_time]
    columns = ("grouping", "key", "filed", "hits", "n", "share", "low", "high")
    return Table("appeals", columns, tuple(rows))


def _row(grouping: str, key: str, filed: int, rate: Share) -> tuple[str | float | int | None, ...]:
    return grouping, key, filed, rate.hits, rate.n, rate.share, rate.low, rate.high


def _address(row: AppealRow) -> str:
    return f"/calls/{row.call_id}?{urlencode({'rubric': row.rubric})}#appeal-{row.id}"
