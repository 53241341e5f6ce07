"""What coaching changed, against agents who had none and started from the same level.

Those coached were chosen for a bad fortnight, and a bad fortnight is followed by a better one by itself. A plain
before/after, and a difference-in-differences against all others, count that as success. Here the others' change at the
*same starting level* is predicted (ANCOVA on agents' means; selection by the starting level itself leaves it unbiased, as
in a regression discontinuity), so that regression to the mean is in the prediction and not in the effect. One value an agent
and period makes the interval one over agents, not over calls (Donald and Lang 2007)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from qa_engine.coaching.cells import Cell, by, means
from qa_engine.quality.chances import t_tail
from qa_engine.quality.estimates import t95

MIN_CALLS = 20
MIN_PEERS = 10
TREND_DOUBT = 0.05


@dataclass(frozen=True, slots=True)
class Level:
    """An agent's share of the item reached (1 − lost, at the average mix of calls) before and after, with the calls behind
    each. `early` and `late` are the halves of the time before, None where too few calls."""

    agent_id: str
    pre: float
    post: float
    n_pre: int
    n_post: int
    early: float | None = None
    late: float | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """Change beyond that of peers from the same level, share of the item, with its 95 % interval. `naive` is the plain
    after − before, `expected` the part that peers had as well. `trend_chance` is the chance of a difference like that
    found between the trends before, were there none; None where it cannot be told."""

    effect: float
    low: float
    high: float
    chance: float
    naive: float
    expected: float
    agents: int
    peers: int
    trend_chance: float | None = None

    @property
    def trends_differ(self) -> bool:
        """Whether the coached were on another way already before."""
        return self.trend_chance is not None and self.trend_chance < TREND_DOUBT


def levels(
    pre: Iterable[Cell], post: Iterable[Cell], *, early: Iterable[Cell] = (), late: Iterable[Cell] = ()
) -> tuple[Level, ...]:
    """Agents with calls in both periods. Each call counts as its distance from the mean of its kind of call over both
    periods, so that a change of the mix of calls is no change of the agent."""
    before, after = list(pre), list(post)
    base = means([*before, *after])
    calls = sum(n for _, n in base.values())
    overall = sum(mean * n for mean, n in base.values()) / calls if calls else 0.0

    def reached(cells: Sequence[Cell]) -> tuple[float, int]:
        n = sum(cell.n for cell in cells)
        away = sum(cell.lost - cell.n * base[cell.stratum][0] for cell in cells if cell.stratum in base)
        return 1 - overall - away / n, n

    halves = [by(cells, lambda cell: cell.agent_id) for cells in (early, late)]
    found = []
    grouped = by(after, lambda cell: cell.agent_id)
    for agent_id, own in by(before, lambda cell: cell.agent_id).items():
        if agent_id not in grouped:
            continue
        (first, n_pre), (second, n_post) = reached(own), reached(grouped[agent_id])
        parts = [reached(half[agent_id]) if agent_id in half else (0.0, 0) for half in halves]
        enough = all(n >= MIN_CALLS // 2 for _, n in parts)
        found.append(
            Level(
                agent_id,
                first,
                second,
                n_pre,
                n_post,
                *((parts[0][0], parts[1][0]) if enough else (None,) * 2),
            )
        )
    return tuple(found)


def comparable(found: Iterable[Level]) -> tuple[Level, ...]:
    """Those with enough calls before and after."""
    return tuple(one for one in found if min(one.n_pre, one.n_post) >= MIN_CALLS)


def estimate(coached: Sequence[Level], peers: Sequence[Level]) -> Effect | None:
    """The mean effect over the coached agents; None with fewer than ten peers, or none coached."""
    count, others = len(coached), len(peers)
    if not coached or others < MIN_PEERS:
        return None
    mean_pre = sum(peer.pre for peer in peers) / others
    mean_post = sum(peer.post for peer in peers) / others
    spread = sum((peer.pre - mean_pre) ** 2 for peer in peers)
    together = sum((peer.pre - mean_pre) * (peer.post - mean_post) for peer in peers)
    # regression to the mean takes back between nothing and all of a distance: a slope outside 0..1 is chance
    slope = min(max(together / spread, 0.0), 1.0) if spread else 0.0
    left = sum((peer.post - mean_post - slope * (peer.pre - mean_pre)) ** 2 for peer in peers)
    degrees = others - 2
    own_pre = sum(one.pre for one in coached) / count
    own_post = sum(one.post for one in coached) / count
    predicted = mean_post + slope * (own_pre - mean_pre)
    reach = (own_pre - mean_pre) ** 2 / spread if spread else 0.0
    variance = max(left / degrees, 1e-9)
    error = sqrt(variance * (1 / count + 1 / others + reach))
    effect = own_post - predicted
    half = t95(degrees) * error
    # and however badly the slope is known, the prediction lies between those of the slopes 0 and 1
    sure = t95(degrees) * sqrt(variance * (1 / count + 1 / others))
    ends = sorted((own_post - mean_post, own_post - mean_post - (own_pre - mean_pre)))
    low, high = max(effect - half, ends[0] - sure), min(effect + half, ends[1] + sure)
    return Effect(
        effect=effect,
        low=low,
        high=high,
        chance=2 * t_tail(abs(effect) / error, degrees),
        naive=own_post - own_pre,
        expected=predicted - own_pre,
        agents=count,
        peers=others,
        trend_chance=_trend_chance(coached, peers),
    )


def _trend_chance(coached: Sequence[Level], peers: Sequence[Level]) -> float | None:
    own = [one.late - one.early for one in coached if one.late is not None and one.early is not None]
    others = [one.late - one.early for one in peers if one.late is not None and one.early is not None]
    if not own or len(others) < MIN_PEERS:
        return None
    mean = sum(others) / len(others)
    variance = sum((step - mean) ** 2 for step in others) / (len(others) - 1)
    error = sqrt(max(variance, 1e-9) * (1 / len(own) + 1 / len(others)))
    return 2 * t_tail(abs(sum(own) / len(own) - mean) / error, len(others) - 1)
