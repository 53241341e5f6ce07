"""The change of a rate as a sum of parts, by weighted least squares.

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

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from qa_engine.insight.cells import Cell, Part

AGENT_MINIMUM = 20
"""Calls of an agent in each period from which a change of behaviour is looked at."""
LEVEL_MINIMUM = 30
"""Calls over both periods from which a value of a factor has an effect of its own; the rarer ones share one."""
SAME = 1e-9
"""Below it a difference is one of rounding."""
SEED = 20_261_127
Floats: TypeAlias = NDArray[np.float64]
Chosen: TypeAlias = NDArray[np.bool_] | slice
REST = "\0"
"""Stands for the values of a factor that have too few calls each."""


class Design:
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
        dens = [cell.den for cell in cells]
        self.own = {part: _own_values(names, dens) for part, names in columns.items()}
        blocks: list[Floats] = []
        self.spans: dict[Part, slice] = {}
        for part, names in columns.items():
            own = self.own[part]
            self._add(part, blocks, _dummies([name if name in own else REST for name in names]))
        named = {name for cell in cells for name in cell.tools}
        self.tools = sorted(name for name in named if _is_known(cells, name))
        self._add(Part.TOOLS, blocks, _measured(cells, self.tools))
        self.width = sum(block.shape[1] for block in blocks)
        periods = np.stack([~self.after, self.after], axis=1).astype(float)
        self.matrix: Floats = np.hstack([*blocks, periods])
        self.names = columns
        self.agents, self.agent_of = np.unique(
            np.array(columns[Part.PEOPLE_MIX], dtype=object), return_inverse=True
        )

    def _add(self, part: Part, blocks: list[Floats], block: Floats) -> None:
        start = sum(one.shape[1] for one in blocks)
        self.spans[part] = slice(start, start + block.shape[1])
        blocks.append(block)

    def rests_on(self) -> tuple[int, ...]:
        """For each part the calls that carry it, of the period that has fewer."""
        carried = {
            part: np.array([name in self.own[part] for name in names]) for part, names in self.names.items()
        }
        known = [any(cell.tools.get(name) is not None for name in self.tools) for cell in self.cells]
        carried[Part.TOOLS] = np.array(known)
        weights = np.array([cell.den for cell in self.cells])
        enough = np.all(self._by_agent(weights) >= AGENT_MINIMUM, axis=0)
        carried[Part.PEOPLE_BEHAVIOUR] = enough[self.agent_of]
        whole = np.ones(len(weights), dtype=bool)
        return tuple(
            int(min(weights[carried.get(part, whole) & period].sum() for period in (~self.after, self.after)))
            for part in Part
        )

    def split(self, weights: Floats) -> tuple[Floats, tuple[tuple[str, float], ...]]:
        """The parts in the order of `Part`, and each agent's share of the behaviour part."""
        return self._split(weights, self.rate)

    def _split(self, weights: Floats, rate: Floats) -> tuple[Floats, tuple[tuple[str, float], ...]]:
        # many cells, few columns: their triangle has the same least squares and is small
        root = np.sqrt(weights)[:, None]
        rows = np.hstack([self.matrix * root, rate[:, None] * root])
        triangle: Floats = np.asarray(np.linalg.qr(rows, mode="r"))
        beta = _solved(triangle[:, :-1], triangle[:, -1])
        return self._parts(weights, rate, beta, *self._normal(weights, rate))

    def _normal(self, weights: Floats, rate: Floats, chosen: Chosen = slice(None)) -> tuple[Floats, Floats]:
        """Both sides of the normal equations over the chosen cells. The columns of the periods make their sums of
        weights, of factors and of the rate a part of them."""
        rows = self.matrix[chosen] * weights[chosen, None]
        return rows.T @ self.matrix[chosen], rows.T @ rate[chosen]

    def _parts(
        self, weights: Floats, rate: Floats, beta: Floats, left: Floats, right: Floats
    ) -> tuple[Floats, tuple[tuple[str, float], ...]]:
        before, after = -2, -1  # the columns of the periods
        mean_before, mean_after = left[before] / left[before, before], left[after] / left[after, after]
        moved = (mean_after - mean_before) * beta
        parts = {part: float(moved[span].sum()) for part, span in self.spans.items()}
        change = right[after] / left[after, after] - right[before] / left[before, before]
        shift = float(change) - sum(parts.values())
        factors = self.matrix[:, : self.width] @ beta[: self.width]
        agents = self._behaviour(weights, rate - factors)
        parts[Part.PEOPLE_BEHAVIOUR] = sum(share for _, share in agents)
        parts[Part.UNEXPLAINED] = shift - parts[Part.PEOPLE_BEHAVIOUR]
        return np.array([parts[part] for part in Part]), agents

    def _behaviour(self, weights: Floats, rest: Floats) -> tuple[tuple[str, float], ...]:
        """How much each agent, beyond the median change, moved the rate after. Agents below `AGENT_MINIMUM` in either
        period change like the median."""
        before, after = counted = self._by_agent(weights)
        enough = np.all(counted >= AGENT_MINIMUM, axis=0)
        if enough.sum() < 2:
            return ()
        rest_before, rest_after = self._by_agent(weights * rest)
        own = rest_after[enough] / after[enough] - rest_before[enough] / before[enough]
        # the mean of both shares: seen from the other end, the same agents moved the rate the other way
        weight = (after[enough] / after.sum() + before[enough] / before.sum()) / 2
        shares = (own - _weighted_median(own, weight)) * weight
        named = zip(self.agents[enough].tolist(), shares.tolist(), strict=True)
        return tuple(sorted(named, key=lambda one: -abs(one[1])))

    def _by_agent(self, values: Floats) -> Floats:
        """Sums over the cells of an agent; (2, agents), before and after."""
        agents = len(self.agents)
        counted = np.bincount(self.agent_of + agents * self.after, values, minlength=2 * agents)
        return np.asarray(counted, dtype=np.float64).reshape(2, agents)

    def resampled(self, weights: Floats, times: int) -> Floats:
        """The parts of `times` draws of whole days with replacement, within each period; (times, parts)."""
        days = np.array([cell.day for cell in self.cells])
        groups = [np.unique(days[chosen]) for chosen in (~self.after, self.after)]
        random = np.random.default_rng(SEED)
        if min(len(group) for group in groups) < 2:
            return self._drawn_calls(weights, times, random)
        drawn = np.hstack(
            [random.multinomial(len(group), np.full(len(group), 1 / len(group)), times) for group in groups]
        )
        place = np.searchsorted(groups[0], days)
        place[self.after] = len(groups[0]) + np.searchsorted(groups[1], days[self.after])
        # a day is drawn as a whole: what its cells add to the normal equations is summed once for all draws
        sums = [self._normal(weights, self.rate, place == day) for day in range(drawn.shape[1])]
        width = self.matrix.shape[1]
        lefts = (drawn @ np.array([left.ravel() for left, _ in sums])).reshape(-1, width, width)
        rights = drawn @ np.array([right for _, right in sums])
        found = []
        for often, left, right in zip(drawn, lefts, rights, strict=True):
            beta = _solved(left, right)
            found.append(self._parts(weights * often[place], self.rate, beta, left, right)[0])
        return np.array(found).reshape(-1, len(Part))

    def _drawn_calls(self, weights: Floats, times: int, random: np.random.Generator) -> Floats:
        """The parts where only the chance of calls is drawn, each period at its own rate: days cannot be compared where
        there is one."""
        level = np.where(
            self.after, *(np.average(self.rate[on], weights=weights[on]) for on in (self.after, ~self.after))
        )
        noise = np.sqrt(level * (1 - level) / weights)
        found = [
            self._split(weights, self.rate + noise * random.standard_normal(len(noise)))[0]
            for _ in range(times)
        ]
        return np.array(found).reshape(-1, len(Part))


def _solved(left: Floats, right: Floats) -> Floats:
    """The least-norm solution of the least squares."""
    return np.asarray(np.linalg.lstsq(left, right, rcond=1e-10)[0], dtype=np.float64)


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    heap = np.cumsum(weights[order])
    half = heap[-1] / 2
    at = int(np.searchsorted(heap, half - SAME))
    if abs(heap[at] - half) <= SAME and at + 1 < len(order):
        return float((values[order[at]] + values[order[at + 1]]) / 2)
    return float(values[order[at]])


def _own_values(names: Sequence[str], dens: Sequence[float]) -> frozenset[str]:
    counted: dict[str, float] = defaultdict(float)
    for name, den in zip(names, dens, strict=True):
        counted[name] += den
    return frozenset(name for name, den in counted.items() if den >= LEVEL_MINIMUM)


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
