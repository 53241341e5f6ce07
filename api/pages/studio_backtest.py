"""Back-tests of a draft: asked for, followed, stopped, read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from api.deps import ReadDep, Services, ServicesDep
from api.pages.figures import local_time
from api.pages.rendering import render
from api.pages.studio import DraftId, draft_page, who
from api.pages.studio_try import may_hear_calls
from api.pages.targets import Fields
from api.routes.drafts import TestId
from models.agent import names_of
from models.clock import FIRST_DAY
from models.database import reading
from models.database import session as writing
from models.stored_calls import Wanted
from models.studio.backtest import BackTestRow, ask_backtest, backtests_of, get_backtest, stop_backtest
from models.studio.draft import get_draft
from models.studio.forms import forms_in
from models.studio.publish import parsed
from qa_engine.errors import BadInput, CallQAError, Conflict

router = APIRouter(prefix="/studio/drafts", include_in_schema=False)
SEE_OTHER = 303
MOST_AGENTS = 50


@router.get("/{draft_id}/backtest")
def backtests(request: Request, services: ServicesDep, opened: ReadDep, draft_id: DraftId) -> HTMLResponse:
    """Tests of the draft, the newest first, and a new one."""
    return _page(request, services, opened, draft_id)


def _page(
    request: Request,
    services: Services,
    opened: Session,
    draft_id: str,
    *,
    problem: CallQAError | None = None,
    filled: Mapping[str, str] | None = None,
) -> HTMLResponse:
    row = get_draft(opened, draft_id)
    runs = backtests_of(opened, draft_id)
    return render(
        request,
        "studio/backtest.html",
        status=problem.http_status if problem else 200,
        nav="rubrics",
        draft=draft_page(services, row),
        tab="backtest",
        runs=runs,
        problem=problem,
        filled=filled or {},
        has_before=row.rubric in forms_in(opened, services.settings).known,
        **_shown(opened, runs[0] if runs else None, services.settings.zone),
    )


def _shown(opened: Session, run: BackTestRow | None, zone: ZoneInfo) -> dict[str, Any]:
    report = run.report if run else None
    agents = [one["agent_id"] for one in report["agents"]] if report else []
    moved = sorted(report["agents"], key=lambda one: -abs(one["change"]["mean"] or 0)) if report else []
    return {
        "names": names_of(opened, agents),
        "moved": moved[:MOST_AGENTS],
        "may_hear": may_hear_calls(),
        "local": lambda moment: local_time(moment, zone),
    }


@router.get("/{draft_id}/backtests/{test_id}")
def one(
    request: Request, services: ServicesDep, opened: ReadDep, draft_id: DraftId, test_id: TestId
) -> HTMLResponse:
    """One test as a part of the page: asked for every two seconds while it runs."""
    run = get_backtest(opened, test_id, draft_id)
    return render(
        request,
        "studio/backtest_run.html" if request.headers.get("hx-request") else "studio/backtest_one.html",
        nav="rubrics",
        tab="backtest",
        draft=draft_page(services, get_draft(opened, draft_id)),
        run=run,
        **_shown(opened, run, services.settings.zone),
    )


@router.post("/{draft_id}/backtest")
def ask(request: Request, services: ServicesDep, draft_id: DraftId, fields: Fields) -> Response:
    """Asks a worker for a test of the draft as it stands."""
    try:
        wanted = Wanted(
            first_day=_day(fields, "first_day"),
            last_day=_day(fields, "last_day"),
            agent_id=fields.get("agent", "").strip()[:200] or None,
            campaign=fields.get("campaign", "").strip()[:200] or None,
        )
        with writing(services.engine) as opened:
            draft = get_draft(opened, draft_id)
            parsed(services.settings, draft.source)  # a test of a draft with faults would only fail later
            ask_backtest(opened, draft_id, wanted, by=who(request, fields))
    except (BadInput, Conflict) as error:
        with reading(services.engine) as opened:
            return _page(request, services, opened, draft_id, problem=error, filled=fields)
    return RedirectResponse(f"/studio/drafts/{draft_id}/backtest", SEE_OTHER)


def _day(fields: Mapping[str, str], name: str) -> date | None:
    text = fields.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text[:20]} 不是日期", hint="写成 2026-11-01") from error
    if day < FIRST_DAY:
        raise BadInput(f"{day} 太早", hint=f"从 {FIRST_DAY} 起")
    return day


@router.post("/{draft_id}/backtests/{test_id}/stop")
def stop(services: ServicesDep, draft_id: DraftId, test_id: TestId) -> RedirectResponse:
    """Stops a test; what it found so far is kept."""
    with writing(services.engine) as opened:
        stop_backtest(opened, test_id, draft_id)
    return RedirectResponse(f"/studio/drafts/{draft_id}/backtest", SEE_OTHER)
