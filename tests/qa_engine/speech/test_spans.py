"""Arithmetic on stretches of time."""

from __future__ import annotations

import pytest

from qa_engine.calls import Span
from qa_engine.speech.spans import union_in_order, union_of_pairs

STRETCHES = [
    [],
    [(0.0, 1.0), (1.3, 2.0), (2.6, 3.0)],
    [(0.0, 4.0), (1.0, 2.0), (4.2, 5.0)],  # one inside another
    [(3.0, 4.0), (0.0, 1.0), (1.5, 2.0)],  # out of order
    [(1.0, 1.0), (1.0, 3.0), (1.0, 2.0), (5.0, 5.0)],  # beginning at once, without length
]


@pytest.mark.parametrize("gap_s", [0.0, 0.5])
@pytest.mark.parametrize("pairs", STRETCHES)
def test_in_order_or_not_the_union_is_the_same(pairs: list[tuple[float, float]], gap_s: float) -> None:
    spans = [Span(*pair) for pair in pairs]
    assert union_in_order(spans, max_gap_s=gap_s) == union_of_pairs(pairs, max_gap_s=gap_s)
