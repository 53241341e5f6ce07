"""How often bands cry wolf, how soon they see a drop, and whether attribution's intervals hold what was put in.

Made-up days: each a binomial draw, so that the truth is known. Not a copy of any centre's days: real ones scatter more
than chance, which the MAD then widens the band for."""

from __future__ import annotations

import random
from datetime import date, timedelta
from math import sqrt
from statistics import median

from qa_engine.insight.attribution import attribute
from qa_engine.insight.cells import Cell, Part
from qa_engine.kpi.bands import BandRule, Colour, Point, colours
from tests.bench.runs import Runs

SERIES, DAYS, WARM_UP = 200, 224, 28
FIRST = date(2026, 1, 5)
RULE = BandRule()
EFFECT = -0.3 * 0.06
"""Share of the better list falls from 0.8 to 0.5; it sells 6 points more."""


def days(
    seed: int, n: int, share: float, *, scatter: float = 0.0, drop: float = 1.0, last: int = 0
) -> list[Point]:
    """`scatter`: standard deviation of the day's own rate, as a share of it; the last `last` days fall to `drop`."""
    chance = random.Random(seed)
    made = []
    for at in range(DAYS):
        rate = share * max(0.0, chance.gauss(1, scatter)) * (drop if at >= DAYS - last else 1)
        spread = sqrt(rate * (1 - rate) / n)
        # n is large enough for the normal form of the binomial, which is a hundred times faster
        value = min(1.0, max(0.0, round(chance.gauss(rate, spread) * n) / n))
        made.append(Point(FIRST + timedelta(days=at), value, n))
    return made


def false_alarms(n: int, share: float, scatter: float) -> tuple[float, float, int]:
    """(share of days shown red, share shown yellow, days) where nothing happened."""
    shown = [
        one.shown
        for seed in range(SERIES)
        for one in colours(days(seed, n, share, scatter=scatter), RULE, first=FIRST + timedelta(days=WARM_UP))
    ]
    return shown.count(Colour.RED) / len(shown), shown.count(Colour.YELLOW) / len(shown), len(shown)


def seen_after(n: int, share: float, drop: float) -> tuple[float, float]:
    """(share of drops shown red within a week, median of the days until then)."""
    waits = []
    for seed in range(SERIES):
        points = days(seed, n, share, scatter=0.1, drop=drop, last=7)
        reds = [one.point.day for one in colours(points, RULE) if one.shown is Colour.RED]
        late = [day for day in reds if day >= points[-7].day]
        waits.append((late[0] - points[-7].day).days + 1 if late else None)
    seen = [wait for wait in waits if wait is not None]
    return len(seen) / len(waits), median(seen) if seen else float("nan")


def _cells(seed: int) -> list[Cell]:
    chance = random.Random(seed)
    cells = []
    for after in (False, True):
        for day in range(14):
            for agent in "ABCD":
                for listed, share, better in (("x", (0.8, 0.5)[after], 0.06), ("y", (0.2, 0.5)[after], 0.0)):
                    n = round(100 * share)
                    rate = 0.15 + better
                    hits = sum(chance.random() < rate for _ in range(n))
                    cells.append(Cell(f"{after}{day}", after, hits, n, agent, "09", listed, f"{day % 7}"))
    return cells


def coverage(times: int = 200) -> tuple[int, float]:
    """(how many 95 % intervals hold the effect, mean of the estimates)."""
    inside, total = 0, 0.0
    for seed in range(times):
        part = next(one for one in attribute(_cells(seed)).parts if one.part is Part.CUSTOMERS)
        inside += part.low <= EFFECT <= part.high
        total += part.value
    return inside, total / times


def section(_runs: Runs) -> list[str]:
    lines = ["## Alerts: bands and attribution", ""]
    lines += [
        "| rate | calls a day | own scatter of days | shown red | shown yellow | days |",
        "|---|---|---|---|---|---|",
    ]
    for share, n, scatter in (
        (0.1, 500, 0.0),
        (0.1, 500, 0.1),
        (0.2, 200, 0.0),
        (0.2, 2000, 0.15),
        (0.05, 2000, 0.2),
    ):
        red, yellow, counted = false_alarms(n, share, scatter)
        lines.append(f"| {share:.0%} | {n:,} | {scatter:.0%} | {red:.2%} | {yellow:.2%} | {counted:,} |")
    lines += [
        "",
        "| fall by | calls a day | shown red within 7 days | median days | falls |",
        "|---|---|---|---|---|",
    ]
    for drop, n in ((0.5, 500), (0.7, 500), (0.7, 2000), (0.8, 2000)):
        seen, wait = seen_after(n, 0.1, drop)
        lines.append(f"| {1 - drop:.0%} | {n:,} | {seen:.0%} | {wait:g} | {SERIES} |")
    inside, mean = coverage()
    said = (
        f"Attribution: of 200 made-up changes by {100 * EFFECT:.1f} points through the mix of lists, the estimate is "
        f"{100 * mean:.2f} on average and the 95 % interval holds the truth {inside} times (n = 11,200 calls each)."
    )
    return [*lines, "", said, ""]
