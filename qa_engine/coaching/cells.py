"""What was lost on an item, summed by agent and kind of call: all that findings and verdicts need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

LENGTH_BANDS_S = (60.0, 180.0)
"""Calls under one minute are mostly refusals, those over three minutes mostly presentations with questions."""
Stratum: TypeAlias = tuple[str, bool, int]
"""Campaign, whether the customer raised an objection, band of length."""


@dataclass(frozen=True, slots=True)
class Cell:
    """`n` calls of an agent and stratum on which the item applied. `lost` and `lost_squares` add the share of the item
    lost on each (1 − credit, 0..1) and its square."""

    agent_id: str
    item_id: str
    stratum: Stratum
    n: int
    lost: float
    lost_squares: float


def length_band(duration_s: float | None) -> int:
    """The place of a length among the bands; unknown lengths have a band of their own, −1."""
    return -1 if duration_s is None else sum(duration_s >= limit for limit in LENGTH_BANDS_S)


def by(cells: Iterable[Cell], key: Callable[[Cell], str]) -> Mapping[str, list[Cell]]:
    """Cells in groups, in the order in which the groups first occur."""
    found: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[key(cell)].append(cell)
    return found


def means(cells: Iterable[Cell]) -> Mapping[Stratum, tuple[float, int]]:
    """Mean share lost and number of calls of each stratum."""
    sums: dict[Stratum, tuple[float, int]] = {}
    for cell in cells:
        lost, n = sums.get(cell.stratum, (0.0, 0))
        sums[cell.stratum] = (lost + cell.lost, n + cell.n)
    return {stratum: (lost / n, n) for stratum, (lost, n) in sums.items() if n}
