"""After the rows: legs become calls, recordings find their calls, changed meanings reach stored calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, delete, exists, func, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.database import lock_names, session
from models.dial import DialHoldRow, DialLegRow, DialRecordingRow, DialRow
from models.dial_store import DialStore, core_table, insert_all
from qa_engine.dialer.legs import asterisk_call, freeswitch_call, joined
from qa_engine.dialer.records import Dial, Hold, Leg
from qa_engine.dialer.vicidial import CLOSER, StatusBook

CHUNK = 2_000
SLACK = timedelta(seconds=10)  # clocks of dialer and recorder differ by a few seconds


def _leg(row: Row[Any]) -> Leg:
    return Leg(
        row.key,
        row.digest,
        row.call,
        row.peer,
        row.sequence,
        row.started_at,
        row.answered_at,
        row.duration_s,
        row.bill_s,
        row.agent_id,
        row.campaign,
        row.lead,
        row.status,
        row.outbound,
        row.connected,
        row.second,
    )


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def _asterisk(opened: Session, source: str, calls: Sequence[str]) -> list[Dial]:
    by_call: dict[str, list[Leg]] = {}
    legs_of = select_columns(core_table(DialLegRow)).where(
        col(DialLegRow.source) == source, col(DialLegRow.call).in_(calls)
    )
    for row in opened.execute(legs_of):
        by_call.setdefault(row.call, []).append(_leg(row))
    has_events = opened.exec(select(DialHoldRow.key).where(DialHoldRow.source == source).limit(1)).first()
    holds: dict[str, list[Hold]] = {}
    wanted = (
        DialHoldRow.source == source,
        col(DialHoldRow.call).in_(calls),
        col(DialHoldRow.begins).is_not(None),
    )
    for event in opened.exec(select(DialHoldRow).where(*wanted)) if has_events else ():
        holds.setdefault(event.call, []).append(
            Hold(event.key, event.digest, event.call, event.channel, event.at, event.begins)
        )
    return [
        asterisk_call(legs, holds.get(call, []) if has_events else None) for call, legs in by_call.items()
    ]


def _freeswitch(opened: Session, source: str, keys: Sequence[str]) -> list[Dial]:
    found: dict[str, Leg] = {}
    asked: set[str] = set()
    wanted = set(keys)
    while wanted:
        rows = opened.execute(
            select_columns(core_table(DialLegRow)).where(
                col(DialLegRow.source) == source,
                or_(col(DialLegRow.key).in_(wanted), col(DialLegRow.peer).in_(wanted)),
            )
        )
        found |= {row.key: _leg(row) for row in rows}
        asked |= wanted
        wanted = {name for leg in found.values() for name in (leg.key, leg.peer) if name} - asked
    sides = or_(col(DialLegRow.peer).is_not(None), col(DialLegRow.second).is_(True))
    two_sided = opened.exec(select(DialLegRow.key).where(DialLegRow.source == source, sides).limit(1)).first()
    return [freeswitch_call(legs, one_sided=two_sided is None) for legs in joined(found.values())]


BUILDERS: dict[str, Callable[[Session, str, Sequence[str]], list[Dial]]] = {
    "asterisk": _asterisk,
    "freeswitch": _freeswitch,
}


def settle_legs(engine: Engine, store: DialStore, source: str, dialer: str) -> None:
    """Makes the calls of all legs that an import touched anew: late legs and repetitions give the same figures."""
    builder = BUILDERS[dialer]
    for keys in _chunks(sorted(store.touched)):
        with session(engine) as opened:
            lock_names(opened, f"import:{source}")
            dials = {dial.key: dial for dial in builder(opened, source, keys)}
            stale = {*keys, *dials}
            of_stale = col(DialRow.source) == source, col(DialRow.key).in_(stale)
            store.days.update(opened.scalars(select_columns(col(DialRow.day)).where(*of_stale).distinct()))
            opened.execute(delete(DialRow).where(*of_stale))
            rows = [{"source": source, **store.dial_values(dial)} for dial in dials.values()]
            if rows:
                insert_all(opened, DialRow, rows)


def settle_statuses(engine: Engine, source: str, book: StatusBook) -> None:
    """Gives stored calls the meaning that their dispositions have now."""
    with session(engine) as opened:
        lock_names(opened, f"import:{source}")
        found = opened.execute(
            select_columns(col(DialRow.campaign), col(DialRow.status))
            .where(col(DialRow.source) == source)
            .distinct()
        ).all()
        for campaign, status in found:
            connected, contact, sale, abandoned = book.flags(campaign, status)
            opened.execute(
                update(DialRow)
                .where(
                    col(DialRow.source) == source,
                    col(DialRow.campaign).is_not_distinct_from(campaign),
                    col(DialRow.status).is_not_distinct_from(status),
                )
                .values(connected=connected, contact=contact, sale=sale, abandoned=abandoned)
            )


def _overlap(recording: DialRecordingRow, dial: DialRow) -> timedelta:
    """How long both ran at once, with slack; negative where they did not."""
    start = max(recording.started_at, dial.started_at)
    end = min(_end(recording.started_at, recording.duration_s), _end(dial.started_at, dial.duration_s))
    return end - start + SLACK


def _end(start: datetime, seconds: int | None) -> datetime:
    return start + timedelta(seconds=seconds or 0)


def join_recordings(engine: Engine, source: str) -> None:
    """Gives recordings their calls: by the id that the dialer wrote, else by lead and time."""
    with session(engine) as opened:
        for prefix in ("", CLOSER):
            name = prefix + col(DialRecordingRow.named_key) if prefix else col(DialRecordingRow.named_key)
            opened.execute(
                update(DialRecordingRow)
                .where(
                    col(DialRecordingRow.source) == source,
                    col(DialRecordingRow.dial_key).is_(None),
                    exists().where(col(DialRow.source) == source, col(DialRow.key) == name),
                )
                .values(dial_key=name),
                execution_options={"synchronize_session": False},
            )
        open_ones = opened.exec(
            select(DialRecordingRow)
            .where(
                DialRecordingRow.source == source,
                col(DialRecordingRow.dial_key).is_(None),
                col(DialRecordingRow.lead).is_not(None),
            )
            .order_by(DialRecordingRow.key)
        ).all()
        for start in range(0, len(open_ones), CHUNK):
            _join_by_lead(opened, source, open_ones[start : start + CHUNK])


def _join_by_lead(opened: Session, source: str, recordings: Sequence[DialRecordingRow]) -> None:
    by_lead: dict[str | None, list[DialRow]] = {}
    leads = {row.lead for row in recordings}
    for dial in opened.exec(select(DialRow).where(DialRow.source == source, col(DialRow.lead).in_(leads))):
        by_lead.setdefault(dial.lead, []).append(dial)
    for recording in recordings:
        best = max(by_lead.get(recording.lead, ()), key=lambda dial: _overlap(recording, dial), default=None)
        if best is not None and _overlap(recording, best) >= timedelta():
            recording.dial_key = best.key
            opened.add(recording)


def orphans(opened: Session, source: str) -> dict[str, int]:
    """Recordings without a call, and connected calls without a recording; empty where no recordings are known."""
    of_source = col(DialRecordingRow.source) == source
    if opened.scalar(select_columns(func.count()).where(of_source)) == 0:
        return {}
    lone = select_columns(func.count()).where(of_source, col(DialRecordingRow.dial_key).is_(None))
    silent = select_columns(func.count()).where(
        col(DialRow.source) == source,
        col(DialRow.connected).is_(True),
        ~exists().where(of_source, col(DialRecordingRow.dial_key) == col(DialRow.key)),
    )
    return {
        "recordings_without_call": opened.scalar(lone) or 0,
        "calls_without_recording": opened.scalar(silent) or 0,
    }
