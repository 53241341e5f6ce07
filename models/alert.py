"""Alerts: one open at a time for each rule and group, what counted towards it, and what people did with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Index, func, or_, text
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import BigId, UtcDateTime
from models.database import lock_names
from qa_engine.alerts.rules import Rule
from qa_engine.errors import BadInput, Conflict, NotFound

MAX_TEXT = 2000


class AlertState(StrEnum):
    """An alert is open until somebody resolves it; snoozing only keeps it quiet."""

    OPEN = "open"
    RESOLVED = "resolved"


class Did(StrEnum):
    """What happens to an alert."""

    OPENED = "opened"
    REPEATED = "repeated"
    RECOVERED = "recovered"
    ASSIGNED = "assigned"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    TICKET = "ticket"


class AlertRow(SQLModel, table=True):
    """One alert. `scope_key` is the team, agent, campaign or call, "" for the whole. Figures are those of the latest
    hit: `value` of `n`, held against `bound`; `usual` is the target or the band's centre. `repeats` counts hits."""

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open",
            "rule",
            "scope_key",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_alert_state_opened_at", "state", "opened_at"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    rule: str = Field(max_length=200)
    title: str = Field(max_length=200)
    metric: str = Field(default="", max_length=100)
    scope: str = Field(max_length=20)
    scope_key: str = Field(max_length=200)
    state: str = Field(default=AlertState.OPEN.value, max_length=20)
    owner: str = Field(default="", max_length=200)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    first_day: date
    last_day: date
    value: float | None = None
    bound: float | None = None
    usual: float | None = None
    n: int | None = None
    repeats: int = 0
    recovered_day: date | None = None
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    notified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    notifications: int = 0
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    def is_snoozed(self, now: datetime) -> bool:
        """Whether it is to be quiet now."""
        return self.snoozed_until is not None and self.snoozed_until > now

    def wants_message(self, now: datetime, repeat_h: int) -> bool:
        """Whether a hit is worth a message: the first, and then one each `repeat_h` unless snoozed."""
        if self.is_snoozed(now):
            return False
        return self.notified_at is None or now - self.notified_at >= timedelta(hours=repeat_h)


class AlertHitRow(SQLModel, table=True):
    """What counted towards an alert, once: `subject` is the day, the hour or the call."""

    __tablename__ = "alert_hit"
    rule: str = Field(primary_key=True, max_length=200)
    scope_key: str = Field(primary_key=True, max_length=200)
    subject: str = Field(primary_key=True, max_length=40)
    alert_id: int = Field(foreign_key="alert.id", ondelete="CASCADE", index=True, sa_type=BigId)
    day: date
    call_id: str | None = Field(default=None, max_length=32)
    value: float | None = None
    n: int | None = None


class AlertEventRow(SQLModel, table=True):
    """The history of an alert: who did what when."""

    __tablename__ = "alert_event"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    alert_id: int = Field(foreign_key="alert.id", ondelete="CASCADE", index=True, sa_type=BigId)
    at: datetime = Field(sa_type=UtcDateTime)
    did: str = Field(max_length=20)
    by: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=MAX_TEXT)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that something breaks. `key` says for whom; `subject` makes it count once."""

    rule: Rule
    key: str
    subject: str
    day: date
    owner: str = ""
    value: float | None = None
    bound: float | None = None
    usual: float | None = None
    n: int | None = None
    call_id: str | None = None


def is_known_hit(opened: Session, hit: Hit) -> bool:
    """Whether this has counted before."""
    return opened.get(AlertHitRow, (hit.rule.id, hit.key, hit.subject)) is not None


def open_alert(opened: Session, rule_id: str, key: str) -> AlertRow | None:
    """The open alert of a rule and group."""
    return opened.exec(
        select(AlertRow).where(
            AlertRow.rule == rule_id, AlertRow.scope_key == key, AlertRow.state == AlertState.OPEN.value
        )
    ).one_or_none()


def record_hit(opened: Session, hit: Hit, now: datetime) -> tuple[AlertRow, bool] | None:
    """Counts a hit: (its alert, whether it was opened by it). None where it has counted before, however often and
    from however many workers it is told."""
    lock_names(opened, f"alert:{hit.rule.id}:{hit.key}")
    if is_known_hit(opened, hit):
        return None
    alert = open_alert(opened, hit.rule.id, hit.key)
    is_new = alert is None
    if alert is None:
        alert = AlertRow(
            rule=hit.rule.id,
            title=hit.rule.title,
            metric=hit.rule.metric,
            scope=hit.rule.scope.value,
            scope_key=hit.key,
            owner=hit.owner,
            opened_at=now,
            first_day=hit.day,
            last_day=hit.day,
        )
    alert.last_day = max(alert.last_day, hit.day)
    alert.value, alert.bound, alert.usual, alert.n = hit.value, hit.bound, hit.usual, hit.n
    alert.repeats += 1
    alert.recovered_day = None
    opened.add(alert)
    opened.flush()
    assert alert.id is not None
    opened.add(
        AlertHitRow(
            rule=hit.rule.id,
            scope_key=hit.key,
            subject=hit.subject,
            alert_id=alert.id,
            day=hit.day,
            call_id=hit.call_id,
            value=hit.value,
            n=hit.n,
        )
    )
    note_event(opened, alert, Did.OPENED if is_new else Did.REPEATED, now, note=hit.subject)
    return alert, is_new


def note_event(
    opened: Session, alert: AlertRow, did: Did, now: datetime, *, by: str = "", note: str = ""
) -> None:
    """Adds to the history."""
    assert alert.id is not None
    opened.add(AlertEventRow(alert_id=alert.id, at=now, did=did.value, by=by[:200], note=note[:MAX_TEXT]))
    opened.flush()


def get_alert(opened: Session, alert_id: int) -> AlertRow:
    """Raises `NotFound`."""
    alert = opened.get(AlertRow, alert_id)
    if alert is None:
        raise NotFound(f"没有预警 {alert_id}", hint="请从预警列表打开")
    return alert


def _changeable(opened: Session, alert_id: int, by: str) -> AlertRow:
    if not by.strip():
        raise BadInput("请写上姓名", hint="处理记录要写明是谁做的")
    lock_names(opened, f"alert-change:{alert_id}")
    alert = get_alert(opened, alert_id)
    if alert.state != AlertState.OPEN:
        raise Conflict("这条预警已经解决", hint="同一规则再次触发时会新开一条")
    return alert


def assign(opened: Session, alert_id: int, *, owner: str, by: str, now: datetime) -> AlertRow:
    """Gives an alert to somebody. Raises `NotFound`, `Conflict`, `BadInput`."""
    alert = _changeable(opened, alert_id, by)
    if not owner.strip():
        raise BadInput("请写上负责人", hint="填写负责人的姓名")
    alert.owner = owner.strip()[:200]
    opened.add(alert)
    note_event(opened, alert, Did.ASSIGNED, now, by=by, note=alert.owner)
    return alert


def snooze(opened: Session, alert_id: int, *, hours: int, by: str, now: datetime) -> AlertRow:
    """Keeps an alert quiet for some hours; what repeats is counted. Raises like `assign`."""
    alert = _changeable(opened, alert_id, by)
    if not 1 <= hours <= 24 * 30:
        raise BadInput(f"静音 {hours} 小时不在 1–720 之间", hint="请选择 1 小时到 30 天")
    alert.snoozed_until = now + timedelta(hours=hours)
    opened.add(alert)
    note_event(opened, alert, Did.SNOOZED, now, by=by, note=f"{hours} h")
    return alert


def resolve(opened: Session, alert_id: int, *, by: str, note: str, now: datetime) -> AlertRow:
    """Closes an alert. Raises like `assign`."""
    alert = _changeable(opened, alert_id, by)
    alert.state, alert.resolved_at = AlertState.RESOLVED.value, now
    opened.add(alert)
    note_event(opened, alert, Did.RESOLVED, now, by=by, note=note)
    return alert


def recover(opened: Session, alert: AlertRow, day: date, now: datetime) -> None:
    """Notes that the figure is good again; closing stays with people."""
    if alert.recovered_day is None:
        alert.recovered_day = day
        opened.add(alert)
        note_event(opened, alert, Did.RECOVERED, now, note=day.isoformat())


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts; "" = all. `awake_at`: open ones that are not snoozed then."""

    state: str = ""
    rule: str = ""
    owner: str = ""
    scope_key: str = ""
    scope: str = ""
    awake_at: datetime | None = None


def list_alerts(
    opened: Session, wanted: AlertFilter, *, page: int = 1, size: int = 50
) -> tuple[Sequence[AlertRow], int]:
    """(a page of alerts, how many there are): open ones first, then newest first."""
    query = select(AlertRow)
    for column, value in (
        (AlertRow.state, wanted.state),
        (AlertRow.rule, wanted.rule),
        (AlertRow.owner, wanted.owner),
        (AlertRow.scope_key, wanted.scope_key),
        (AlertRow.scope, wanted.scope),
    ):
        if value:
            query = query.where(col(column) == value)
    if wanted.awake_at is not None:
        query = query.where(*_awake(wanted.awake_at))
    total = opened.exec(select(func.count()).select_from(query.subquery())).one()
    order = (
        col(AlertRow.state),
        col(AlertRow.opened_at).desc(),
        col(AlertRow.id).desc(),
    )  # "open" < "resolved"
    rows = opened.exec(query.order_by(*order).offset((page - 1) * size).limit(size)).all()
    return rows, total


def _awake(now: datetime) -> tuple[ColumnElement[bool], ...]:
    until = col(AlertRow.snoozed_until)
    return (col(AlertRow.state) == AlertState.OPEN.value, or_(until.is_(None), until <= now))


def awake_alerts(opened: Session, now: datetime) -> tuple[int, datetime | None]:
    """(how many open alerts want somebody now, when the oldest of them was opened)."""
    return opened.exec(select(func.count(), func.min(col(AlertRow.opened_at))).where(*_awake(now))).one()


def events_of(opened: Session, alert_id: int) -> Sequence[AlertEventRow]:
    """The history, newest first."""
    return opened.exec(
        select(AlertEventRow)
        .where(AlertEventRow.alert_id == alert_id)
        .order_by(col(AlertEventRow.id).desc())
        .limit(200)
    ).all()


def hits_of(opened: Session, alert_id: int, *, limit: int = 50) -> Sequence[AlertHitRow]:
    """What counted towards it, latest first."""
    return opened.exec(
        select(AlertHitRow)
        .where(AlertHitRow.alert_id == alert_id)
        .order_by(col(AlertHitRow.day).desc(), col(AlertHitRow.subject).desc())
        .limit(limit)
    ).all()


def open_counts(opened: Session, now: datetime) -> tuple[int, int]:
    """(open alerts that want somebody now, open ones that are snoozed)."""
    total, quiet = opened.exec(
        select(func.count(), func.count().filter(col(AlertRow.snoozed_until) > now)).where(
            AlertRow.state == AlertState.OPEN.value
        )
    ).one()
    return total - quiet, quiet
