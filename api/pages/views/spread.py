"""How scores are spread, as bars that open their calls: of all and of each team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from urllib.parse import urlencode

from api.pages.views.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Bar, Tick, scale_top
from models.dial_kpi import By
from models.score_spread import WIDTH as BIN
from models.score_spread import ScoreBin, edges_of
from qa_engine.quality.estimates import Share, share, t95


@dataclass(frozen=True, slots=True)
class Histogram:
    """Ten bars over 0 … 100 in a box of 640 × 180; `mark` is the place of the pass mark on the axis."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    scores: tuple[Tick, ...]
    mark: float | None
    mark_text: str


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """A group: `n` calls, mean with its 95 % interval (Student's t; "" below two calls), share under the pass mark."""

    key: str
    name: str
    n: int
    mean: str
    interval: str
    below: Share
    chart: Histogram
    href: str
    below_href: str


def spread_rows(
    found: Sequence[ScoreBin], names: Mapping[str, str], query: Mapping[str, str], *, by: By, none: str
) -> list[SpreadRow]:
    """Every group, the lowest mean first."""
    groups: dict[str, list[ScoreBin]] = {}
    for one in found:
        groups.setdefault(one.key, []).append(one)
    rows = [
        (spread_row(bins, key, names.get(key) or key or none, {**query, by.value: key}), _mean(bins))
        for key, bins in groups.items()
    ]
    return [row for row, _ in sorted(rows, key=lambda pair: (pair[1], pair[0].key))]


def spread_row(bins: Sequence[ScoreBin], key: str, name: str, query: Mapping[str, str]) -> SpreadRow:
    """One group. `query` opens its calls."""
    n, total = sum(one.n for one in bins), sum(one.total for one in bins)
    mean, mark = total / n, max(one.pass_mark for one in bins)
    interval = ""
    if n > 1:
        variance = max(sum(one.squares for one in bins) - total * mean, 0.0) / (n - 1)
        half = t95(n - 1) * sqrt(variance / n)
        interval = f"{max(mean - half, 0.0):.1f}–{min(mean + half, 100.0):.1f}"
    calls = f"/?{urlencode(query)}"
    return SpreadRow(
        key,
        name,
        n,
        f"{mean:.1f}",
        interval,
        share(sum(one.below for one in bins), n),
        histogram(bins, mark, calls),
        f"{calls}&min=0",
        f"{calls}&max={mark - 0.01:g}",
    )


def _mean(bins: Sequence[ScoreBin]) -> float:
    return sum(one.total for one in bins) / sum(one.n for one in bins)


def histogram(bins: Sequence[ScoreBin], mark: float | None, calls: str) -> Histogram:
    """The bars of a group or of several added up."""
    counts = dict.fromkeys(range(0, 100, BIN), 0)
    for one in bins:
        counts[one.low] += one.n
    top = scale_top(max(counts.values(), default=1))
    room, floor = WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM
    step = room / len(counts)
    everybody = sum(counts.values())
    bars = []
    for at, (low, n) in enumerate(counts.items()):
        tall = (floor - TOP) * n / top
        least, most = edges_of(low)
        bars.append(
            Bar(
                f"{low}–{low + BIN}",
                n,
                n / everybody if everybody else None,
                round(LEFT + at * step + 1, 1),
                round(floor - tall, 1),
                round(step - 2, 1),
                round(tall, 1),
                f"{calls}&min={least:g}&max={most:g}" if n else "",
                marked=mark is None or most >= mark,
            )
        )
    return Histogram(
        tuple(bars),
        tuple(Tick(round(floor - (floor - TOP) * part, 1), f"{top * part:g}") for part in (0, 0.5, 1)),
        tuple(Tick(round(LEFT + room * score / 100, 1), f"{score}") for score in (0, 20, 40, 60, 80, 100)),
        None if mark is None else round(LEFT + room * mark / 100, 1),
        "" if mark is None else f"{mark:g}",
    )
