"""The items on which an agent loses most, as they are: every item with its n and interval, beside everybody else's.

Findings (`qa_engine.coaching.findings`) are those of them that peers with the same calls do not lose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isclose, sqrt

from qa_engine.coaching.cells import Cell, by
from qa_engine.quality.estimates import share, t95

MOST = 5


@dataclass(frozen=True, slots=True)
class Loss:
    """`lost` share of the item on the agent's `n` calls with its 95 % interval (None for one call), `others` the share of
    all other agents together (None where nobody else has it); `points` lost a call."""

    item_id: str
    n: int
    lost: float
    low: float | None
    high: float | None
    others: float | None
    points: float


def losses(
    cells: Iterable[Cell], weights: Mapping[str, float], agent_id: str, *, most: int = MOST
) -> list[Loss]:
    """The most points lost a call first; items that lost nothing are left out. `weights` are points by item; one that is
    not there counts as 1."""
    found = [
        _loss(item_id, of_item, weights.get(item_id) or 1.0, agent_id)
        for item_id, of_item in by(cells, lambda cell: cell.item_id).items()
    ]
    kept = [one for one in found if one is not None and one.points > 0]
    return sorted(kept, key=lambda one: (-one.points, one.item_id))[:most]


def _loss(item_id: str, cells: Sequence[Cell], weight: float, agent_id: str) -> Loss | None:
    own = [cell for cell in cells if cell.agent_id == agent_id]
    rest = [cell for cell in cells if cell.agent_id != agent_id]
    n, others = sum(cell.n for cell in own), sum(cell.n for cell in rest)
    if not n:
        return None
    lost, squares = sum(cell.lost for cell in own), sum(cell.lost_squares for cell in own)
    low, high = _interval(n, lost, squares)
    peers = sum(cell.lost for cell in rest) / others if others else None
    return Loss(item_id, n, lost / n, low, high, peers, weight * lost / n)


def _interval(n: int, lost: float, squares: float) -> tuple[float | None, float | None]:
    """Wilson where calls lose all or nothing, Student's t where they lose parts."""
    if isclose(lost, squares, abs_tol=1e-9):
        found = share(round(lost), n)
        return found.low, found.high
    if n == 1:
        return None, None
    mean = lost / n
    half = t95(n - 1) * sqrt(max(squares - n * mean * mean, 0.0) / (n - 1) / n)
    return max(mean - half, 0.0), min(mean + half, 1.0)
