"""What day it is, and since when there are days to ask for."""

from __future__ import annotations

from datetime import date, datetime

from models.columns import utc_now
from models.settings import Settings

FIRST_DAY = date(2000, 1, 1)
"""No call was recorded before; looks back from a later day stay within the calendar."""


def now_of(settings: Settings) -> datetime:
    """The moment in the tenant's zone, on the day that the settings name where they do: the day of a demonstration,
    whose data ends on a day of its own."""
    local = utc_now().astimezone(settings.zone)
    if settings.today is None:
        return local
    return local.replace(year=settings.today.year, month=settings.today.month, day=settings.today.day)


def today_of(settings: Settings) -> date:
    """Today in the tenant's zone: the day that figures, plans and reports go by."""
    return now_of(settings).date()
