"""Alerts: what needs somebody, one alert with its figures and ticket, and the rules with their back-test."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import ReadDep, ServicesDep
from api.pages.actor import actor_of, remember_actor
from api.pages.rendering import render, words_of
from api.pages.views.alerts import alert_lines, alert_tile, alert_view, rule_views
from api.routes.parameters import Page, Text
from models.access.roles import acting
from models.alert import AlertFilter, AlertState, assign, get_alert, list_alerts, resolve, snooze
from models.alert_rules import load_rules, rules_path
from models.clock import now_of, today_of
from models.database import session
from models.notify.channels import addresses
from models.settings import Settings
from models.ticket import Action, TicketState, change_ticket
from qa_engine.alerts.rules import RuleBook
from qa_engine.errors import BadInput, CallQAError

router = APIRouter(prefix="/alerts", include_in_schema=False)
PAGE_SIZE = 50
AWAKE = "awake"
"""A choice of state: open and not snoozed now."""
SNOOZES = (4, 24, 72, 168)
SEE_OTHER = 303
MOST_AT_ONCE = 200
ACTS = ("assign", "snooze", "resolve")
Name = Annotated[Text, Form()]


def _rules(settings: Settings) -> tuple[RuleBook, CallQAError | None]:
    try:
        return load_rules(settings), None
    except CallQAError as error:
        return RuleBook(()), error


@router.get("")
def alert_list(
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    *,
    state: Text = "",
    rule: Text = "",
    owner: Text = "",
    page: Page = 1,
) -> HTMLResponse:
    """Open alerts first; filters are in the address."""
    book, problem = _rules(services.settings)
    words, zone, now = words_of(request), services.settings.zone, now_of(services.settings)
    wanted = AlertFilter(
        "" if state == AWAKE else state, rule, owner, awake_at=now if state == AWAKE else None
    )
    found, total = list_alerts(opened, wanted, page=page, size=PAGE_SIZE)
    chosen = {"state": state, "rule": rule, "owner": owner}
    return render(
        request,
        "alerts/list.html",
        nav="alerts",
        lines=alert_lines(opened, found, words, zone, now),
        tile=alert_tile(opened, words, zone, now),
        total=total,
        page=page,
        pages=max(1, -(-total // PAGE_SIZE)),
        page_url=lambda number: f"/alerts?{urlencode({**chosen, 'page': number})}",
        chosen=chosen,
        states=[AWAKE, *(one.value for one in AlertState)],
        rules=[(one.id, words.prose(one.title)) for one in book.rules],
        snoozes=SNOOZES,
        problem=problem,
        actor=actor_of(request),
    )


@router.get("/rules")
def rules(request: Request, services: ServicesDep, opened: ReadDep, backtest: Text = "") -> HTMLResponse:
    """Every rule in words; `?backtest=` shows what one would have found."""
    book, problem = _rules(services.settings)
    today = today_of(services.settings)
    ready = [channel.value for channel in addresses(services.settings)]
    words = words_of(request)
    return render(
        request,
        "alerts/rules.html",
        nav="alerts",
        rules=rule_views(opened, book, ready, backtest=backtest, words=words, today=today),
        file=rules_path(services.settings).name,
        ready=ready,
        problem=problem,
    )


@router.get("/{alert_id}")
def alert_page(request: Request, services: ServicesDep, opened: ReadDep, alert_id: int) -> HTMLResponse:
    """One alert. Raises `NotFound`."""
    alert = get_alert(opened, alert_id)
    book, _ = _rules(services.settings)
    view = alert_view(
        opened,
        alert,
        book.get(alert.rule),
        settings=services.settings,
        words=words_of(request),
        now=now_of(services.settings),
    )
    return render(
        request,
        "alerts/alert.html",
        nav="alerts",
        view=view,
        snoozes=SNOOZES,
        actions=[one.value for one in Action],
        ticket_states=[one.value for one in TicketState],
        actor=actor_of(request),
    )


@router.post("/act")
def act(
    services: ServicesDep,
    *,
    ids: Annotated[list[int] | None, Form(max_length=MOST_AT_ONCE)] = None,
    what: Name,
    by: Name = "",
    owner: Name = "",
    hours: Annotated[int, Form()] = 24,
    note: Annotated[str, Form(max_length=2000)] = "",
    back: Annotated[str, Query(max_length=500)] = "/alerts",
) -> RedirectResponse:
    """Assigns, snoozes or resolves the chosen alerts, all or none. Raises what the store raises."""
    if what not in ACTS:
        raise BadInput(f"不认识的操作 {what[:20]}", hint="可用:assign、snooze、resolve")
    if not ids:
        raise BadInput("还没有选择预警", hint="请先勾选要处理的预警")
    with session(services.engine) as opened:
        for alert_id in sorted(set(ids)):
            if what == "assign":
                assign(opened, alert_id, owner=owner, by=acting(by), now=now_of(services.settings))
            elif what == "snooze":
                snooze(opened, alert_id, hours=hours, by=acting(by), now=now_of(services.settings))
            else:
                resolve(opened, alert_id, by=acting(by), note=note, now=now_of(services.settings))
    # only back into our own pages: an address from outside could lead anywhere
    answer = RedirectResponse(back if back.startswith("/alerts") else "/alerts", SEE_OTHER)
    remember_actor(answer, by)
    return answer


@router.post("/{alert_id}/ticket")
def save_ticket(
    services: ServicesDep,
    alert_id: int,
    *,
    state: Annotated[TicketState, Form()],
    by: Name = "",
    owner: Name = "",
    action: Name = "",
    due: Name = "",
    cause: Annotated[str, Form(max_length=2000)] = "",
    plan: Annotated[str, Form(max_length=2000)] = "",
    verification: Annotated[str, Form(max_length=500)] = "",
) -> RedirectResponse:
    """Saves the ticket. Raises `BadInput` with what is missing."""
    changes: dict[str, Any] = {
        "state": state.value,
        "owner": owner.strip(),
        "action": _action(action),
        "due": _day(due),
        "cause": cause.strip(),
        "plan": plan.strip(),
        "verification": verification.strip(),
    }
    with session(services.engine) as opened:
        change_ticket(opened, alert_id, changes, by=acting(by), now=now_of(services.settings))
    answer = RedirectResponse(f"/alerts/{alert_id}#ticket", SEE_OTHER)
    remember_actor(answer, by)
    return answer


def _action(text: str) -> str:
    if text and text not in set(Action):
        raise BadInput(f"不认识的措施类型 {text[:20]}", hint=f"可用:{'、'.join(Action)}")
    return text


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(f"{text[:20]} 不是日期", hint="例如 2026-12-01") from error
