"""Means and shares say how sure they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.quality.estimates import Mean, RunningMean, share, t95

VALUES = st.lists(st.floats(-100, 100), min_size=2, max_size=50)


def mean(*values: float) -> Mean:
    running = RunningMean()
    for value in values:
        running.add(value)
    return running.result()


def test_nothing_has_no_mean_and_one_value_no_interval() -> None:
    assert mean() == Mean(0, None, None, None)
    assert mean(3.0) == Mean(1, 3.0, None, None)


def test_a_textbook_interval() -> None:
    """1, 2, 3: mean 2, standard error 1/sqrt(3), t(2) = 4.303."""
    assert mean(1, 2, 3) == Mean(3, 2.0, -0.48, 4.48)


@given(VALUES)
def test_it_is_what_the_whole_list_gives(values: list[float]) -> None:
    from statistics import fmean, stdev

    found = mean(*values)
    half = t95(len(values) - 1) * stdev(values) / len(values) ** 0.5
    assert found.mean == pytest.approx(fmean(values), abs=0.006)
    assert found.low == pytest.approx(fmean(values) - half, abs=0.006)


@pytest.mark.parametrize(("degrees", "t"), [(1, 12.706), (30, 2.042), (40, 2.021), (60, 2.000), (120, 1.980)])
def test_student(degrees: int, t: float) -> None:
    assert t95(degrees) == pytest.approx(t, abs=0.002)


def test_a_share_with_its_wilson_interval() -> None:
    found = share(8, 10)
    assert (found.share, found.low, found.high) == (0.8, 0.4902, 0.9433)
    assert share(0, 0).share is None
    assert share(10, 10).high == 1.0
