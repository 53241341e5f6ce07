"""Calls in cells: those that share a day and everything that could explain their rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


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


def in_order(cell: Cell) -> tuple[object, ...]:
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
