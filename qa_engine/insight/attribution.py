"""Why a rate changed between two periods: people, process, customers, tools, environment, and what stays unexplained.

`decomposition` computes the parts; here is decided which of them may be told. A part is only told where the data carry
it. Values of a factor with few calls are taken together; a part that rests on too few calls, or whose interval is as
wide as the change itself, counts as unexplained: a tool figure that hardly varies within a period would otherwise get
any coefficient, and the unexplained part the opposite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from qa_engine.errors import BadInput
from qa_engine.insight.cells import Cell, Part, in_order
from qa_engine.insight.decomposition import SAME, Design, Floats

MINIMUM_N = 200
"""In each period: below it a rate of one tenth is not known to ±4 points (Wilson, 95 %), and neither is its change."""
PART_MINIMUM = 100
"""Calls in each period from which a part is told: those with values of their own, or with a known tool figure."""
RESAMPLES = 200


class State(StrEnum):
    """What may be said of a part. The last two count as unexplained, and their value is 0."""

    FINDING = "finding"
    CHANCE = "chance"
    """Its interval holds 0 or is wider than the change, or there is none."""
    IMPRECISE = "imprecise"
    """Its interval reaches further from the estimate than the change is large and than the change itself is uncertain; or
    it exceeds the change and has no interval."""
    FEW = "few"
    """It rests on too few calls."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """One part of the change, in points of the rate. `estimate` with its 95 % interval is what the fit says, `value` what
    counts: 0 where the estimate is not told. `n`: calls of the smaller period that it rests on. The interval is over
    resampled days; where a period is a single day, over calls."""

    part: Part
    value: float
    low: float
    high: float
    estimate: float
    n: int
    state: State


@dataclass(frozen=True, slots=True)
class Attribution:
    """The change of a rate and its parts, which add up to it. `agents`: (agent, own share of the behaviour part),
    largest first; `measured_tools`: the tool figures that were known."""

    before: float
    after: float
    n_before: int
    n_after: int
    parts: tuple[Contribution, ...]
    agents: tuple[tuple[str, float], ...]
    measured_tools: tuple[str, ...]

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def largest(self) -> Contribution:
        """The finding that explains most; the unexplained part where there is none."""
        found = [one for one in self.parts if one.state is State.FINDING and one.part is not Part.UNEXPLAINED]
        return max(found, key=lambda one: abs(one.value), default=self.parts[-1])


class NotEnough(BadInput):
    """Too few calls for an attribution that would mean anything."""

    code = "not_enough_calls"


def attribute(
    cells: Sequence[Cell], *, minimum_n: int = MINIMUM_N, resamples: int = RESAMPLES
) -> Attribution:
    """Decomposes the change of num/den from the cells before to those after. Raises `NotEnough` where a period has
    fewer than `minimum_n` calls."""
    used = sorted((cell for cell in cells if cell.den > 0), key=in_order)
    n_before = sum(cell.den for cell in used if not cell.after)
    n_after = sum(cell.den for cell in used if cell.after)
    if min(n_before, n_after) < max(minimum_n, 1):
        raise NotEnough(
            f"样本不足:前期 {n_before:g} 通、后期 {n_after:g} 通,每期至少 {minimum_n} 通",
            hint="请放宽时间范围或合并分组后再看",
        )
    design = Design(used)
    weights = np.array([cell.den for cell in used])
    values, agents = design.split(weights)
    drawn = design.resampled(weights, resamples)
    before = sum(cell.num for cell in used if not cell.after) / n_before
    after = sum(cell.num for cell in used if cell.after) / n_after
    parts = _told(values, drawn, design.rests_on(), abs(after - before), min(PART_MINIMUM, minimum_n))
    behaviour = next(one for one in parts if one.part is Part.PEOPLE_BEHAVIOUR)
    return Attribution(
        before=before,
        after=after,
        n_before=int(n_before),
        n_after=int(n_after),
        parts=parts,
        agents=agents if behaviour.state in {State.FINDING, State.CHANCE} else (),
        measured_tools=tuple(design.tools),
    )


def _told(
    values: Floats, drawn: Floats, rests_on: Sequence[int], change: float, part_minimum: int
) -> tuple[Contribution, ...]:
    """The parts with what may be said of each. What is not told goes to the unexplained part, estimate and draws."""
    low, high = _interval(drawn, len(values))
    (change_low,), (change_high,) = _interval(drawn.sum(axis=1)[:, None], 1)
    # a change that days alone could make is no measure of how well its parts are known
    noise = change if np.isnan(change_low) else max(change, (change_high - change_low) / 2)
    found = []
    rest, rest_drawn = values[-1], drawn[:, -1].copy()
    for at, part in enumerate(Part):
        if part is Part.UNEXPLAINED:
            break
        estimate = float(values[at])
        state = _state(estimate, float(low[at]), float(high[at]), change, noise)
        if rests_on[at] < part_minimum:
            state = State.FEW
        is_told = state in {State.FINDING, State.CHANCE}
        if not is_told:
            rest, rest_drawn = rest + estimate, rest_drawn + drawn[:, at]
        found.append(
            Contribution(
                *(part, estimate if is_told else 0.0, float(low[at]), float(high[at]), estimate),
                *(rests_on[at], state),
            )
        )
    (rest_low,), (rest_high,) = _interval(rest_drawn[:, None], 1)
    state = State.FINDING if rest_low > 0 or rest_high < 0 else State.CHANCE
    found.append(
        Contribution(
            *(Part.UNEXPLAINED, float(rest), float(rest_low), float(rest_high), float(rest)),
            *(rests_on[-1], state),
        )
    )
    return tuple(found)


def _interval(drawn: Floats, width: int) -> tuple[Floats, Floats]:
    if not len(drawn):
        return np.full(width, np.nan), np.full(width, np.nan)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return low, high


def _state(estimate: float, low: float, high: float, change: float, noise: float) -> State:
    if np.isnan(low):
        return State.IMPRECISE if abs(estimate) > change + SAME else State.CHANCE
    half = (high - low) / 2
    if half > noise + SAME:
        return State.IMPRECISE
    is_finding = half <= change + SAME and (low > SAME or high < -SAME)
    return State.FINDING if is_finding else State.CHANCE
