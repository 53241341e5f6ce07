"""Alerts as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.pages.figures import local_time, masked
from api.pages.languages import Words
from api.pages.views.alert_chart import DAYS_SHOWN, Chart, alert_chart
from api.pages.views.alert_names import AlertNames, alert_names
from api.pages.views.causes import CauseLines, cause_lines, is_causes
from api.pages.views.waterfall import Waterfall, waterfall
from models.agent import names_of
from models.alert import (
    AlertEventRow,
    AlertFilter,
    AlertHitRow,
    AlertRow,
    Did,
    events_of,
    hits_of,
    list_alerts,
    open_counts,
)
from models.alert_watch import series
from models.dial import DialRow
from models.settings import Settings
from models.ticket import TicketRow, ticket_of
from qa_engine.alerts.judge import episodes, history_days, judge_days
from qa_engine.alerts.rules import Rule, RuleBook, Scope
from qa_engine.alerts.words import in_words, value_text
from qa_engine.kpi.registry import BY_ID

BACKTEST_DAYS = 60
CALL_FILTERS = {Scope.TEAM: "team", Scope.AGENT: "agent", Scope.CAMPAIGN: "campaign"}


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert in a list. `state` is open, snoozed, recovered or resolved; `about_url` is the page of whom it is about, "" where
    there is none."""

    id: int
    title: str
    state: str
    scope: str
    key: str
    figure: str
    bound: str
    n: str
    days: str
    repeats: int
    owner: str
    opened: str
    about_url: str


def alert_lines(
    opened: Session, alerts: Sequence[AlertRow], words: Words, zone: ZoneInfo, now: datetime
) -> list[AlertLine]:
    """Alerts as lines, with the names of those whom they are about."""
    names = alert_names(opened, alerts, zone)
    return [_line(alert, names, words, zone, now) for alert in alerts]


def _line(alert: AlertRow, names: AlertNames, words: Words, zone: ZoneInfo, now: datetime) -> AlertLine:
    assert alert.id is not None
    same = alert.first_day == alert.last_day
    return AlertLine(
        id=alert.id,
        title=words.prose(alert.title),
        state=_state(alert, now),
        scope=words(f"scope.{alert.scope}"),
        key=names.subject(alert.scope, alert.scope_key, words),
        figure=value_text(alert.metric, alert.value) if alert.metric else "",
        bound=value_text(alert.metric, alert.bound) if alert.metric else "",
        n="" if alert.n is None else f"{alert.n:,}",
        days=alert.last_day.isoformat() if same else f"{alert.first_day} – {alert.last_day:%m-%d}",
        repeats=alert.repeats,
        owner=alert.owner,
        opened=local_time(alert.opened_at, zone),
        about_url=_about_url(alert),
    )


def _about_url(alert: AlertRow) -> str:
    page = {Scope.AGENT: "/agents/", Scope.TEAM: "/board?team=", Scope.CALL: "/calls/"}.get(
        Scope(alert.scope)
    )
    return f"{page}{quote(alert.scope_key, safe='')}" if page and alert.scope_key else ""


def _state(alert: AlertRow, now: datetime) -> str:
    if alert.state == "resolved":
        return "resolved"
    if alert.is_snoozed(now):
        return "snoozed"
    return "recovered" if alert.recovered_day else "open"


@dataclass(frozen=True, slots=True)
class AlertTile:
    """What needs somebody now, for `alerts/tile.html` on any board."""

    count: int
    snoozed: int
    lines: tuple[AlertLine, ...]


def alert_tile(opened: Session, words: Words, zone: ZoneInfo, now: datetime) -> AlertTile:
    """The open alerts and the newest five of them."""
    count, snoozed = open_counts(opened, now)
    found, _ = list_alerts(opened, AlertFilter(state="open"), size=5)
    return AlertTile(count, snoozed, tuple(alert_lines(opened, found, words, zone, now)))


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert with all that belongs to it. `formula` and `calls_url` "" where there are none."""

    line: AlertLine
    rule_text: str
    metric: str
    formula: str
    calls_url: str
    snoozed_until: str
    chart: Chart | None
    ticket: TicketRow | None
    waterfall: Waterfall | None
    causes: CauseLines | None
    attribution_url: str
    events: tuple[tuple[str, str, str, str], ...]
    hits: tuple[tuple[str, str, str, str], ...]
    agents: Mapping[str, str]
    """Names of the agents whom the ticket speaks of, by id."""


def alert_view(
    opened: Session, alert: AlertRow, rule: Rule | None, *, settings: Settings, words: Words, now: datetime
) -> AlertView:
    """The alert's page. A rule that has left the file since leaves the chart out."""
    assert alert.id is not None
    ticket = ticket_of(opened, alert.id)
    metric = BY_ID.get(alert.metric)
    english = words.language == "en"
    hits = hits_of(opened, alert.id)
    names = alert_names(opened, [alert], settings.zone, calls=[one.call_id for one in hits if one.call_id])
    return AlertView(
        line=_line(alert, names, words, settings.zone, now),
        rule_text=in_words(rule) if rule else "",
        metric=(metric.name_en if english else metric.name_zh) if metric else "",
        formula=words.formula(metric) if metric else "",
        calls_url=_calls_url(alert),
        snoozed_until=local_time(alert.snoozed_until, settings.zone) if alert.is_snoozed(now) else "",
        chart=_chart(opened, alert, rule, words, _today(settings, now)),
        ticket=ticket,
        waterfall=waterfall(ticket.attribution, words)
        if ticket and not is_causes(ticket.attribution)
        else None,
        causes=cause_lines(ticket.attribution, words) if ticket and is_causes(ticket.attribution) else None,
        attribution_url=_attribution_url(alert, ticket),
        events=tuple(_event(one, names, words, settings.zone) for one in events_of(opened, alert.id)),
        hits=tuple(_hit(one, alert, names) for one in hits),
        agents=names_of(opened, _spoken_of(ticket.attribution) if ticket else ()),
    )


def _spoken_of(found: Mapping[str, Any]) -> list[str]:
    causes = [one["value"] for one in found.get("parts", ()) if one["part"] == "people" and "hits" in one]
    return [one["agent"] for one in found.get("agents", ())[:5]] + causes


def _today(settings: Settings, now: datetime) -> date:
    return now.astimezone(settings.zone).date()


def _chart(opened: Session, alert: AlertRow, rule: Rule | None, words: Words, today: date) -> Chart | None:
    if rule is None or not rule.is_daily or rule.metric != alert.metric:
        return None
    last = min(alert.last_day + timedelta(days=14), today - timedelta(days=1))
    last = max(last, alert.last_day)
    first = last - timedelta(days=DAYS_SHOWN + history_days(rule))
    points = series(opened, [rule], first, last)[rule.id].get(alert.scope_key, [])
    return alert_chart(rule, points, last, words)


def _calls_url(alert: AlertRow) -> str:
    if alert.scope == Scope.CALL:
        return f"/calls/{alert.scope_key}"
    query = {"from": alert.first_day.isoformat(), "to": alert.last_day.isoformat()}
    name = CALL_FILTERS.get(Scope(alert.scope))
    if name and alert.scope_key:
        query[name] = alert.scope_key
    return f"/?{urlencode(query)}"


def _attribution_url(alert: AlertRow, ticket: TicketRow | None) -> str:
    """The same question on its page, to be asked anew; "" where the ticket has no change to take apart."""
    if ticket is None or "periods" not in ticket.attribution:
        return ""
    periods = ticket.attribution["periods"]
    query = {
        "metric": alert.metric,
        **periods["after"],
        **{f"before_{end}": day for end, day in periods["before"].items()},
    }
    name = CALL_FILTERS.get(Scope(alert.scope))
    return f"/attribution?{urlencode({**query, **({name: alert.scope_key} if name and alert.scope_key else {})})}"


def _event(one: AlertEventRow, names: AlertNames, words: Words, zone: ZoneInfo) -> tuple[str, str, str, str]:
    note = names.call(one.note)
    if one.did == Did.TICKET:  # "new → doing", as the page calls them
        note = " → ".join(words.get(f"ticket.state.{state}", state) for state in note.split(" → "))
    return (local_time(one.at, zone), words(f"did.{one.did}"), one.by, note)


def _hit(one: AlertHitRow, alert: AlertRow, names: AlertNames) -> tuple[str, str, str, str]:
    value = value_text(alert.metric, one.value) if alert.metric else ""
    return (
        names.call(one.subject) if one.call_id else one.subject,
        value,
        "" if one.n is None else f"{one.n:,}",
        f"/calls/{one.call_id}" if one.call_id else "",
    )


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule in words; `runs` of the back-test: (group, first day, last day, worst value) or None where not asked."""

    id: str
    title: str
    text: str
    kind: str
    owner: str
    channels: tuple[str, ...]
    is_daily: bool
    runs: tuple[tuple[str, str, str, str], ...] | None
    groups: int = 0
    span: str = ""


def rule_views(
    opened: Session, book: RuleBook, ready: Sequence[str], *, backtest: str, words: Words, today: date
) -> tuple[RuleView, ...]:
    """All rules; the one named `backtest` with the alerts that it would have made on the stored days."""
    views = []
    for rule in book.rules:
        runs, groups, span = (
            _backtest(opened, rule, words, today) if rule.id == backtest and rule.is_daily else (None, 0, "")
        )
        views.append(
            RuleView(
                id=rule.id,
                title=words.prose(rule.title),
                text=words.prose(in_words(rule)),
                kind=words(f"kind.{type(rule.test).__name__}"),
                owner=rule.owner,
                channels=tuple(one.value for one in rule.channels if one.value in ready) or tuple(ready),
                is_daily=rule.is_daily,
                runs=runs,
                groups=groups,
                span=span,
            )
        )
    return tuple(views)


def _backtest(
    opened: Session, rule: Rule, words: Words, today: date
) -> tuple[tuple[tuple[str, str, str, str], ...], int, str]:
    newest = opened.exec(select(func.max(col(DialRow.day)))).one() or today
    last = min(newest, today - timedelta(days=1))
    first = last - timedelta(days=BACKTEST_DAYS - 1)
    found = series(opened, [rule], first - timedelta(days=history_days(rule)), last)[rule.id]
    runs = [
        (
            masked(key) or words("scope.total"),
            start.day.isoformat(),
            end.day.isoformat(),
            value_text(rule.metric, end.value),
        )
        for key, points in found.items()
        for start, end in episodes(judge_days(rule, points, first, last))
    ]
    return tuple(sorted(runs, key=lambda run: run[1], reverse=True)), len(found), f"{first} – {last}"
