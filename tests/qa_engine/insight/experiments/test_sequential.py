"""Looking every day does not make a difference out of none."""

from __future__ import annotations

import numpy as np
import pytest

from qa_engine.insight.experiments.sequential import Arm, difference, running_interval

DAYS, A_DAY, RUNS = 60, 200, 600


def _told(first: float, second: float, *, seed: int = 3) -> tuple[float, float]:
    """Share of experiments that told a difference on some day: by this test, and by the fixed 95 % test looked at daily."""
    random = np.random.default_rng(seed)
    hits = [np.cumsum(random.binomial(A_DAY, rate, (RUNS, DAYS)), axis=1) for rate in (first, second)]
    ours = fixed = 0
    for run in range(RUNS):
        looks = [
            (Arm(int(hits[0][run, day]), n), Arm(int(hits[1][run, day]), n))
            for day, n in enumerate(range(A_DAY, A_DAY * DAYS + 1, A_DAY))
        ]
        found = [(difference(a, b, tau=0.01), a.variance + b.variance) for a, b in looks]
        known = [(one, variance) for one, variance in found if one is not None]
        ours += any(one.is_told for one, _ in known)
        fixed += any(abs(one.difference) > 1.96 * variance**0.5 for one, variance in known)
    return ours / RUNS, fixed / RUNS


def test_sixty_looks_at_nothing_are_wrong_less_than_one_time_in_twenty() -> None:
    ours, fixed = _told(0.05, 0.05)
    assert ours <= 0.05
    assert fixed > 0.2  # what daily looks do to a fixed test


def test_a_difference_is_found() -> None:
    assert _told(0.05, 0.07)[0] > 0.95


def test_interval_and_chance_agree() -> None:
    for hits in range(40, 120):
        found = difference(Arm(60, 1000), Arm(hits, 1000), tau=0.02)
        assert found is not None
        assert found.is_told is (found.chance < 0.05)


def test_few_events_say_nothing() -> None:
    assert difference(Arm(9, 1000), Arm(50, 1000), tau=0.01) is None


def test_teams_that_differ_widen_the_interval_and_two_teams_say_nothing() -> None:
    def teams(*hits: int) -> Arm:
        return Arm(sum(hits), 1000 * len(hits), tuple((one, 1000) for one in hits))

    plain = difference(Arm(240, 4000), Arm(300, 4000), tau=0.02)
    spread = difference(teams(30, 50, 70, 90), teams(45, 65, 85, 105), tau=0.02)
    assert plain is not None
    assert spread is not None
    assert spread.high - spread.low > 1.5 * (plain.high - plain.low)
    assert difference(teams(100, 140), teams(120, 180), tau=0.02) is None


def test_all_looks_together() -> None:
    looks = [difference(Arm(50, n), Arm(60, n), tau=0.02) for n in (800, 1000)]
    low, high = running_interval([one for one in looks if one])
    assert low == max(one.low for one in looks if one)
    assert high == pytest.approx(min(one.high for one in looks if one))
