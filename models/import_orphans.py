"""What found no partner, both ways: recordings without a call, calls without a recording, recordings not taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import Session, col, select

from models.call import CallRow
from models.dial import DialRecordingRow, DialRow


@dataclass(frozen=True, slots=True)
class Orphan:
    """A recording (`name` its file) or a call (`name` empty) without its partner."""

    key: str
    at: datetime
    agent_id: str
    name: str


def _recordings(opened: Session, limit: int, *where: ColumnElement[bool]) -> list[Orphan]:
    query = select(DialRecordingRow).where(*where).order_by(col(DialRecordingRow.started_at)).limit(limit)
    return [
        Orphan(row.key, row.started_at, row.agent_id or "", row.filename or "") for row in opened.exec(query)
    ]


def orphan_lists(  # noqa: PLR0917 (which, where, when, how many)
    opened: Session, source: str, first: date, last: date, zone: tzinfo, limit: int
) -> Mapping[str, Sequence[Orphan]]:
    """Orphans of these days as they are now, the first `limit` of each sort. Empty where the dialer named no recordings.

    `recordings_not_taken_in`: the dialer names a recording of a call, and there is no such recording here."""
    of_source = col(DialRecordingRow.source) == source
    if opened.exec(select(DialRecordingRow.key).where(of_source).limit(1)).first() is None:
        return {}
    begin = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    in_days = (
        of_source,
        col(DialRecordingRow.started_at) >= begin,
        col(DialRecordingRow.started_at) < end,
    )
    joined = col(DialRecordingRow.dial_key).is_not(None)
    stem = CallRow.external_id
    taken_in = exists().where(
        or_(col(stem) == col(DialRecordingRow.dial_key), col(stem) == col(DialRecordingRow.filename))
    )
    silent = (
        select(DialRow)
        .where(
            DialRow.source == source,
            col(DialRow.day) >= first,
            col(DialRow.day) <= last,
            col(DialRow.connected).is_(True),
            ~exists().where(of_source, col(DialRecordingRow.dial_key) == col(DialRow.key)),
        )
        .order_by(col(DialRow.started_at))
        .limit(limit)
    )
    return {
        "recordings_without_call": _recordings(
            opened, limit, *in_days, col(DialRecordingRow.dial_key).is_(None)
        ),
        "calls_without_recording": [
            Orphan(row.key, row.started_at, row.agent_id or "", "") for row in opened.exec(silent)
        ],
        "recordings_not_taken_in": _recordings(opened, limit, *in_days, joined, ~taken_in),
    }
