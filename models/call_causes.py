"""Where single calls of one kind come from: the same sign in other calls of the last weeks, by agent, time of day, campaign,
silence and weekday. What prefills the root-cause ticket of an alert about single calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.analysis import ObjectionRow
from models.attribution import BEFORE_DAYS, HOLIDAY, WEEKDAYS
from models.call import CallRow
from models.crm import CrmTicketRow
from models.evaluation import EvaluationRow
from qa_engine.alerts.rules import CallSign, OneCall
from qa_engine.crm.records import TicketStatus
from qa_engine.insight.shares import share_changes

FORMAT = "callqa.call-causes/1"
MOST_CALLS = 20_000
"""Of the window, the latest: enough for an interval of a point, and read in a moment."""
SILENCE_STEP = 0.25


def call_causes(
    opened: Session, call: CallRow, test: OneCall, zone: ZoneInfo, holidays: frozenset[date] = frozenset()
) -> dict[str, Any]:
    """`callqa.call-causes/1`: for each of the five dimensions how often calls like this one in that respect carry the sign,
    against all others, over four weeks up to the call. `change` with its 95 % interval is null below 30 calls on either
    side. The first part with an interval above 0 is the likeliest place to look; none means unexplained."""
    first = call.day - timedelta(days=BEFORE_DAYS - 1)
    query = (
        select_columns(
            *(col(CallRow.id), col(CallRow.external_id), col(CallRow.agent_id), col(CallRow.campaign)),
            *(col(CallRow.started_at), col(CallRow.day), col(CallRow.duration_s), col(CallRow.talk_s)),
            col(CallRow.disposition),
        )
        .where(col(CallRow.day) >= first, col(CallRow.day) <= call.day)
        .order_by(col(CallRow.day).desc(), col(CallRow.id))
        .limit(MOST_CALLS)
    )
    signed = _signed(opened, test, first, call.day)
    calls: Counter[tuple[str, str]] = Counter()
    hits: Counter[tuple[str, str]] = Counter()
    n = n_hits = 0
    for row in opened.execute(query):
        hit = (
            row.disposition in test.values
            if signed is None
            else row.id in signed or row.external_id in signed
        )
        n, n_hits = n + 1, n_hits + hit
        for place in _places(row, zone, holidays).items():
            calls[place] += 1
            hits[place] += hit
    own = _places(call, zone, holidays)
    parts = [_part(place, hits[place], calls[place], n_hits, n) for place in own.items()]
    return {
        "format": FORMAT,
        "period": {"from": first.isoformat(), "to": call.day.isoformat()},
        "hits": n_hits,
        "calls": n,
        "parts": parts,
        "largest": max(
            (one for one in parts if (one["low"] or 0) > 0),
            key=lambda one: one["change"],
            default={"part": None},
        )["part"],
    }


def _part(place: tuple[str, str], hits: int, calls: int, all_hits: int, n: int) -> dict[str, Any]:
    (found,) = share_changes({"": hits}, {"": all_hits - hits}, n_now=calls, n_before=n - calls)
    return {
        "part": place[0],
        "value": place[1],
        "hits": hits,
        "calls": calls,
        "other_hits": all_hits - hits,
        "other_calls": n - calls,
        "change": found.change,
        "low": found.low,
        "high": found.high,
    }


def _places(call: Any, zone: ZoneInfo, holidays: frozenset[date]) -> Mapping[str, str]:
    """Where a call, a row with its columns, stands in each dimension; what is not known of it is left out."""
    found = {
        "people": call.agent_id or "",
        "process": f"{call.started_at.astimezone(zone).hour:02d}" if call.started_at else "",
        "customers": call.campaign or "",
        "tools": "",
        "environment": HOLIDAY if call.day in holidays else WEEKDAYS[call.day.weekday()],
    }
    if call.duration_s and call.talk_s is not None:
        step = min(int(max(0.0, 1 - call.talk_s / call.duration_s) / SILENCE_STEP), 3)
        found["tools"] = f"{int(100 * SILENCE_STEP * step)}–{int(100 * SILENCE_STEP * (step + 1))} %"
    return {part: value for part, value in found.items() if value}


def _signed(opened: Session, test: OneCall, first: date, last: date) -> set[str] | None:
    """Ids (ours, or of dialers) of the calls that carry the sign; None where the call itself tells."""
    inside = (col(CallRow.day) >= first, col(CallRow.day) <= last)
    if test.sign is CallSign.AUTO_FAIL:
        failed = opened.execute(
            select_columns(col(EvaluationRow.call_id), col(EvaluationRow.auto_fails))
            .join(CallRow, col(CallRow.id) == col(EvaluationRow.call_id))
            .where(
                *inside,
                col(EvaluationRow.current).is_(True),
                cast(col(EvaluationRow.auto_fails), String).not_in(("[]", "null")),
            )
        )
        wanted = set(test.values)
        return {call_id for call_id, items in failed if (wanted & set(items) if wanted else items)}
    if test.sign is CallSign.OBJECTION:
        raised = (
            select_columns(col(ObjectionRow.call_id))
            .join(CallRow, col(CallRow.id) == col(ObjectionRow.call_id))
            .where(*inside)
        )
        kinds = col(ObjectionRow.type)
        return set(opened.scalars(raised.where(kinds.in_(test.values)) if test.values else raised))
    if test.sign is CallSign.TICKET:
        named = select_columns(col(CrmTicketRow.call)).where(
            col(CrmTicketRow.call).is_not(None),
            col(CrmTicketRow.day) >= first,
            col(CrmTicketRow.status).is_distinct_from(TicketStatus.CANCELLED.value),
        )
        of_kind = col(CrmTicketRow.kind).in_(test.values)
        return set(opened.scalars(named.where(of_kind) if test.values else named))
    return None
