"""Holds the rules against what is stored, and writes alert, ticket and messages in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.agent import TeamRow, team_on
from models.alert import AlertRow, Hit, is_known_hit, open_alert, record_hit, recover
from models.analysis import ObjectionRow
from models.attribution import Question, Span, document, explain, usual_question
from models.call import CallRow
from models.call_causes import call_causes
from models.crm_list import ticket_kinds
from models.database import reading, session
from models.dial_kpi import By, Period, kpi_sums
from models.evaluation import EvaluationRow
from models.figures import read_figures
from models.notify.channels import channels_of
from models.outbox import put_message
from models.settings import Settings
from models.target_days import daily_targets
from models.ticket import open_ticket
from qa_engine.alerts.judge import history_days, is_recovered, judge
from qa_engine.alerts.messages import Message, without_numbers
from qa_engine.alerts.rules import CallSign, InBand, KOfN, Now, OneCall, Rule, RuleBook, Scope
from qa_engine.alerts.words import in_words, scope_text, value_text
from qa_engine.errors import CallQAError
from qa_engine.kpi.bands import Point, is_measured
from qa_engine.kpi.registry import BY_ID, Ratio
from qa_engine.targets.target import Scope as Level

FRESH_DAYS = 7
"""Ended days that still make an alert. What is imported later than that is history: the back-test shows it."""
_BY = {Scope.TOTAL: By.TOTAL, Scope.TEAM: By.TEAM, Scope.AGENT: By.AGENT, Scope.CAMPAIGN: By.CAMPAIGN}

_LEVELS = {Scope.TOTAL: Level.COMPANY, Scope.TEAM: Level.TEAM, Scope.AGENT: Level.AGENT}


def series(
    opened: Session, rules: Sequence[Rule], first: date, last: date
) -> dict[str, dict[str, list[Point]]]:
    """The days of each rule's metric for every group that it looks at, with what stored targets ask of them where a rule
    wants that: rule → group → points in order of days. Rules of one scope are read together."""
    found: dict[str, dict[str, list[Point]]] = {rule.id: {} for rule in rules}
    for scope in sorted({rule.scope for rule in rules}):
        same = [rule for rule in rules if rule.scope is scope]
        metrics = sorted({rule.metric for rule in same})
        days = read_figures(opened, metrics, first=first, last=last, by=_BY[scope], daily=True)
        stored = {rule.metric for rule in same if isinstance(rule.test, KOfN) and rule.test.is_stored}
        due = daily_targets(opened, _LEVELS[scope], stored, first=first, last=last) if stored else {}
        for one in sorted(days, key=lambda one: one.first):
            for rule in same:
                if rule.metric == one.metric and (not rule.only or one.key in rule.only):
                    target = due.get((one.metric, one.key), {}).get(one.first)
                    point = Point(one.first, one.value, one.n or 0, target)
                    found[rule.id].setdefault(one.key, []).append(point)
    return found


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a look: hits that are new, and groups whose figure is good again, each with its day."""

    hits: tuple[Hit, ...]
    recovered: tuple[tuple[Rule, str, date], ...]


def look(opened: Session, book: RuleBook, now: datetime, settings: Settings) -> Looked:
    """Every rule about figures against the ended days and the last hours. Writes nothing."""
    today = now.astimezone(settings.zone).date()
    hits: list[Hit] = []
    recovered: list[tuple[Rule, str, date]] = []
    daily = [rule for rule in book.rules if rule.is_daily]
    fresh_days = [today - timedelta(days=back) for back in range(FRESH_DAYS, 0, -1)]
    if daily:
        first = fresh_days[0] - timedelta(days=max(map(history_days, daily)))
        known = series(opened, daily, first, fresh_days[-1])
        for rule in daily:
            _look_at_days(rule, known[rule.id], fresh_days, hits, recovered)
    for rule in book.rules:
        if isinstance(rule.test, Now):
            hits += _look_at_now(opened, rule, rule.test, now, settings)
    fresh = [replace(hit, owner=_owner(opened, hit)) for hit in hits if not is_known_hit(opened, hit)]
    return Looked(tuple(fresh), tuple(recovered))


def _look_at_days(
    rule: Rule,
    groups: Mapping[str, Sequence[Point]],
    fresh: Sequence[date],
    hits: list[Hit],
    recovered: list[tuple[Rule, str, date]],
) -> None:
    for key, points in groups.items():
        found = [one for day in fresh if (one := judge(rule, points, day))]
        hits += [
            Hit(
                rule,
                key,
                one.day.isoformat(),
                one.day,
                value=one.value,
                bound=one.limit,
                usual=one.usual,
                n=one.n,
            )
            for one in found
        ]
        measured = [point.day for point in points if is_measured(point, rule.min_n)]
        if measured and is_recovered(rule, points, measured[-1]):
            recovered.append((rule, key, measured[-1]))


def _look_at_now(opened: Session, rule: Rule, test: Now, now: datetime, settings: Settings) -> Iterable[Hit]:
    local = now.astimezone(settings.zone)
    if not test.start <= local.hour < test.end:
        return
    # two days bound what is read; the instant decides
    today = local.date()
    period = Period(today - timedelta(days=1), today, since=now - timedelta(hours=test.hours))
    by = _BY[rule.scope]
    for key, sums in kpi_sums(opened, () if by is By.TOTAL else (by,), period)[by].items():
        figure = BY_ID[rule.metric].of(sums)
        value = figure.value if isinstance(figure, Ratio) else figure
        n = figure.den if isinstance(figure, Ratio) else sums.dials or 0
        if value is None or n < rule.min_n or (rule.only and key not in rule.only):
            continue
        if test.limit.is_passed(value):
            bound = test.limit.below if test.limit.below is not None else test.limit.above
            subject = local.strftime("%Y-%m-%dT%H")
            yield Hit(rule, key, subject, today, value=value, bound=bound, n=n)


def call_hits(opened: Session, book: RuleBook, call: CallRow) -> list[Hit]:
    """The rules about single calls that a scored call breaks."""
    rules = [(rule, rule.test) for rule in book.rules if isinstance(rule.test, OneCall)]
    signs = _signs(opened, call) if rules else {}
    hits = []
    for rule, test in rules:
        found = signs[test.sign]
        if not (found & set(test.values) if test.values else found):
            continue
        keys = {
            Scope.TOTAL: "",
            Scope.TEAM: call.team_id,
            Scope.AGENT: call.agent_id,
            Scope.CAMPAIGN: call.campaign,
            Scope.CALL: call.id,
        }
        hit = Hit(rule, keys[rule.scope] or "", call.id, call.day, call_id=call.id)
        owner = rule.owner or _lead(opened, call.team_id)
        hits.append(replace(hit, owner=owner))
    return hits


def _signs(opened: Session, call: CallRow) -> Mapping[CallSign, set[str]]:
    failed = opened.exec(
        select(EvaluationRow.auto_fails).where(
            EvaluationRow.call_id == call.id, col(EvaluationRow.current).is_(True)
        )
    ).all()
    objections = opened.exec(select(ObjectionRow.type).where(ObjectionRow.call_id == call.id)).all()
    return {
        CallSign.AUTO_FAIL: {item for items in failed for item in items},
        CallSign.OBJECTION: set(objections),
        CallSign.DISPOSITION: {call.disposition} if call.disposition else set(),
        CallSign.TICKET: ticket_kinds(opened, call),
    }


def _lead(opened: Session, team_id: str | None) -> str:
    team = opened.get(TeamRow, team_id) if team_id else None
    return team.lead if team else ""


def _owner(opened: Session, hit: Hit) -> str:
    """The rule's owner, else the lead of the team that the alert is about."""
    if hit.rule.owner:
        return hit.rule.owner
    if hit.rule.scope is Scope.AGENT:
        return _lead(opened, team_on(opened, hit.key, hit.day))
    return _lead(opened, hit.key) if hit.rule.scope is Scope.TEAM else ""


def note_call(opened: Session, settings: Settings, book: RuleBook, call: CallRow, now: datetime) -> int:
    """Counts what a call breaks, in the transaction that ends the call. Old calls (a backlog, a re-score) count only
    while they are fresh. Returns how many hits were new."""
    if (now.astimezone(settings.zone).date() - call.day).days > FRESH_DAYS:
        return 0
    return sum(_write(opened, settings, book, hit, now) for hit in call_hits(opened, book, call))


def note_ticket(
    opened: Session, settings: Settings, book: RuleBook, call: CallRow, now: datetime, *, day: date
) -> int:
    """Counts what a ticket opened on `day` says of a call, while the ticket is fresh: a customer may complain long after
    the call. Returns how many hits were new."""
    if (now.astimezone(settings.zone).date() - day).days > FRESH_DAYS:
        return 0
    hits = (
        hit
        for hit in call_hits(opened, book, call)
        if isinstance(hit.rule.test, OneCall) and hit.rule.test.sign is CallSign.TICKET
    )
    return sum(_write(opened, settings, book, hit, now) for hit in hits)


def check_figures(engine: Engine, settings: Settings, book: RuleBook, now: datetime) -> int:
    """Looks, explains, writes. Safe to run twice, late, or from two workers. Returns how many hits were new."""
    with reading(engine) as opened:
        looked = look(opened, book, now, settings)
        causes = _causes(opened, settings, book, looked.hits)
        waiting = [
            one
            for one in looked.recovered
            if (alert := open_alert(opened, one[0].id, one[1]))
            and alert.recovered_day is None
            and alert.last_day < one[2]
        ]
    new = 0
    for hit in looked.hits:
        with session(engine) as opened:
            new += _write(opened, settings, book, hit, now, why=causes.get((hit.rule.id, hit.key)))
    for rule, key, day in waiting:
        with session(engine) as opened:
            alert = open_alert(opened, rule.id, key)
            if alert is not None and alert.last_day < day:
                recover(opened, alert, day, now)
    return new


def _causes(
    opened: Session, settings: Settings, book: RuleBook, hits: Iterable[Hit]
) -> dict[tuple[str, str], dict[str, object]]:
    """The attribution for the ticket of each alert that is about to be opened, over all its days."""
    days: dict[tuple[str, str], tuple[Rule, date, date]] = {}
    for hit in hits:
        _, first, _ = days.get((hit.rule.id, hit.key), (hit.rule, hit.day, hit.day))
        days[hit.rule.id, hit.key] = (hit.rule, min(first, hit.day), hit.day)
    return {
        (rule.id, key): explained(
            opened,
            usual_question(rule.metric, Span(first - _window(rule), last), scope=rule.scope.value, key=key),
            settings,
            book,
        )
        for (_, key), (rule, first, last) in days.items()
        if open_alert(opened, rule.id, key) is None
    }


def _window(rule: Rule) -> timedelta:
    """How far before its day a finding looks for bad days."""
    test = rule.test
    periods = test.n if isinstance(test, KOfN) else test.band.hold if isinstance(test, InBand) else 1
    return timedelta(days=periods - 1)


def explained(opened: Session, asked: Question, settings: Settings, book: RuleBook) -> dict[str, object]:
    """`callqa.attribution/1`, or why there is none."""
    try:
        return document(explain(opened, asked, settings.zone, book.holidays), asked)
    except CallQAError as error:
        return {"refused": error.message, "hint": error.hint}


def _write(
    opened: Session,
    settings: Settings,
    book: RuleBook,
    hit: Hit,
    now: datetime,
    *,
    why: dict[str, object] | None = None,
) -> bool:
    recorded = record_hit(opened, hit, now)
    if recorded is None:
        return False
    alert, is_new = recorded
    if is_new:
        if hit.call_id and isinstance(hit.rule.test, OneCall):
            call = opened.get_one(CallRow, hit.call_id)
            why = call_causes(opened, call, hit.rule.test, settings.zone, book.holidays)
        open_ticket(opened, alert, why or {"refused": "没有归因"}, now)
    if alert.wants_message(now, hit.rule.repeat_h):
        alert.notified_at, alert.notifications = now, alert.notifications + 1
        opened.add(alert)
        message = alert_message(alert, hit.rule, settings)
        for channel in channels_of(settings, hit.rule):
            put_message(
                opened,
                message_id=f"{message.id}-{channel.value}",
                channel=channel.value,
                document=message.document(),
                alert_id=alert.id,
            )
    return True


def alert_message(alert: AlertRow, rule: Rule, settings: Settings) -> Message:
    """What goes out about an alert: figures and where to look. Nothing of a customer, no names of agents."""
    lines = [f"范围:{without_numbers(scope_text(rule.scope, alert.scope_key))}"]
    if alert.metric:
        held = f"{BY_ID[alert.metric].name_zh} {value_text(alert.metric, alert.value)}(n = {alert.n})"
        usual = f",平时或目标 {value_text(alert.metric, alert.usual)}" if alert.usual is not None else ""
        lines.append(f"{held},界限 {value_text(alert.metric, alert.bound)}{usual}")
    lines += [
        f"日期:{alert.last_day.isoformat()},累计 {alert.repeats} 次",
        f"负责人:{alert.owner or '未指派'}",
        f"规则:{in_words(rule)}",
    ]
    base = (settings.public_url or "").rstrip("/")
    link = f"{base}/alerts/{alert.id}" if base else ""
    return Message(f"alert-{alert.id}-{alert.notifications}", f"【预警】{rule.title}", tuple(lines), link)
