"""From a dialer's call to the same call in quality assurance."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.call import CallRow
from models.dial import DialRecordingRow, DialRow


def assured_calls(opened: Session, source: str, keys: Collection[str] | None = None) -> dict[str, str]:
    """Dialer's key → id of the scored call, for these keys or all: the call was taken in under the dialer's own id, or
    under the name of the recording that the dialer joined to it."""
    by_id = (
        select_columns(col(DialRow.key), col(CallRow.id))
        .join(CallRow, col(CallRow.external_id) == col(DialRow.key))
        .where(col(DialRow.source) == source)
    )
    by_name = (
        select_columns(col(DialRecordingRow.dial_key), col(CallRow.id))
        .join(CallRow, col(CallRow.external_id) == col(DialRecordingRow.filename))
        .where(col(DialRecordingRow.source) == source, col(DialRecordingRow.dial_key).is_not(None))
    )
    if keys is not None:
        by_id = by_id.where(col(DialRow.key).in_(keys))
        by_name = by_name.where(col(DialRecordingRow.dial_key).in_(keys))
    found: dict[str, str] = {}
    for query in (by_name, by_id):
        found |= {key: call_id for key, call_id in opened.execute(query)}  # noqa: C416 (a row is no pair to mypy)
    return found
