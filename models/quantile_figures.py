"""Medians and 90th percentiles of groups and days, read from sketches: the door beside `models.figures`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from models.dial_kpi import NOBODY, By, Period
from models.kpi_sketch import stored_sketches
from qa_engine.kpi.quantiles import QUANTILES_BY_ID, Quantile


@dataclass(frozen=True, slots=True)
class QuantileReading:
    """One quantile of one group over `first` … `last`, both included; `key` as in `Reading`."""

    metric: str
    key: str
    first: date
    last: date
    figure: Quantile | None

    @property
    def value(self) -> float | None:
        return None if self.figure is None else self.figure.value

    @property
    def n(self) -> int:
        """How many amounts were ranked."""
        return 0 if self.figure is None else self.figure.n


def read_quantiles(
    opened: Session,
    metrics: Iterable[str],
    *,
    first: date,
    last: date,
    by: By = By.TOTAL,
    daily: bool = False,
    source: str | None = None,
    where: Mapping[By, str] | None = None,
) -> Sequence[QuantileReading]:
    """The readings of these metrics for every group that has amounts; the whole is always there. Not by hours. Raises
    `KeyError` for a metric that is no quantile."""
    wanted = [QUANTILES_BY_ID[name] for name in metrics]
    fields = sorted({one.numerator for one in wanted})
    found = stored_sketches(opened, fields, by, Period(first, last, source), where, daily=daily)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)] if daily else [None]
    groups = {key for _, _, key in found} | ({NOBODY} if by is By.TOTAL else set())
    return [
        QuantileReading(
            metric.id,
            key,
            day or first,
            day or last,
            metric.at(found.get((metric.numerator, day, key), Counter())),
        )
        for day in days
        for key in sorted(groups)
        for metric in wanted
    ]
