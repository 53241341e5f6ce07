"""Alerts as their pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.pages.figures import local_time, masked
from api.pages.languages import Words
from api.pages.views.alert_chart import DAYS_SHOWN, Chart, alert_chart
from api.pages.views.waterfall import Waterfall, waterfall
from models.alert import (
    AlertEventRow,
    AlertFilter,
    AlertHitRow,
    AlertRow,
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
    """One alert in a list. `state` is open, snoozed, recovered or resolved."""

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


def alert_line(alert: AlertRow, words: Words, zone: ZoneInfo, now: datetime) -> AlertLine:
    """Texts of one alert; keys of groups with long numbers hidden."""
    assert alert.id is not None
    same = alert.first_day == alert.last_day
    return AlertLine(
        id=alert.id,
        title=words.prose(alert.title),
        state=_state(alert, now),
        scope=words(f"scope.{alert.scope}"),
        key=masked(alert.scope_key) or ("" if alert.scope == Scope.TOTAL else words("scope.unknown")),
        figure=value_text(alert.metric, alert.value) if alert.metric else "",
        bound=value_text(alert.metric, alert.bound) if alert.metric else "",
        n="" if alert.n is None else f"{alert.n:,}",
        days=alert.last_day.isoformat() if same else f"{alert.first_day} – {alert.last_day:%m-%d}",
        repeats=alert.repeats,
        owner=alert.owner,
        opened=local_time(alert.opened_at, zone),
    )


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
    return AlertTile(count, snoozed, tuple(alert_line(alert, words, zone, now) for alert in found))


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
    events: tuple[tuple[str, str, str, str], ...]
    hits: tuple[tuple[str, str, str, str], ...]


def alert_view(
    opened: Session, alert: AlertRow, rule: Rule | None, *, settings: Settings, words: Words, now: datetime
) -> AlertView:
    """The alert's page. A rule that has left the file since leaves the chart out."""
    assert alert.id is not None
    ticket = ticket_of(opened, alert.id)
    metric = BY_ID.get(alert.metric)
    english = words.language == "en"
    return AlertView(
        line=alert_line(alert, words, settings.zone, now),
        rule_text=in_words(rule) if rule else "",
        metric=(metric.name_en if english else metric.name_zh) if metric else "",
        formula=metric.formula if metric else "",
        calls_url=_calls_url(alert),
        snoozed_until=local_time(alert.snoozed_until, settings.zone) if alert.is_snoozed(now) else "",
        chart=_chart(opened, alert, rule, words, _today(settings, now)),
        ticket=ticket,
        waterfall=waterfall(ticket.attribution, words) if ticket else None,
        events=tuple(_event(one, words, settings.zone) for one in events_of(opened, alert.id)),
        hits=tuple(_hit(one, alert) for one in hits_of(opened, alert.id)),
    )


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


def _event(one: AlertEventRow, words: Words, zone: ZoneInfo) -> tuple[str, str, str, str]:
    return (local_time(one.at, zone), words(f"did.{one.did}"), one.by, one.note)


def _hit(one: AlertHitRow, alert: AlertRow) -> tuple[str, str, str, str]:
    value = value_text(alert.metric, one.value) if alert.metric else ""
    return (
        one.subject,
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
