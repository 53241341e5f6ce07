"""Tails and the guard against many comparisons, against scipy and the paper's own example."""

from __future__ import annotations

import pytest
from scipy import stats

from qa_engine.quality.chances import benjamini_hochberg, t_tail


@pytest.mark.parametrize("degrees", [3, 9, 19, 60])
@pytest.mark.parametrize("t", [-1.0, 0.0, 0.5, 2.0, 3.5])
def test_tail_of_students_t(t: float, degrees: int) -> None:
    assert t_tail(t, degrees) == pytest.approx(stats.t.sf(t, degrees), abs=0.002)


def test_the_example_of_the_paper() -> None:
    """Benjamini and Hochberg 1995, section 3.2: of fifteen, the first four are rejected at 5 %."""
    chances = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ]  # fmt: skip
    assert benjamini_hochberg(chances, rate=0.05) == (True,) * 4 + (False,) * 11


def test_nothing_compared_rejects_nothing() -> None:
    assert benjamini_hochberg([], rate=0.05) == ()
