"""Working days: a week, and the days that are otherwise (节假日, 调休, 大促)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """`week`: ISO weekdays that are worked, 1 = Monday. `factors`: what a single day is worth instead (0 = off)."""

    week: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    factors: Mapping[date, float] = field(default_factory=dict)

    def worth(self, day: date) -> float:
        """How much of a working day it is."""
        return self.factors.get(day, 1.0 if day.isoweekday() in self.week else 0.0)

    def days(self, first: date, last: date) -> float:
        """Working days from the first to the last, both included; 0 where the last is earlier."""
        return sum(self.worth(first + timedelta(days=at)) for at in range((last - first).days + 1))
