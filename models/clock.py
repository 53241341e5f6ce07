"""What day it is, and since when there are days to ask for."""

from __future__ import annotations

from datetime import date, tzinfo

from models.columns import utc_now

FIRST_DAY = date(2000, 1, 1)
"""No call was recorded before; looks back from a later day stay within the calendar."""


def today_in(zone: tzinfo) -> date:
    """Today in the tenant's zone: the day that figures, plans and reports go by."""
    return utc_now().astimezone(zone).date()
