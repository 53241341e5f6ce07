"""Stretches of time that an agent spends in a team."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

SINCE_EVER = date(2000, 1, 1)
"""A period without a first day: no call was recorded before."""


@dataclass(frozen=True, slots=True)
class PeoplePeriod:
    """An agent in a team from `first` to `last`, both included; `last` None = still. `role` is the position held then."""

    agent_id: str
    team_id: str
    first: date
    last: date | None = None
    role: str = ""

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def overlaps(self, other: PeoplePeriod) -> bool:
        """Whether both hold on some day."""
        starts_in_time = self.last is None or other.first <= self.last
        return starts_in_time and (other.last is None or self.first <= other.last)


def team_at(periods: Iterable[PeoplePeriod], day: date) -> str | None:
    """The team of the period that covers a day; None where none does."""
    return next((one.team_id for one in periods if one.covers(day)), None)


def changed_days(
    before: Sequence[PeoplePeriod], after: Sequence[PeoplePeriod]
) -> Sequence[tuple[date, date | None]]:
    """The stretches whose team may differ between two states of one agent's periods; `last` None = open."""
    return [
        (one.first, one.last)
        for here, there in ((before, after), (after, before))
        for one in here
        if one not in there
    ]
