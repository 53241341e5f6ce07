"""Made-up centres: agents with a true level, calls that reach an item with that chance."""

from __future__ import annotations

import numpy as np

from qa_engine.coaching.cells import Cell
from qa_engine.coaching.effect import Level

ANY = ("c", False, 1)


def cell(agent: str, reached: int, n: int, *, item: str = "i", stratum=ANY) -> Cell:
    """`reached` of `n` calls of one kind."""
    return Cell(agent, item, stratum, n, float(n - reached), float(n - reached))


def worst_fifth(seed: int, *, calls: int = 41, effect: float = 0.0, agents: int = 100):
    """(coached, peers): the worst fifth by their calls before are coached. True levels are normal around 81 % with a spread of
    3.8 points: with 41 calls a period the worst fifth then rises by 7.6 points by itself."""
    random = np.random.default_rng(seed)
    true = np.clip(random.normal(0.81, 0.0376, agents), 0.02, 0.98)
    pre = random.binomial(calls, true) / calls
    worst = set(np.argsort(pre)[: agents // 5].tolist())
    after = [min(true[at] + (effect if at in worst else 0.0), 1.0) for at in range(agents)]
    post = random.binomial(calls, after) / calls
    levels = [Level(str(at), float(pre[at]), float(post[at]), calls, calls) for at in range(agents)]
    return [levels[at] for at in sorted(worst)], [one for at, one in enumerate(levels) if at not in worst]
