"""The one door to figures: boards, scorecards, alerts, reports, API and exports read metrics here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from models.dial_kpi import By, Period, kpi_sums
from qa_engine.kpi.registry import BY_ID, Figure, Ratio


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric of one group over `first` … `last`, both included. `key` is the id of the agent, team or campaign,
    "" for the whole and for calls that have none."""

    metric: str
    key: str
    first: date
    last: date
    figure: Figure

    @property
    def value(self) -> float | None:
        """The number itself; None where it is unknown or nothing was counted."""
        return self.figure.value if isinstance(self.figure, Ratio) else self.figure

    @property
    def n(self) -> int | None:
        """What the figure rests on: the denominator of a ratio, the count itself otherwise."""
        return self.figure.den if isinstance(self.figure, Ratio) else self.figure


def read_figures(
    opened: Session,
    metrics: Iterable[str],
    *,
    first: date,
    last: date,
    by: By = By.TOTAL,
    daily: bool = False,
    source: str | None = None,
) -> Sequence[Reading]:
    """The readings of these metrics for every group, over the whole range or a day at a time (`daily`).
    Raises `KeyError` for a metric that the registry does not have."""
    wanted = [BY_ID[name] for name in metrics]
    found = []
    for start, end in _days(first, last) if daily else [(first, last)]:
        groups = kpi_sums(opened, () if by is By.TOTAL else (by,), Period(start, end, source))[by]
        found += [
            Reading(metric.id, key, start, end, metric.of(sums))
            for key, sums in groups.items()
            for metric in wanted
        ]
    return found


def _days(first: date, last: date) -> list[tuple[date, date]]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [(day, day) for day in days]
