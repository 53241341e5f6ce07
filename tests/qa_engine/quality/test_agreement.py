"""Agreement beyond chance, against values worked out by hand, and its interval against many made-up floors."""

from __future__ import annotations

import random
from collections import Counter
from statistics import fmean

import pytest

from qa_engine.quality.agreement import Judgement, ac1, agreement, kappa

TEXTBOOK = Counter({("pass", "pass"): 20, ("pass", "fail"): 5, ("fail", "pass"): 10, ("fail", "fail"): 15})
"""Cohen's κ of it is (0.7 - 0.5) / 0.5. AC1 over three verdicts: π = 0.55, 0.45, 0, so pe = 0.495 / 2."""


def test_coefficients_by_hand() -> None:
    assert kappa(TEXTBOOK) == pytest.approx(0.4)
    assert ac1(TEXTBOOK) == pytest.approx((0.7 - 0.2475) / (1 - 0.2475))


def test_nothing_judged_is_unknown_and_one_verdict_alone_has_no_kappa() -> None:
    nothing = agreement([])
    assert (nothing.n, nothing.same.share, nothing.ac1.value, nothing.kappa.value) == (0, None, None, None)
    alike = agreement(Judgement(f"c{n}", "pass", "pass") for n in range(20))
    assert (alike.same.share, alike.ac1.value, alike.kappa.value) == (1.0, 1.0, None)
    assert alike.ac1.low is not None
    assert 0.6 < alike.ac1.low < 0.75  # 20 calls do not prove that none would differ


def test_one_call_gives_a_value_without_interval() -> None:
    one = agreement([Judgement("c", "pass", "pass"), Judgement("c", "fail", "pass")])
    assert (one.n, one.calls, one.ac1.low) == (2, 1, None)


def test_ac1_stays_high_where_nearly_all_is_met_and_kappa_does_not() -> None:
    rare = Counter({("pass", "pass"): 118, ("pass", "fail"): 5, ("fail", "pass"): 2})
    assert (ac1(rare) or 0) > 0.9
    assert (kappa(rare) or 0) < 0.1


def _floor(chance: random.Random, calls: int) -> list[Judgement]:
    """Ten items a call; a badly heard call (one in four) is misjudged by the machine far more often."""
    made = []
    for call in range(calls):
        wrong = 0.3 if chance.random() < 0.25 else 0.03
        for _ in range(10):
            truth = "pass" if chance.random() < 0.8 else "fail"
            other = "fail" if truth == "pass" else "pass"
            made.append(Judgement(f"c{call}", other if chance.random() < wrong else truth, truth))
    return made


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    chance = random.Random(11)
    truth = agreement(_floor(chance, 4000)).ac1.value
    found = [agreement(_floor(chance, 40)).ac1 for _ in range(150)]
    held = [(one.low or 0) <= (truth or 0) <= (one.high or 0) for one in found]
    assert 0.88 <= fmean(held) <= 1.0
