"""What waits for somebody now, counted as the page that it leads to lists it.

A new kind of work joins by a line of `COUNTERS`: a function of the session and what is asked, and the right that its page
needs; `api/pages/views/needs.py` says where it leads. Counts are narrowed by who asks, as every other query is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.access.roles import Right, current_access
from models.alert import awake_alerts
from models.call import CallRow, CallState
from models.call_filter import CallFilter
from models.coaching import due_plans
from models.columns import utc_now
from models.evaluation import EvaluationRow
from models.import_source import list_sources
from models.pull_plan import known_schedule
from models.queries import count_calls
from models.review_queue import backlog
from models.review_select import Queue
from models.settings import Settings
from models.target_figures import behind
from qa_engine.dialer.freshness import Freshness
from qa_engine.scoring.evaluation import Result

LATE = (Freshness.FAILED, Freshness.LATE, Freshness.NEVER)


class Waits(StrEnum):
    """Kinds of work, in the order of the page."""

    AUTO_FAILS = "auto_fails"
    FLAGGED = "flagged"
    SAMPLED = "sampled"
    SECOND = "second"
    APPEALS = "appeals"
    TARGETS = "targets"
    ALERTS = "alerts"
    COACHING = "coaching"
    SOURCES = "sources"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks and when. `name` is that of the reviewer: nobody looks twice at a call."""

    settings: Settings
    name: str
    today: date
    now: datetime


@dataclass(frozen=True, slots=True)
class Need:
    """`count` things of a kind, the oldest of which waits since `oldest`; `day` is the day that they are of, None for those
    of any day."""

    kind: Waits
    count: int
    oldest: datetime | None = None
    day: date | None = None


Counter = Callable[[Session, Asking], Need]


def needs(opened: Session, asking: Asking) -> Sequence[Need]:
    """All kinds that the asker may work on, those without any work too."""
    access = current_access()
    return [
        replace(count(opened, asking), kind=kind)
        for kind, (right, count) in COUNTERS.items()
        if access is None or access.may(right)
    ]


def _auto_fails(opened: Session, asking: Asking) -> Need:
    """Of the newest day with scored calls, up to today: before the first call of a morning that is yesterday."""
    newest = opened.scalar(
        select(func.max(col(CallRow.day)))
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .where(col(CallRow.day) <= asking.today, col(EvaluationRow.current).is_(True))
    )
    day = newest or asking.today
    wanted = CallFilter(first_day=day, last_day=day, result=Result.AUTO_FAIL.value)
    return Need(Waits.AUTO_FAILS, sum(count_calls(opened, wanted).values()), day=day)


def _queue(queue: Queue) -> Counter:
    def count(opened: Session, asking: Asking) -> Need:
        found = backlog(opened, queue, name=asking.name, today=asking.today)
        return Need(Waits(queue.value), found.n, found.oldest)

    return count


def _targets(opened: Session, asking: Asking) -> Need:
    return Need(Waits.TARGETS, len(behind(opened, today=asking.today)), day=asking.today)


def _alerts(opened: Session, asking: Asking) -> Need:
    n, oldest = awake_alerts(opened, asking.now)
    return Need(Waits.ALERTS, n, oldest)


def _coaching(opened: Session, asking: Asking) -> Need:
    return Need(Waits.COACHING, len(due_plans(opened, today=asking.today)), day=asking.today)


def _sources(opened: Session, asking: Asking) -> Need:
    schedule, _ = known_schedule(asking.settings)
    found = [one for one in list_sources(opened, schedule, now=utc_now()) if one.freshness in LATE]
    return Need(
        Waits.SOURCES, len(found), min((one.last_good_at for one in found if one.last_good_at), default=None)
    )


def _failed(opened: Session, _asking: Asking) -> Need:
    n, oldest = opened.exec(
        select(func.count(), func.min(col(CallRow.created_at))).where(CallRow.state == CallState.FAILED.value)
    ).one()
    return Need(Waits.FAILED, n, oldest)


COUNTERS: Mapping[Waits, tuple[Right, Counter]] = MappingProxyType(
    {
        Waits.AUTO_FAILS: (Right.CALLS, _auto_fails),
        # every queue of the QA floor, each under its own name
        **{Waits(queue.value): (Right.REVIEW, _queue(queue)) for queue in Queue},
        Waits.TARGETS: (Right.FIGURES, _targets),
        Waits.ALERTS: (Right.FIGURES, _alerts),
        Waits.COACHING: (Right.COACH, _coaching),
        Waits.SOURCES: (Right.UPLOAD, _sources),
        Waits.FAILED: (Right.CALLS, _failed),
    }
)
