"""From deals back to dials: how many dials a target needs, with what is not known about the rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from qa_engine.errors import BadInput

DRAWS = 40_000
SEED = 20_240_101
_TAIL = 0.10
_JEFFREYS = 0.5


class NoRates(BadInput):
    """A stage of the funnel has no calls, so nothing can be said about its rate."""

    code = "no_rates"


@dataclass(frozen=True, slots=True)
class Stage:
    """`hits` of `n` went on to the next stage."""

    name: str
    hits: int
    n: int

    @property
    def rate(self) -> float:
        """Posterior mean under Jeffreys' prior: never 0, so that it can be divided by."""
        return (self.hits + _JEFFREYS) / (self.n + 2 * _JEFFREYS)


@dataclass(frozen=True, slots=True)
class Needed:
    """What the first stage needs for `deals`; `low`/`high` 80 %. `steps`: how many must reach each stage's end."""

    deals: float
    middle: float
    low: float
    high: float
    steps: tuple[tuple[str, float], ...]


def needed_dials(deals: float, stages: Sequence[Stage]) -> Needed:
    """T / ∏ rates. The rates are independent Beta(hits + ½, n - hits + ½) posteriors (Jeffreys); the 10 %, 50 % and 90 %
    points of the quotient come from 40,000 draws of one fixed seed (numpy's PCG64), so that the same input gives the same
    answer. Their Monte-Carlo error is under 1 % of the interval's width. Raises `NoRates`."""
    for stage in stages:
        if stage.n <= 0 or not 0 <= stage.hits <= stage.n:
            raise NoRates(
                f"{stage.name}没有可用的历史({stage.hits}/{stage.n})", hint="请选择有通话的日期范围"
            )
    random = np.random.default_rng(SEED)
    product = np.ones(DRAWS)
    for stage in stages:
        product *= random.beta(stage.hits + _JEFFREYS, stage.n - stage.hits + _JEFFREYS, DRAWS)
    low, middle, high = np.quantile(deals / product, [_TAIL, 0.5, 1 - _TAIL])
    steps = tuple(
        (stage.name, deals / prod(later.rate for later in stages[at + 1 :]))
        for at, stage in enumerate(stages)
    )
    return Needed(deals, float(middle), float(low), float(high), steps)
