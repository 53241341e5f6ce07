"""Figures as rows of a table for spreadsheets: what each rests on stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from models.dial_kpi import By
from models.figures import Reading
from models.quantile_figures import QuantileReading
from qa_engine.insight.sheet import Table
from qa_engine.kpi.quantiles import ALL_BY_ID, ALL_METRICS, Quantile
from qa_engine.kpi.registry import DIALER_METRICS, Figure, Metric, Ratio
from qa_engine.kpi.sums import Sums

Names = Mapping[By, Mapping[str, str]]
FIGURES, CATALOGUE = "figures", "metrics"
COLUMNS = (
    *("grouping", "key", "name", "from", "to", "metric", "metric_name"),
    *("numerator", "denominator", "value", "unit", "n", "minimum_n", "formula"),
)
"""Fixed, whatever the language of the pages, so that a spreadsheet that reads them goes on working."""


def reading_table(readings: Iterable[tuple[By, Reading | QuantileReading]], names: Names) -> Table:
    """Readings with how they are grouped; `names` of the groups' ids. A quantile has no numerator: its denominator is how
    many were ranked."""
    return Table(
        FIGURES,
        COLUMNS,
        tuple(
            _row((by, one.key, names), (one.first, one.last), ALL_BY_ID[one.metric], one.figure)
            for by, one in readings
        ),
    )


def sums_table(
    made: Mapping[By, Mapping[str, Sums]],
    groupings: Sequence[By],
    first: date | None,
    last: date | None,
    names: Names,
) -> Table:
    """The figures of `callqa.kpi/1`, total first; a day as a group is its own first and last day."""
    rows = []
    for by in dict.fromkeys((By.TOTAL, *groupings)):
        for key, sums in made[by].items():
            day = date.fromisoformat(key) if by is By.DAY else None
            days = (day or first, day or last)
            rows += [_row((by, key, names), days, metric, metric.of(sums)) for metric in DIALER_METRICS]
    return Table(FIGURES, COLUMNS, tuple(rows))


def catalogue_table() -> Table:
    """Every metric with its definition."""
    columns = (
        "metric",
        "name_zh",
        "name_en",
        "formula",
        "unit",
        "direction",
        "minimum_n",
        "owner",
    )
    rows = tuple(
        (
            *(one.id, one.name_zh, one.name_en, one.formula, one.unit, one.direction.value),
            *(one.minimum_n, one.owner),
        )
        for one in ALL_METRICS
    )
    return Table(CATALOGUE, columns, rows)


def _row(
    group: tuple[By, str, Names],
    days: tuple[date | None, date | None],
    metric: Metric,
    figure: Figure | Quantile,
) -> tuple[str | float | int | None, ...]:
    by, key, names = group
    if isinstance(figure, Quantile):
        return (
            *_head(by, key, names, days, metric),
            *(None, figure.n, figure.value),
            *(metric.unit, figure.n, metric.minimum_n, metric.formula),
        )
    ratio = figure if isinstance(figure, Ratio) else None
    count = None if isinstance(figure, Ratio) else figure
    return (
        *_head(by, key, names, days, metric),
        ratio.num if ratio else count,
        ratio.den if ratio else None,
        ratio.value if ratio else count,
        *(metric.unit, ratio.den if ratio else count, metric.minimum_n, metric.formula),
    )


def _head(
    by: By, key: str, names: Names, days: tuple[date | None, date | None], metric: Metric
) -> tuple[str, ...]:
    return (
        *(by.value, key, names.get(by, {}).get(key, "")),
        *("" if day is None else day.isoformat() for day in days),
        *(metric.id, metric.name_zh),
    )
