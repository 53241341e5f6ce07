"""What each part of an attribution is made of: its values with their calls and rates in both periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qa_engine.insight.cells import Cell, Part


@dataclass(frozen=True, slots=True)
class Side:
    """A value in one period: `num` of `den` calls, and its share of the period's calls."""

    num: float
    den: float
    share: float

    @property
    def rate(self) -> float | None:
        return self.num / self.den if self.den else None


@dataclass(frozen=True, slots=True)
class Value:
    """One agent, hour, campaign or weekday before and after."""

    name: str
    before: Side
    after: Side


@dataclass(frozen=True, slots=True)
class ToolValue:
    """One tool figure: its mean over the calls where it is known, and how many they are."""

    name: str
    before: float | None
    after: float | None
    n_before: float
    n_after: float


def values_of(cells: Sequence[Cell]) -> Mapping[Part, tuple[Value, ...]]:
    """By part; those whose share of the calls or whose rate moved most first."""
    names = {
        Part.PEOPLE_MIX: [cell.agent for cell in cells],
        Part.PROCESS: [cell.slot for cell in cells],
        Part.CUSTOMERS: [cell.customers for cell in cells],
        Part.ENVIRONMENT: [cell.environment for cell in cells],
    }
    whole = {after: sum(cell.den for cell in cells if cell.after is after) for after in (False, True)}
    found = {}
    for part, of in names.items():
        sums: dict[str, dict[bool, list[float]]] = {}
        for name, cell in zip(of, cells, strict=True):
            both = sums.setdefault(name, {False: [0.0, 0.0], True: [0.0, 0.0]})
            both[cell.after][0] += cell.num
            both[cell.after][1] += cell.den
        values = [
            Value(name, *(_side(both[on][0], both[on][1], whole[on]) for on in (False, True)))
            for name, both in sums.items()
        ]
        found[part] = tuple(sorted(values, key=lambda one: (-_moved(one), one.name)))
    return found


def _side(num: float, den: float, whole: float) -> Side:
    return Side(num, den, den / whole if whole else 0.0)


def _moved(one: Value) -> float:
    """How much this value alone moved the rate: its calls that count, as a share of the period's calls."""
    return abs((one.after.rate or 0.0) * one.after.share - (one.before.rate or 0.0) * one.before.share)


def tool_values(cells: Sequence[Cell]) -> tuple[ToolValue, ...]:
    """Every tool figure that some call has."""
    found = []
    for name in sorted({name for cell in cells for name in cell.tools}):
        means = [
            _mean((cell, cell.tools.get(name)) for cell in cells if cell.after is on) for on in (False, True)
        ]
        if any(n for _, n in means):
            (before, n_before), (after, n_after) = means
            found.append(ToolValue(name, before, after, n_before, n_after))
    return tuple(found)


def _mean(known: Iterable[tuple[Cell, float | None]]) -> tuple[float | None, float]:
    pairs = [(value, cell.den) for cell, value in known if value is not None]
    n = sum(den for _, den in pairs)
    return (sum(value * den for value, den in pairs) / n if n else None), n
