"""What the parts of an attribution are made of."""

from __future__ import annotations

import pytest

from qa_engine.insight.cells import Cell, Part
from qa_engine.insight.values import tool_values, values_of

CELLS = [
    Cell("1", False, 30, 100, "A", "09", tools={"faults": 0.1, "air": None}),
    Cell("1", False, 30, 300, "B", "10", tools={"faults": 0.3, "air": None}),
    Cell("2", True, 5, 50, "A", "10", tools={"faults": None, "air": None}),
    Cell("2", True, 15, 150, "B", "10", tools={"faults": 0.2, "air": None}),
]


def test_values_have_their_calls_and_rates_in_both_periods() -> None:
    found = values_of(CELLS)
    by_name = {one.name: one for one in found[Part.PEOPLE_MIX]}
    assert (by_name["A"].before.rate, by_name["A"].before.share) == (0.3, 0.25)
    assert (by_name["A"].after.rate, by_name["A"].after.den) == (0.1, 50)
    gone = {one.name: one for one in found[Part.PROCESS]}["09"]
    assert (gone.after.den, gone.after.rate) == (0, None)
    for part in found.values():
        for side in ("before", "after"):
            assert sum(getattr(one, side).share for one in part) == pytest.approx(1)


def test_tool_figures_are_means_over_the_calls_that_know_them() -> None:
    (faults,) = tool_values(CELLS)  # "air" is known of none
    assert (faults.before, faults.after) == (pytest.approx(0.25), pytest.approx(0.2))
    assert (faults.n_before, faults.n_after) == (400, 150)
