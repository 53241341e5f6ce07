"""Trainings by what they were measured to do."""

from __future__ import annotations

import pytest

from qa_engine.coaching.trainings import Measured, rate


def _plans(name: str, *effects: float) -> list[Measured]:
    return [Measured(name, one, one - 0.05, one + 0.05) for one in effects]


def test_the_surest_comes_first_and_the_untried_last() -> None:
    rated = rate(
        [*_plans("晨训", 0.1, 0.12, 0.11, 0.1), *_plans("跟听", 0.3), *_plans("讲义", 0.0, 0.02, -0.01)]
    )
    assert [(one.training, one.plans) for one in rated] == [("晨训", 4), ("讲义", 3), ("跟听", 1)]
    assert rated[0].low > 0 > rated[1].low
    assert rated[2].effect is None


def test_plans_that_disagree_widen_the_interval() -> None:
    alike, apart = rate(_plans("a", 0.1, 0.1, 0.1)), rate(_plans("a", -0.1, 0.1, 0.3))
    assert alike[0].effect == pytest.approx(apart[0].effect)
    assert apart[0].high - apart[0].low > 2 * (alike[0].high - alike[0].low)
