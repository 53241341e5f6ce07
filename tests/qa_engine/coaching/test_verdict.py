"""The four words and what leads to each."""

from __future__ import annotations

import pytest

from qa_engine.coaching.effect import Effect
from qa_engine.coaching.verdict import Listening, Outcome, judge


def _effect(effect: float, half: float, trend: float | None = None) -> Effect:
    return Effect(effect, effect - half, effect + half, 0.01, effect, 0.0, 1, 20, trend)


@pytest.mark.parametrize(
    ("effect", "post", "n", "may_wait", "expected"),
    [
        (_effect(0.2, 0.1), 0.80, 40, True, Outcome.RESOLVED),
        (_effect(0.2, 0.1), 0.70, 40, True, Outcome.PARTLY),  # better, and still ten points away
        (_effect(0.01, 0.03), 0.70, 40, True, Outcome.NOT_SEEN),
        (_effect(0.1, 0.2), 0.80, 40, True, Outcome.TOO_FEW),  # neither nothing nor all is excluded
        (_effect(0.1, 0.2), 0.80, 40, False, Outcome.NOT_SEEN),  # and there is no more time
        (_effect(0.2, 0.1), 0.80, 19, True, Outcome.TOO_FEW),
        (_effect(0.2, 0.1, 0.01), 0.80, 40, True, Outcome.PARTLY),  # rose already before
        (None, None, 40, True, Outcome.TOO_FEW),
    ],
)
def test_outcome(effect, post, n, may_wait, expected) -> None:
    found = judge(effect, post=post, target=0.8, n_pre=40, n_post=n, listening=None, may_wait=may_wait)
    assert found.outcome is expected
    assert found.opens_round is (expected in {Outcome.PARTLY, Outcome.NOT_SEEN})


def test_people_who_do_not_hear_it_overrule_the_machine() -> None:
    found = judge(
        _effect(0.2, 0.1),
        post=0.8,
        target=0.8,
        n_pre=40,
        n_post=40,
        may_wait=True,
        listening=Listening(10, 4, 9),
    )
    assert found.outcome is Outcome.PARTLY
    assert "盲听 10 通只有 4 通" in found.reason


def test_people_who_hear_nearly_as_much_confirm_it() -> None:
    assert not Listening(10, 8, 9).contradicts
