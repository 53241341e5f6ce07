"""Kleene's strong three-valued logic: *unknown* spreads only where the answer could still go either way."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Truth(IntEnum):
    """Ordered so that `and` is the minimum and `or` the maximum."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


def truth(value: bool) -> Truth:
    """A known truth value."""
    return Truth.TRUE if value else Truth.FALSE


def negate(value: Truth) -> Truth:
    """not: unknown stays unknown."""
    return Truth(2 - value)


def conjunction(values: Iterable[Truth]) -> Truth:
    """and: false wins, then unknown; true for none."""
    return min(values, default=Truth.TRUE)


def disjunction(values: Iterable[Truth]) -> Truth:
    """or: true wins, then unknown; false for none."""
    return max(values, default=Truth.FALSE)


def at_least(n: int, values: Iterable[Truth]) -> Truth:
    """True where `n` are true, false where `n` cannot be reached any more."""
    known = list(values)
    if sum(value is Truth.TRUE for value in known) >= n:
        return Truth.TRUE
    return Truth.UNKNOWN if sum(value is not Truth.FALSE for value in known) >= n else Truth.FALSE


def counted(sure: int, possible: int, *, least: int, most: int | None) -> Truth:
    """Whether a number between `sure` and `possible` lies in [least, most]."""
    if possible < least or (most is not None and sure > most):
        return Truth.FALSE
    if sure >= least and (most is None or possible <= most):
        return Truth.TRUE
    return Truth.UNKNOWN
