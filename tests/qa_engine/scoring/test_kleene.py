"""The truth tables of Kleene's strong logic, in full."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.scoring.kleene import Truth, at_least, conjunction, counted, disjunction, negate, truth

T, U, F = Truth.TRUE, Truth.UNKNOWN, Truth.FALSE
AND = {(T, T): T, (T, U): U, (T, F): F, (U, T): U, (U, U): U, (U, F): F, (F, T): F, (F, U): F, (F, F): F}
OR = {(T, T): T, (T, U): T, (T, F): T, (U, T): T, (U, U): U, (U, F): U, (F, T): T, (F, U): U, (F, F): F}


@pytest.mark.parametrize("pair", list(product(Truth, repeat=2)))
def test_and_or(pair: tuple[Truth, Truth]) -> None:
    assert conjunction(pair) is AND[pair]
    assert disjunction(pair) is OR[pair]


@pytest.mark.parametrize(("value", "expected"), [(T, F), (U, U), (F, T)])
def test_not(value: Truth, expected: Truth) -> None:
    assert negate(value) is expected


def test_nothing_at_all() -> None:
    assert conjunction([]) is T
    assert disjunction([]) is F


@pytest.mark.parametrize(
    ("sure", "possible", "least", "most", "expected"),
    [
        (1, 1, 1, None, T),
        (0, 1, 1, None, U),
        (0, 0, 1, None, F),
        (1, 2, 2, None, U),
        (0, 0, 0, 1, T),
        (0, 2, 0, 1, U),
        (2, 2, 0, 1, F),
        (2, 3, 2, 2, U),
        (2, 2, 2, 2, T),
    ],
)
def test_counted(sure: int, possible: int, least: int, most: int | None, expected: Truth) -> None:
    assert counted(sure, possible, least=least, most=most) is expected


def resolutions(values: list[Truth]) -> list[list[bool]]:
    """Every way in which unknowns may turn out."""
    options = [[True, False] if value is U else [value is T] for value in values]
    return [list(choice) for choice in product(*options)]


@given(st.lists(st.sampled_from(Truth), max_size=6), st.integers(1, 6))
def test_a_known_answer_holds_however_unknowns_turn_out(values: list[Truth], n: int) -> None:
    for answer, boolean in (
        (conjunction(values), all),
        (disjunction(values), any),
        (at_least(n, values), lambda known: sum(known) >= n),
    ):
        outcomes = {truth(boolean(known)) for known in resolutions(values)}
        assert outcomes == {answer} if len(outcomes) == 1 else answer is U
