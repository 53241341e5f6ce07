"""An agent's page: score, figures, weeks, items, targets, coaching and alerts, on one sheet that prints, and as PDF."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from api.deps import ReadDep, Services, ServicesDep
from api.pages.figures import local_time
from api.pages.rendering import render, words_of
from api.pages.rubric_shelf import RubricShelf
from api.pages.views.agent import loss_views, objection_views, week_views
from api.pages.views.agent_paper import agent_paper
from api.pages.views.agent_score import handled_view, score_view, version_marks
from api.pages.views.board import figure_text, shown
from api.pages.views.coaching import clip_view, plan_lines
from api.pages.views.scorecards import card_views
from api.routes.parameters import Month, Text, first_of
from models.access.roles import Role, current_access
from models.acknowledgement import waiting_scores
from models.agent_score import read_agent_score
from models.agent_sheet import read_sheet
from models.board_scope import BoardScope
from models.clock import today_of
from models.dial_kpi import By
from models.figures import read_figures
from models.scorecard import month_of
from models.scorecard_board import score_board
from models.studio.forms import forms_in
from qa_engine.errors import NotFound
from qa_engine.kpi.registry import BY_ID
from qa_engine.scorecards.schedule import metrics_of

router = APIRouter(include_in_schema=False)
USUAL = ("dials", "connect_rate", "conversion_connects", "aht", "qa_score")
"""What is drawn where no weights say what counts."""
QUALITY = "qa_score"
STRIP = ("dials", "connect_rate", "aht", "sales")
"""What the dialer says of the same days, beside the quality and never mixed into it."""


@router.get("/agents/{agent_id:path}/scorecard.pdf")
def agent_pdf(
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    agent_id: Text,
    *,
    month: Month | None = None,
    rubric: Text = "",
) -> Response:
    """The same month on one page of paper. Raises `NotFound`."""
    from api.documents.pdf import one_page  # noqa: PLC0415 (reportlab is slow to load)

    found = _month(services, opened, agent_id, month, rubric)
    name = f"callqa-scorecard-{found['month']}.pdf"
    return Response(
        one_page(agent_paper(found, words_of(request))),
        media_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@router.get("/agents/{agent_id:path}")
def agent_page(
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    agent_id: Text,
    *,
    month: Month | None = None,
    rubric: Text = "",
) -> HTMLResponse:
    """One agent and month. Raises `NotFound`."""
    access = current_access()
    found = _month(services, opened, agent_id, month, rubric)
    return render(
        request,
        "scorecards/agent.html",
        nav="scorecards",
        scores=waiting_scores(opened, today=today_of(services.settings), agent_id=agent_id),
        may_acknowledge=access is None or access.role is Role.AGENT,
        figure=figure_text,
        local=lambda moment: local_time(moment, services.settings.zone),
        **found,
    )


def _month(
    services: Services, opened: Session, agent_id: str, month: str | None, rubric: str
) -> Mapping[str, Any]:
    """What page and paper say of a month."""
    settings = services.settings
    today = today_of(settings)
    first, last = month_of(first_of(month) if month else today)
    until = max(min(last, today), first)
    chosen = rubric or next(iter(settings.rubric_ids), "")
    try:
        board = score_board(opened, first, today=today)
    except NotFound:
        board = None  # no weights for this month: the page is useful without
    cards = {card.key: card for card in card_views(board)} if board else {}
    metrics = tuple(dict.fromkeys([*(metrics_of([board.period]) if board else USUAL), QUALITY]))
    sheet = read_sheet(opened, agent_id, metrics, chosen, first=first, last=until, today=today)
    score = read_agent_score(
        opened,
        BoardScope(chosen, first, until),
        agent_id=agent_id,
        team=sheet.team,
        since=min((one.first for one in sheet.weeks), default=first),
    )
    where = {By.AGENT: agent_id}
    strip = {one.metric: one for one in read_figures(opened, STRIP, first=first, last=until, where=where)}
    days = {"agent": agent_id, "from": first.isoformat(), "to": until.isoformat()}
    calls = f"/?{urlencode(days)}"
    return {
        "month": f"{first:%Y-%m}",
        "board": board,
        "card": cards.get(agent_id),
        "sheet": sheet,
        "score": score_view(score, {**days, "rubric": chosen}, _team_days(sheet.team, first, until, chosen)),
        "funnel": handled_view(score.handled, calls),
        "strip": [
            (BY_ID[name], shown(strip[name]), f"/figures/{name}?{urlencode(days)}")
            for name in STRIP
            if name in strip
        ],
        "weeks": week_views(sheet, metrics, {QUALITY: version_marks(score.versions)}),
        "lost": loss_views(sheet, RubricShelf(forms_in(opened, settings)).item_titles(chosen), calls, chosen),
        "objections": objection_views(sheet, calls),
        "plans": plan_lines(sheet.plans, today),
        "clips": {
            plan.id: (
                clip_view(plan.clip, plan.rubric, plan.item_id),
                clip_view(plan.model_clip, plan.rubric, plan.item_id),
            )
            for plan in sheet.plans
        },
        "rubric": chosen,
        "calls": calls,
        "days": (first, until),
        "metrics": BY_ID,
    }


def _team_days(team: str, first: date, last: date, rubric: str) -> Mapping[str, str]:
    return {"team": team, "from": first.isoformat(), "to": last.isoformat(), "rubric": rubric}
