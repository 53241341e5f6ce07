"""Against scipy, which the product does not need at run time."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from qa_engine.statistics.distributions import beta_cdf, beta_quantile, student_cdf
from qa_engine.statistics.shrinkage import shrink_means, shrink_shares


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (1, 1), (2, 40), (300, 700), (5000, 45_000)])
@pytest.mark.parametrize("share", [0.025, 0.1, 0.5, 0.9])
def test_beta_as_scipy_has_it(a: float, b: float, share: float) -> None:
    x = beta_quantile(share, a, b)
    assert x == pytest.approx(stats.beta.ppf(share, a, b), abs=1e-9)
    assert beta_cdf(x, a, b) == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize("degrees", [1, 4, 30])
@pytest.mark.parametrize("t", [-3.0, -0.5, 0.0, 2.2])
def test_student_as_scipy_has_it(t: float, degrees: int) -> None:
    assert student_cdf(t, degrees) == pytest.approx(stats.t.cdf(t, degrees), abs=1e-10)


def test_two_members_are_not_drawn_anywhere() -> None:
    assert shrink_shares([(1, 10), (9, 10)]) == [None, None]


def test_a_group_without_spread_is_drawn_whole() -> None:
    drawn = shrink_shares([(10, 100), (20, 200), (5, 50)])
    assert [one.value for one in drawn if one] == pytest.approx([0.1] * 3)


def test_a_small_n_moves_more_than_a_large_one() -> None:
    small, large, *_ = shrink_shares([(5, 5), (260, 500), (150, 500), (200, 500), (190, 500)])
    assert small is not None
    assert large is not None
    assert small.weight < 0.5 < large.weight
    assert small.value < 0.9


def test_the_prior_worth_of_calls_by_hand() -> None:
    """μ = 0.4; S = (100·0.2² + 100·0 + 100·0.2²)/0.24 = 33.33; ρ = (33.33 - 2)/(300 - 100 - 2) = 0.15825; M = 5.319."""
    first, *_ = shrink_shares([(20, 100), (40, 100), (60, 100)])
    assert first is not None
    assert first.value == pytest.approx((20 + 5.319149 * 0.4) / (100 + 5.319149), abs=1e-6)


def test_drawn_shares_are_nearer_to_the_truth_than_raw_ones() -> None:
    random = np.random.default_rng(7)
    truth = random.beta(8, 72, size=400)
    n = random.integers(10, 120, size=400)
    hits = random.binomial(n, truth)
    drawn = shrink_shares([(int(k), int(m)) for k, m in zip(hits, n, strict=True)])
    raw_error = np.mean((hits / n - truth) ** 2)
    error = np.mean([(one.value - t) ** 2 for one, t in zip(drawn, truth, strict=True) if one])
    covered = np.mean([one.low <= t <= one.high for one, t in zip(drawn, truth, strict=True) if one])
    assert error < 0.6 * raw_error
    assert 0.92 <= covered <= 0.98


def test_drawn_means_cover_the_truth() -> None:
    random = np.random.default_rng(11)
    truth = random.normal(80, 4, size=400)
    se = random.uniform(1, 8, size=400)
    seen = random.normal(truth, se)
    drawn = shrink_means(list(zip(seen, se, strict=True)))
    covered = np.mean([one.low <= t <= one.high for one, t in zip(drawn, truth, strict=True) if one])
    error = np.mean([(one.value - t) ** 2 for one, t in zip(drawn, truth, strict=True) if one])
    assert 0.92 <= covered <= 0.98
    assert error < 0.6 * np.mean((seen - truth) ** 2)
