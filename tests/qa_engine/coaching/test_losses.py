"""Items by what they cost an agent."""

from __future__ import annotations

import pytest

from qa_engine.coaching.cells import Cell
from qa_engine.coaching.losses import losses

CALLS = ("ins", False, 1)


def cell(agent: str, item: str, n: int, lost: float, squares: float | None = None) -> Cell:
    return Cell(agent, item, CALLS, n, lost, lost if squares is None else squares)


def test_by_points_with_n_interval_and_the_others() -> None:
    """greet: 8/20 × 5 points = 2; close: 3/20 × 20 = 3; both Wilson."""
    cells = [
        cell("a", "greet", 20, 8),
        cell("a", "close", 20, 3),
        cell("b", "greet", 10, 1),
        cell("a", "kind", 20, 0),
    ]
    close, greet = losses(cells, {"greet": 5, "close": 20}, "a")
    assert (close.item_id, close.points, close.others) == ("close", pytest.approx(3), None)
    assert (greet.item_id, greet.n, greet.lost, greet.points) == ("greet", 20, 0.4, pytest.approx(2))
    assert (greet.low, greet.high, greet.others) == (0.2188, 0.6134, 0.1)


def test_strata_of_an_item_add_up() -> None:
    one, other = cell("a", "greet", 10, 2), Cell("a", "greet", ("ins", True, 0), 10, 6, 6)
    (found,) = losses([one, other], {}, "a")
    assert (found.n, found.lost) == (20, 0.4)


def test_parts_lost_have_a_t_interval() -> None:
    """Half of the item lost on one call, all on the other: 0.75 ± 12.706 × 0.25."""
    (found,) = losses([cell("a", "tone", 2, 1.5, 1.25)], {}, "a")
    assert (found.low, found.high) == (0.0, 1.0)
    (single,) = losses([cell("a", "tone", 1, 0.5, 0.25)], {}, "a")
    assert (single.low, single.high) == (None, None)


def test_somebody_without_calls_loses_nothing() -> None:
    assert losses([cell("b", "greet", 10, 1)], {}, "a") == []
