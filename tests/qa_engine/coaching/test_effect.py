"""Regression to the mean is no effect; an effect is found."""

from __future__ import annotations

from statistics import mean

import pytest

from qa_engine.coaching.effect import Level, comparable, estimate, levels
from qa_engine.coaching.verdict import Outcome, judge
from tests.qa_engine.coaching.worlds import cell, worst_fifth

WORLDS = 150


def _outcomes(*, calls: int, effect: float) -> list[Outcome]:
    """One verdict for each of the twenty coached agents of every world."""
    found = []
    for seed in range(WORLDS):
        coached, peers = worst_fifth(seed, calls=calls, effect=effect)
        target = mean(peer.post for peer in peers)
        for one in coached:
            measured = estimate([one], peers)
            found.append(
                judge(
                    measured,
                    post=one.post,
                    target=target,
                    n_pre=calls,
                    n_post=calls,
                    listening=None,
                    may_wait=False,
                ).outcome
            )
    return found


def test_the_worst_fifth_rises_by_itself_and_the_plain_comparisons_believe_it() -> None:
    worlds = [worst_fifth(seed) for seed in range(WORLDS)]
    naive = [mean(one.post - one.pre for one in coached) for coached, _ in worlds]
    assert mean(naive) == pytest.approx(0.076, abs=0.005)
    against_all = [
        mean(one.post - one.pre for one in coached) - mean(one.post - one.pre for one in peers)
        for coached, peers in worlds
    ]
    assert mean(against_all) > 0.08  # the others fall while the worst rise


def test_against_peers_of_the_same_level_nothing_is_left_of_it() -> None:
    effects = [estimate(*worst_fifth(seed)).effect for seed in range(WORLDS)]
    assert mean(effects) == pytest.approx(0.0, abs=0.012)


@pytest.mark.parametrize("calls", [41, 120, 400])
def test_without_an_effect_at_most_one_in_twenty_is_called_resolved(calls: int) -> None:
    outcomes = _outcomes(calls=calls, effect=0.0)
    assert outcomes.count(Outcome.RESOLVED) / len(outcomes) <= 0.05


@pytest.mark.parametrize(
    ("calls", "effect", "power"),
    [
        (41, 0.15, 0.55),  # 41 calls are few: even 15 points are missed a third of the time
        (200, 0.10, 0.78),
        (400, 0.10, 0.93),
    ],
)
def test_an_effect_is_found(calls: int, effect: float, power: float) -> None:
    outcomes = _outcomes(calls=calls, effect=effect)
    assert outcomes.count(Outcome.RESOLVED) / len(outcomes) >= power


def test_a_change_of_the_mix_of_calls_is_no_change_of_the_agent() -> None:
    hard, easy = ("c", True, 2), ("c", False, 0)
    pre = [cell("a", 20, 40, stratum=hard), cell("a", 9, 10, stratum=easy)]
    post = [cell("a", 5, 10, stratum=hard), cell("a", 36, 40, stratum=easy)]
    one = levels(pre, post)[0]
    assert one.post - one.pre == pytest.approx(0.0, abs=1e-9)


def test_too_few_calls_or_peers_make_no_estimate() -> None:
    few = Level("a", 0.5, 0.6, 19, 40)
    assert comparable([few]) == ()
    assert estimate([few], [Level(str(at), 0.8, 0.8, 40, 40) for at in range(9)]) is None


def test_a_rise_that_began_before_shows_in_the_trend() -> None:
    peers = [Level(str(at), 0.8, 0.8, 40, 40, 0.8 + 0.01 * (at % 3), 0.8) for at in range(20)]
    rising = Level("a", 0.6, 0.8, 40, 40, 0.4, 0.8)
    found = estimate([rising], peers)
    assert found is not None
    assert found.trends_differ
