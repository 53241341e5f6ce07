"""What an agent loses that peers with the same kinds of calls don't: a short list, one behaviour each.

Direct standardisation (Fleiss, Levin, Paik 2003, ch. 19): peers' losses are weighted by the agent's own mix of campaign,
objection and length, so that nobody is found for having the harder calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from qa_engine.coaching.cells import Cell, Stratum, by, means
from qa_engine.quality.chances import benjamini_hochberg, t_tail
from qa_engine.quality.estimates import t95

MIN_CALLS = 20
"""Below it a share of one half is known to ±21 points only (Wilson, 95 %)."""
MIN_PEER_CALLS = 10
MIN_PEERS = 5
FALSE_RATE = 0.05
MIN_EXCESS = 0.05
"""A difference under five points of a hundred is no reason to sit down together, however sure it is."""
MOST = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """An item on which an agent loses more than peers. Shares of the item lost, 0..1: `lost` of the agent's `n` calls,
    `expected` at the peers' shares with the agent's mix; `excess` is the difference with its 95 % interval.
    `points` = excess × weight of the item, a call. `left_out` calls had no peers to compare with."""

    agent_id: str
    item_id: str
    n: int
    left_out: int
    peers: int
    lost: float
    expected: float
    excess: float
    low: float
    high: float
    chance: float
    points: float


def findings(
    cells: Iterable[Cell],
    weights: Mapping[str, float],
    *,
    most: int = MOST,
    false_rate: float = FALSE_RATE,
) -> Mapping[str, tuple[Finding, ...]]:
    """By agent, at most `most` findings, the most points lost a call first.

    All agents × items that can be compared are tested together (Benjamini–Hochberg); agents and items with too few calls
    are not compared at all. `weights` are points by item; one that is not there counts as 1."""
    compared = [
        found
        for item_id, of_item in by(cells, lambda cell: cell.item_id).items()
        for found in _compare_item(of_item, weights.get(item_id) or 1.0)
    ]
    believed = benjamini_hochberg([found.chance for found in compared], rate=false_rate)
    kept: dict[str, list[Finding]] = {}
    for found, is_believed in zip(compared, believed, strict=True):
        if is_believed and found.excess >= MIN_EXCESS:
            kept.setdefault(found.agent_id, []).append(found)
    return {
        agent_id: tuple(sorted(own, key=lambda one: (-one.points, one.item_id))[:most])
        for agent_id, own in sorted(kept.items())
    }


def _compare_item(cells: Sequence[Cell], weight: float) -> list[Finding]:
    agents = by(cells, lambda cell: cell.agent_id)
    found = [
        compare(own, {other: of for other, of in agents.items() if other != agent_id}, weight=weight)
        for agent_id, own in agents.items()
    ]
    return [one for one in found if one is not None]


def compare(own: Sequence[Cell], peers: Mapping[str, Sequence[Cell]], *, weight: float) -> Finding | None:
    """One agent against peers on one item; None where there is too little to compare."""
    expected_of = {
        stratum: mean
        for stratum, (mean, n) in means(cell for cells in peers.values() for cell in cells).items()
        if n >= MIN_PEER_CALLS
    }
    kept = [cell for cell in own if cell.stratum in expected_of]
    n = sum(cell.n for cell in kept)
    if n < MIN_CALLS or len(peers) < MIN_PEERS:
        return None
    lost = sum(cell.lost for cell in kept) / n
    mix = {cell.stratum: cell.n / n for cell in kept}
    expected = sum(share * expected_of[stratum] for stratum, share in mix.items())
    squares = sum(
        cell.lost_squares
        - 2 * expected_of[cell.stratum] * cell.lost
        + cell.n * expected_of[cell.stratum] ** 2
        for cell in kept
    )
    excess = lost - expected
    # a share of 0 or 1 in every call has no spread of its own: one call's worth of doubt is added (Agresti–Coull)
    own_variance = max(squares / n - excess**2, 1 / (n + 4)) / (n - 1)
    error = sqrt(own_variance + _peer_variance(peers, mix, expected_of))
    degrees = min(n - 1, len(peers) - 1)
    half = t95(degrees) * error
    return Finding(
        agent_id=own[0].agent_id,
        item_id=own[0].item_id,
        n=n,
        left_out=sum(cell.n for cell in own) - n,
        peers=len(peers),
        lost=lost,
        expected=expected,
        excess=excess,
        low=excess - half,
        high=excess + half,
        chance=t_tail(excess / error, degrees),
        points=excess * weight,
    )


def _peer_variance(
    peers: Mapping[str, Sequence[Cell]], mix: Mapping[Stratum, float], expected_of: Mapping[Stratum, float]
) -> float:
    """Of the peers' standardised mean, clustered by agent: calls of one agent are alike (linearisation, Binder 1983)."""
    total: dict[Stratum, int] = {}
    for cells in peers.values():
        for cell in cells:
            total[cell.stratum] = total.get(cell.stratum, 0) + cell.n
    parts = [
        sum(
            mix[cell.stratum] / total[cell.stratum] * (cell.lost - cell.n * expected_of[cell.stratum])
            for cell in cells
            if cell.stratum in mix
        )
        for cells in peers.values()
    ]
    return len(parts) / (len(parts) - 1) * sum(part * part for part in parts)
