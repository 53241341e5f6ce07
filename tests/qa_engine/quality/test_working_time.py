"""When something is due that may take so many working hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.errors import BadSettings
from qa_engine.quality.working_time import WorkingHours, parse_hours
from qa_engine.targets.working_days import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE_TO_SIX = WorkingHours(time(9), time(18), SHANGHAI)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("since", "hours", "due"),
    [
        ("2026-11-20T10:00", 4, "2026-11-20T14:00"),  # a Friday
        ("2026-11-20T16:00", 4, "2026-11-23T11:00"),  # over the weekend
        ("2026-11-20T07:00", 1, "2026-11-20T10:00"),  # before the day begins
        ("2026-11-20T20:00", 9, "2026-11-23T18:00"),  # a whole day is due at its end, not at the next morning
        ("2026-11-21T12:00", 1, "2026-11-23T10:00"),  # a Saturday
        ("2026-11-20T10:00", 18, "2026-11-24T10:00"),
    ],
)
def test_hours_are_those_that_are_worked(since: str, hours: float, due: str) -> None:
    assert NINE_TO_SIX.due(at(since), hours) == at(due)


def test_the_calendar_of_the_centre_counts() -> None:
    off = WorkCalendar(factors={date(2026, 11, 23): 0.0, date(2026, 11, 21): 1.0})
    hours = WorkingHours(time(9), time(18), SHANGHAI, off)
    assert hours.due(at("2026-11-20T17:00"), 2) == at("2026-11-21T10:00")
    assert hours.due(at("2026-11-21T17:00"), 2) == at("2026-11-24T10:00")


@given(st.integers(0, 365 * 24 * 60), st.floats(0.1, 60), st.floats(0.1, 60))
def test_later_and_longer_is_never_due_sooner(minutes: int, first: float, more: float) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = NINE_TO_SIX.due(moment, first)
    assert (
        moment + timedelta(hours=first) - timedelta(seconds=1) <= due <= NINE_TO_SIX.due(moment, first + more)
    )
    assert due.astimezone(SHANGHAI).isoweekday() <= 5


@pytest.mark.parametrize("text", ["", "9-18", "18:00-09:00", "09:00-25:00", "09:00-09:00"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(BadSettings):
        parse_hours(text)
