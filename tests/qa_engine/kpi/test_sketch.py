"""Quantiles of sketches: within the stated error of the exact ones, and the same however parts are merged."""

from __future__ import annotations

from collections import Counter
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.kpi.quantiles import QUANTILE_METRICS, QUANTILES_BY_ID
from qa_engine.kpi.registry import BY_ID
from qa_engine.kpi.sketch import NOTHING, RELATIVE_ERROR, amount_of, bucket_of, quantile

AMOUNTS = st.lists(st.integers(0, 86_400_000), min_size=1, max_size=200)


def sketch(amounts: list[int]) -> Counter[int]:
    return Counter(bucket_of(amount) for amount in amounts)


@given(st.integers(1, 2**40))
def test_a_bucket_tells_its_amounts_within_the_error(amount: int) -> None:
    assert abs(amount_of(bucket_of(amount)) - amount) <= amount * RELATIVE_ERROR * (1 + 1e-9)


@pytest.mark.parametrize("amount", range(25))
def test_small_amounts_are_exact(amount: int) -> None:
    assert amount_of(bucket_of(amount)) == amount


@given(AMOUNTS, st.floats(0, 1))
def test_quantiles_lie_within_the_error_of_the_exact_ones(amounts: list[int], share: float) -> None:
    exact = float(np.quantile(amounts, share))
    found = quantile(sketch(amounts), share)
    assert found == pytest.approx(exact, rel=RELATIVE_ERROR * (1 + 1e-6), abs=1e-6)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_parts_merge_to_the_sketch_of_all_in_any_order(a: list[int], b: list[int], c: list[int]) -> None:
    assert sketch(a) + (sketch(b) + sketch(c)) == (sketch(c) + sketch(a)) + sketch(b) == sketch(a + b + c)


def test_a_median_of_two_lies_between_them_and_of_none_is_unknown() -> None:
    assert quantile(sketch([10, 20]), 0.5) == median([10, 20])
    assert quantile({}, 0.5) is None
    assert (bucket_of(0), bucket_of(-3), amount_of(NOTHING)) == (NOTHING, NOTHING, 0.0)


def test_quantiles_are_not_offered_where_figures_are_added_up() -> None:
    assert QUANTILES_BY_ID.keys().isdisjoint(BY_ID)
    assert len(QUANTILES_BY_ID) == len(QUANTILE_METRICS)
    assert QUANTILES_BY_ID["response_time_median_s"].at({bucket_of(1_500): 3}).value == pytest.approx(
        1.5, rel=0.02
    )
