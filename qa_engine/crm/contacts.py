"""Whether one contact was enough: first-call resolution of a ticket."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

RECONTACT = timedelta(days=7)
"""A customer who comes back within a week of the closing was not helped (docs/crm.md)."""


@dataclass(frozen=True, slots=True)
class Event:
    """The customer came back: called in, opened another ticket, or had this one opened again."""

    at: datetime


def first_contact(
    opened_at: datetime, closed_at: datetime, events: Iterable[Event], *, reopened: int, seen_until: datetime
) -> bool | None:
    """Whether a ticket was solved at the first contact: never `reopened` (times without a date), and no event after its
    opening until `RECONTACT` after its closing. None while the source has not been `seen_until` then."""
    until = closed_at + RECONTACT
    if seen_until < until:
        return None
    return not reopened and not any(opened_at < event.at <= until for event in events)
