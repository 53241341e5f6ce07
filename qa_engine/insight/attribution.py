"""Why a rate changed between two periods: people, process, customers, tools, environment, and what stays unexplained.

A pooled linear decomposition after Oaxaca (1973), Blinder (1973) and Kitagawa (1955): calls in cells, their rate by
weighted least squares on all factors and the period together (the period in the fit keeps its shift out of the
factors: Jann 2008, Fortin, Lemieux & Firpo 2011). A factor contributes (its mean after - before) x its coefficient;
the fit meets the mean of each period exactly, so the parts add up to the change to the last digit. In a game that is
additive each part is its own Shapley value: no order of the factors is chosen, none changes the result.

What the period's shift holds beyond that is split: where agents changed *differently* from the median agent, that is
their behaviour; the shift that everybody shares stays unexplained. Where two factors always go together (an agent who
dials one list only) nothing can tell them apart: the least-norm solution shares the part between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qa_engine.errors import BadInput

MINIMUM_N = 200
"""In each period: below it a rate of one tenth is not known to ±4 points (Wilson, 95 %), and neither is its change."""
AGENT_MINIMUM = 20
"""Calls of an agent in each period from which a change of behaviour is looked at."""
RESAMPLES = 200
SEED = 20_261_127
Floats: TypeAlias = NDArray[np.float64]


class Part(StrEnum):
    """The five dimensions, people in two: who took the calls, and how they did. Then what nothing explains."""

    PEOPLE_MIX = "people_mix"
    PEOPLE_BEHAVIOUR = "people_behaviour"
    PROCESS = "process"
    CUSTOMERS = "customers"
    TOOLS = "tools"
    ENVIRONMENT = "environment"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Cell:
    """Calls that share a day and every factor: `num` of `den` count for the rate. `after` tells the period; `day` the
    unit that is resampled; `tools` are measured shares of that hour or day, None where not known."""

    day: str
    after: bool
    num: float
    den: float
    agent: str = ""
    slot: str = ""
    customers: str = ""
    environment: str = ""
    tools: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One part of the change, in points of the rate, with its 95 % interval over resampled days."""

    part: Part
    value: float
    low: float
    high: float


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
        """The part that explains most, the unexplained one left aside."""
        known = [one for one in self.parts if one.part is not Part.UNEXPLAINED]
        return max(known, key=lambda one: abs(one.value))


class NotEnough(BadInput):
    """Too few calls for an attribution that would mean anything."""

    code = "not_enough_calls"


def attribute(
    cells: Sequence[Cell], *, minimum_n: int = MINIMUM_N, resamples: int = RESAMPLES
) -> Attribution:
    """Decomposes the change of num/den from the cells before to those after. Raises `NotEnough` where a period has
    fewer than `minimum_n` calls."""
    used = sorted((cell for cell in cells if cell.den > 0), key=_order)
    n_before = sum(cell.den for cell in used if not cell.after)
    n_after = sum(cell.den for cell in used if cell.after)
    if min(n_before, n_after) < max(minimum_n, 1):
        raise NotEnough(
            f"样本不足:前期 {n_before:g} 通、后期 {n_after:g} 通,每期至少 {minimum_n} 通",
            hint="请放宽时间范围或合并分组后再看",
        )
    design = _Design(used)
    weights = np.array([cell.den for cell in used])
    values, agents = design.split(weights)
    drawn = design.resampled(weights, resamples)
    low, high = (
        np.quantile(drawn, [0.025, 0.975], axis=0) if len(drawn) else np.full((2, len(values)), np.nan)
    )
    return Attribution(
        before=sum(cell.num for cell in used if not cell.after) / n_before,
        after=sum(cell.num for cell in used if cell.after) / n_after,
        n_before=int(n_before),
        n_after=int(n_after),
        parts=tuple(
            Contribution(part, float(values[at]), float(low[at]), float(high[at]))
            for at, part in enumerate(Part)
        ),
        agents=agents,
        measured_tools=tuple(design.tools),
    )


def _order(cell: Cell) -> tuple[object, ...]:
    """Cells in any order give the same sums, to the last bit."""
    tools = tuple(sorted((name, -1.0 if value is None else value) for name, value in cell.tools.items()))
    return (
        cell.day,
        cell.after,
        cell.agent,
        cell.slot,
        cell.customers,
        cell.environment,
        cell.num,
        cell.den,
        tools,
    )


class _Design:
    """The cells as a matrix: one column a value of each factor, the tool figures, one for each period."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells = cells
        self.after = np.array([cell.after for cell in cells])
        self.rate: Floats = np.array([cell.num / cell.den for cell in cells])
        columns = {
            Part.PEOPLE_MIX: [cell.agent for cell in cells],
            Part.PROCESS: [cell.slot for cell in cells],
            Part.CUSTOMERS: [cell.customers for cell in cells],
            Part.ENVIRONMENT: [cell.environment for cell in cells],
        }
        blocks: list[Floats] = []
        self.spans: dict[Part, slice] = {}
        for part, names in columns.items():
            self._add(part, blocks, _dummies(names))
        self.tools = sorted({name for cell in cells for name in cell.tools if _is_known(cells, name)})
        self._add(Part.TOOLS, blocks, _measured(cells, self.tools))
        self.width = sum(block.shape[1] for block in blocks)
        periods = np.stack([~self.after, self.after], axis=1).astype(float)
        self.matrix: Floats = np.hstack([*blocks, periods])
        self.agents = sorted(set(columns[Part.PEOPLE_MIX]))
        place = {name: at for at, name in enumerate(self.agents)}
        self.agent_of = np.array([place[name] for name in columns[Part.PEOPLE_MIX]])

    def _add(self, part: Part, blocks: list[Floats], block: Floats) -> None:
        start = sum(one.shape[1] for one in blocks)
        self.spans[part] = slice(start, start + block.shape[1])
        blocks.append(block)

    def split(self, weights: Floats) -> tuple[Floats, tuple[tuple[str, float], ...]]:
        """The parts in the order of `Part`, and each agent's share of the behaviour part."""
        root = np.sqrt(weights)
        return self._parts(
            weights, np.linalg.lstsq(self.matrix * root[:, None], self.rate * root, rcond=1e-10)[0]
        )

    def _parts(
        self, weights: Floats, beta: NDArray[np.floating[Any]]
    ) -> tuple[Floats, tuple[tuple[str, float], ...]]:
        mean_after = np.average(self.matrix[self.after], axis=0, weights=weights[self.after])
        mean_before = np.average(self.matrix[~self.after], axis=0, weights=weights[~self.after])
        moved = (mean_after - mean_before) * beta
        parts = {part: float(moved[span].sum()) for part, span in self.spans.items()}
        change = np.average(self.rate[self.after], weights=weights[self.after]) - np.average(
            self.rate[~self.after], weights=weights[~self.after]
        )
        shift = float(change) - sum(parts.values())
        factors = self.matrix[:, : self.width] @ beta[: self.width]
        agents = self._behaviour(weights, self.rate - factors)
        parts[Part.PEOPLE_BEHAVIOUR] = sum(share for _, share in agents)
        parts[Part.UNEXPLAINED] = shift - parts[Part.PEOPLE_BEHAVIOUR]
        return np.array([parts[part] for part in Part]), agents

    def _behaviour(self, weights: Floats, rest: Floats) -> tuple[tuple[str, float], ...]:
        """How much each agent, beyond the median change, moved the rate after. Agents below `AGENT_MINIMUM` in either
        period change like the median."""
        size = len(self.agents)

        def sums(chosen: NDArray[np.bool_], values: Floats) -> Floats:
            counted = np.bincount(self.agent_of[chosen], values[chosen], minlength=size)
            return np.asarray(counted, dtype=np.float64)

        n_before, n_after = sums(~self.after, weights), sums(self.after, weights)
        enough = (n_before >= AGENT_MINIMUM) & (n_after >= AGENT_MINIMUM)
        if enough.sum() < 2:
            return ()
        total = weights * rest
        own = (
            sums(self.after, total)[enough] / n_after[enough]
            - sums(~self.after, total)[enough] / n_before[enough]
        )
        beyond = own - _weighted_median(own, n_after[enough])
        shares = beyond * n_after[enough] / n_after.sum()
        named = zip(np.array(self.agents, dtype=object)[enough], shares, strict=True)
        return tuple(
            sorted(((str(name), float(share)) for name, share in named), key=lambda one: -abs(one[1]))
        )

    def resampled(self, weights: Floats, times: int) -> Floats:
        """The parts of `times` draws of whole days with replacement, within each period; (times, parts)."""
        days = np.array([cell.day for cell in self.cells])
        groups = [np.unique(days[chosen]) for chosen in (~self.after, self.after)]
        if min(len(group) for group in groups) < 2:
            return np.empty((0, len(Part)))
        random = np.random.default_rng(SEED)
        sums = {day: self._normal(weights, days == day) for day in np.unique(days)}
        drawn = []
        for _ in range(times):
            often = np.zeros(len(self.cells))
            left, right = np.zeros_like(self.matrix[:1].T @ self.matrix[:1]), np.zeros(self.matrix.shape[1])
            for group, chosen in zip(groups, (~self.after, self.after), strict=True):
                counts = random.multinomial(len(group), np.full(len(group), 1 / len(group)))
                often[chosen] = counts[np.searchsorted(group, days[chosen])]
                for day, count in zip(group, counts, strict=True):
                    left += count * sums[day][0]
                    right += count * sums[day][1]
            beta = np.linalg.lstsq(left, right, rcond=1e-10)[0]
            drawn.append(self._parts(weights * often, beta)[0])
        return np.array(drawn)

    def _normal(self, weights: Floats, chosen: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Both sides of the normal equations over the chosen cells: they add up over days, so that a draw of days need
        not go through its cells again."""
        rows = self.matrix[chosen] * weights[chosen, None]
        return rows.T @ self.matrix[chosen], rows.T @ self.rate[chosen]


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    heap = np.cumsum(weights[order])
    half = heap[-1] / 2
    at = int(np.searchsorted(heap, half))
    if heap[at] == half and at + 1 < len(order):
        return float((values[order[at]] + values[order[at + 1]]) / 2)
    return float(values[order[at]])


def _dummies(names: Sequence[str]) -> Floats:
    """One column a value. All of them: how the constant is shared out changes no contribution, as the shares of the
    values add up to 1 in both periods."""
    known = {name: at for at, name in enumerate(sorted(set(names)))}
    block = np.zeros((len(names), len(known)))
    block[np.arange(len(names)), [known[name] for name in names]] = 1
    return block


def _is_known(cells: Sequence[Cell], name: str) -> bool:
    """A tool figure can only explain where both periods have it."""
    return all(
        any(cell.tools.get(name) is not None for cell in cells if cell.after is after)
        for after in (False, True)
    )


def _measured(cells: Sequence[Cell], names: Sequence[str]) -> Floats:
    """Tool figures; a missing one is the mean of its period's known ones, so that it moves nothing."""
    block = np.zeros((len(cells), len(names)))
    for at, name in enumerate(names):
        for after in (False, True):
            rows = [row for row, cell in enumerate(cells) if cell.after is after]
            known = [
                (value, cells[row].den) for row in rows if (value := cells[row].tools.get(name)) is not None
            ]
            mean = sum(value * den for value, den in known) / sum(den for _, den in known)
            for row in rows:
                value = cells[row].tools.get(name)
                block[row, at] = mean if value is None else value
    return block
