"""Each drawn call stands for the calls of its stratum."""

from __future__ import annotations

import random
from statistics import fmean

import pytest

from qa_engine.quality.stratified import Stratum, stratified_mean


def test_strata_weigh_by_their_calls() -> None:
    found = stratified_mean([Stratum(90, (80.0, 82.0)), Stratum(10, (40.0, 42.0)), Stratum(50, ())])
    assert found.mean == pytest.approx(0.9 * 81 + 0.1 * 41)
    assert (found.n, found.covered, found.total) == (4, 100, 150)
    assert found.low is not None
    assert found.low < (found.mean or 0)


def test_hearing_every_call_leaves_nothing_open_and_single_calls_no_interval() -> None:
    whole = stratified_mean([Stratum(2, (80.0, 90.0))])
    assert (whole.mean, whole.low, whole.high) == (85, 85, 85)
    assert stratified_mean([Stratum(5, (80.0,))]).low is None
    assert stratified_mean([]).mean is None


def test_the_interval_holds_the_mean_of_all_calls() -> None:
    chance = random.Random(3)
    floor = [[chance.gauss(60 + 5 * agent, 12) for _ in range(30)] for agent in range(8)]
    truth = fmean(score for agent in floor for score in agent)
    held = 0
    for _ in range(300):
        found = stratified_mean([Stratum(30, chance.sample(agent, 3)) for agent in floor])
        held += (found.low or 0) <= truth <= (found.high or 0)
    assert 0.9 <= held / 300 <= 0.99
