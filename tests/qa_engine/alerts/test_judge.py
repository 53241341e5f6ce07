"""Rules against series of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qa_engine.alerts.judge import episodes, judge, judge_days
from qa_engine.alerts.rules import InBand, KOfN, Limit, Rule, Scope
from qa_engine.kpi.bands import BandRule, Point

LAST = date(2026, 11, 20)  # a Friday


def rule(test, min_n: int = 30) -> Rule:
    return Rule("r", "t", test, Scope.TEAM, "connect_rate", min_n)


THREE = rule(KOfN(3, 3, Limit(below=0.8), 0.10))


def ending(*values: float | None, n: int = 100) -> list[Point]:
    first = LAST - timedelta(days=len(values) - 1)
    return [Point(first + timedelta(days=at), value, n) for at, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "alerts"),
    [
        ((0.10, 0.07, 0.06, 0.05), True),
        ((0.07, 0.06, 0.08), True),  # the bound itself counts: actual ≤ 0.8 x target
        ((0.07, 0.081, 0.07), False),  # one day above
        ((0.07, 0.07), False),  # only two days
        ((0.07, 0.07, None, 0.07), True),  # a day without calls is stepped over
        ((0.07, 0.07, None, None, None, None, None, 0.07), False),  # but no whole week
        ((0.07, 0.07, 0.07, 0.09), False),  # over: the day itself is good
    ],
)
def test_three_of_three_days(values, alerts: bool) -> None:
    assert (judge(THREE, ending(*values), LAST) is not None) is alerts


def test_what_is_found_says_on_what_it_rests() -> None:
    found = judge(THREE, ending(0.07, 0.06, 0.05), LAST)
    assert found is not None
    assert (found.value, found.n, found.usual, found.days) == (0.05, 100, 0.10, 3)
    assert found.limit == pytest.approx(0.08)


def test_two_of_three_days() -> None:
    two = rule(KOfN(2, 3, Limit(above=1.5), 0.02))
    assert judge(two, ending(0.04, 0.01, 0.03), LAST)
    assert not judge(two, ending(0.01, 0.01, 0.03), LAST)


def test_days_with_few_calls_are_not_judged() -> None:
    assert judge(THREE, ending(0.07, 0.06, 0.05, n=29), LAST) is None


def test_its_own_usual_value_as_target() -> None:
    own = rule(KOfN(3, 3, Limit(below=0.8), None))
    steady = [0.10] * 56
    assert judge(own, ending(*steady, 0.07, 0.07, 0.07), LAST)
    assert not judge(own, ending(*steady, 0.09, 0.09, 0.09), LAST)
    assert not judge(own, ending(*[0.10] * 20, 0.07, 0.07, 0.07), LAST)  # less than four weeks known


def test_the_band_alerts_when_the_shown_colour_turns() -> None:
    band = rule(InBand(BandRule(), "red"))
    steady = [0.20] * 60
    assert not judge(band, ending(*steady, 0.05), LAST)
    found = judge(band, ending(*steady, 0.05, 0.05), LAST)
    assert found is not None
    assert (found.usual, found.days) == (0.20, 2)


def test_past_days_give_the_alerts_there_would_have_been() -> None:
    points = ending(*[0.05] * 4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05)
    found = judge_days(THREE, points, points[0].day, LAST)
    runs = [((end.day - start.day).days + 1) for start, end in episodes(found)]
    assert runs == [2, 1]
