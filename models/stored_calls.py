"""Stored calls as the engine takes them, one after another in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Engine, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.call import CallRow, CallState, call_facts
from models.database import reading
from models.transcript import TranscriptRow, get_transcript
from qa_engine.calls import Call

CHUNK = 100
SCORED_STATES = (CallState.DONE, CallState.SCORING)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls; every filter given must hold. Days are in the tenant's zone, both included. Calls are named by their
    id or the dialer's. `is_forced` is for re-scoring: also those that have the score already."""

    rubric: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    agent_id: str | None = None
    campaign: str | None = None
    call_ids: tuple[str, ...] = ()
    is_forced: bool = False


EVERY_CALL = Wanted()


def wanted_calls(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The filters as conditions on calls that have been scored."""
    found: list[ColumnElement[bool]] = [col(CallRow.state).in_([state.value for state in SCORED_STATES])]
    if wanted.first_day is not None:
        found.append(col(CallRow.day) >= wanted.first_day)
    if wanted.last_day is not None:
        found.append(col(CallRow.day) <= wanted.last_day)
    if wanted.agent_id is not None:
        found.append(col(CallRow.agent_id) == wanted.agent_id)
    if wanted.campaign is not None:
        found.append(col(CallRow.campaign) == wanted.campaign)
    if wanted.call_ids:
        named = col(CallRow.id).in_(wanted.call_ids) | col(CallRow.external_id).in_(wanted.call_ids)
        found.append(named)
    return found


def count_stored(opened: Session, wanted: Wanted) -> int:
    """How many calls `stored_calls` gives."""
    counted = select_columns(func.count()).select_from(CallRow)
    counted = counted.join(TranscriptRow, col(TranscriptRow.call_id) == col(CallRow.id))
    return int(opened.execute(counted.where(*wanted_calls(wanted))).scalar_one())


def stored_calls(engine: Engine, wanted: Wanted) -> Iterator[tuple[str, Call]]:
    """(the dialer's id or ours, call) in the order of our ids. A snapshot a chunk, so that no long read holds the
    database up."""
    after = ""
    while True:
        with reading(engine) as opened:
            rows = opened.exec(
                select(CallRow)
                .join(TranscriptRow, col(TranscriptRow.call_id) == col(CallRow.id))
                .where(*wanted_calls(wanted), col(CallRow.id) > after)
                .order_by(col(CallRow.id))
                .limit(CHUNK)
            ).all()
            calls = [_call(opened, row) for row in rows]
        yield from calls
        if len(rows) < CHUNK:
            return
        after = rows[-1].id


def _call(opened: Session, row: CallRow) -> tuple[str, Call]:
    transcript, signals = get_transcript(opened, row.id)
    return row.external_id or row.id, Call(transcript, call_facts(opened, row), signals)
