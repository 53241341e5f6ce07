"""Scorecards: the ranking of a month with its weights, a what-if of other weights, and closing the month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.deps import ReadDep, ServicesDep
from api.documents.figures_file import Ending, table_answer
from api.pages.actor import actor_of, remember_actor
from api.pages.figures import local_time
from api.pages.rendering import render
from api.pages.views.board import figure_text
from api.pages.views.scorecards import card_views, move_views
from api.routes.parameters import Month, Text, first_of
from models.access.roles import acting
from models.agent import all_teams
from models.clock import today_of
from models.database import session as writing
from models.score_table import score_table
from models.scorecard import close_month, month_drift
from models.scorecard_board import ScoreBoard, preview_weights, score_board
from qa_engine.errors import BadInput, CallQAError, NotFound
from qa_engine.kpi.registry import BY_ID
from qa_engine.scorecards.preview import Move

router = APIRouter(include_in_schema=False)
TRIED = "w."
"""Query fields of a what-if: `w.connect_rate=40` in percent."""
WHOLE = 100


class Unconfirmed(BadInput):
    """What cannot be undone was not confirmed."""

    code = "unconfirmed"


@router.get("/scorecards")
def ranking(
    request: Request, services: ServicesDep, opened: ReadDep, month: Month | None = None, team: Text = ""
) -> HTMLResponse:
    """A month's agents, best first. Fields `w.<metric>` try other weights; nothing is stored."""
    today = today_of(services.settings)
    first = first_of(month) if month else today.replace(day=1)
    tried = {
        key.removeprefix(TRIED): text
        for key, text in request.query_params.items()
        if key.startswith(TRIED) and key.removeprefix(TRIED) in BY_ID
    }
    board, problem = _board(opened, first, today=today, team=team)
    moves, refused = _tried(opened, board, tried, today=today)
    return render(
        request,
        "scorecards/ranking.html",
        nav="scorecards",
        month=f"{first:%Y-%m}",
        team=team,
        teams=all_teams(opened),
        board=board,
        problem=problem,
        cards=card_views(board) if board else [],
        metrics=BY_ID,
        figure=figure_text,
        local=lambda moment: local_time(moment, services.settings.zone),
        tried=tried,
        moves=move_views(moves, board) if board else [],
        refused=refused,
        drifts=month_drift(opened, first, today=today) if board and board.kept else [],
        can_close=board is not None and board.kept is None and board.until < today and not team,
        actor=actor_of(request),
    )


@router.get("/scorecards.{ending}")
def ranking_file(
    services: ServicesDep,
    opened: ReadDep,
    ending: Ending,
    month: Month | None = None,
    team: Text = "",
) -> Response:
    """The month to take away: every figure of every agent with n, interval, points and weight. Raises `NotFound`."""
    today = today_of(services.settings)
    first = first_of(month) if month else today.replace(day=1)
    board = score_board(opened, first, today=today, team=team)
    return table_answer(score_table(board), ending, period=f"{first:%Y-%m}")


def _board(
    opened: Session, first: date, *, today: date, team: str
) -> tuple[ScoreBoard | None, CallQAError | None]:
    try:
        return score_board(opened, first, today=today, team=team), None
    except NotFound as error:  # no weights yet, or none for this month: the page says what to do
        return None, error


def _tried(
    opened: Session, board: ScoreBoard | None, tried: Mapping[str, str], *, today: date
) -> tuple[list[Move], CallQAError | None]:
    if board is None or not tried:
        return [], None
    try:
        weights = {metric: float(text) / WHOLE for metric, text in tried.items()}
        return preview_weights(opened, board.first, weights, today=today), None
    except ValueError:
        return [], BadInput("权重应为数字", hint="例如 40 表示 40 %")
    except CallQAError as error:
        return [], error


@router.post("/scorecards/{month}/close")
def close(
    services: ServicesDep,
    month: Month,
    by: Annotated[Text, Form()] = "",
    sure: Annotated[bool, Form()] = False,
) -> RedirectResponse:
    """Keeps the month for good. Raises `Unconfirmed`, and what `close_month` raises."""
    if not sure:
        raise Unconfirmed("没有确认结算", hint="结算后不能撤销;请返回,勾选确认后再提交")
    with writing(services.engine) as opened:
        close_month(opened, first_of(month), by=acting(by), today=today_of(services.settings))
    answer = RedirectResponse(f"/scorecards?month={month}", 303)
    remember_actor(answer, by)
    return answer
