"""Targets by hand, by simulation, and what holds for all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa_engine.targets.attainment import attainment, chance_of
from qa_engine.targets.calibration import DeclaredRule, Rule, UndeclaredRule, calibrate
from qa_engine.targets.funnel import NoRates, Stage, needed_dials
from qa_engine.targets.path import milestones, path_card
from qa_engine.targets.split import split_value
from qa_engine.targets.target import BadTarget, Scope, Target, check_children, check_target
from qa_engine.targets.working_days import WorkCalendar

# November 2026: the 1st is a Sunday; 21 weekdays.
NOVEMBER = Target("sales", "次", 420, Scope.COMPANY, "", "王经理", date(2026, 11, 1), date(2026, 11, 30), 380)
WEEK = WorkCalendar()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"metric": ""}, "没有指标"),
        ({"unit": "元"}, "单位应为「次」"),
        ({"owner": " "}, "缺少负责人"),
        ({"value": 0}, "必须大于 0"),
        ({"value": float("nan")}, "必须大于 0"),
        ({"baseline": -1}, "基线"),
        ({"last": date(2026, 10, 1)}, "早于开始日"),
        ({"scope": Scope.TEAM}, "范围编号"),
        ({"stretch": 0.9}, "加码"),
        ({"metric": "connect_rate", "unit": "比率", "value": 15}, "大于 1"),
        ({"metric": "aht", "unit": "秒/次"}, "没有方向"),
    ],
)
def test_what_is_missing_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(BadTarget, match=said):
        check_target(replace(NOVEMBER, **change))


def test_a_whole_target_passes() -> None:
    check_target(NOVEMBER)


def child(team: str, value: float) -> Target:
    return replace(NOVEMBER, scope=Scope.TEAM, scope_id=team, value=value)


def test_children_add_up_to_the_parent_or_to_the_stretch_that_is_stated() -> None:
    check_children(NOVEMBER, [child("a", 200), child("b", 220)])
    check_children(replace(NOVEMBER, stretch=0.1), [child("a", 231), child("b", 231)])
    with pytest.raises(BadTarget, match="下级合计 400,应为 420"):
        check_children(NOVEMBER, [child("a", 200), child("b", 200)])


def test_a_target_cannot_be_split_upwards() -> None:
    with pytest.raises(BadTarget, match="不在"):
        check_children(child("a", 420), [NOVEMBER])


def test_working_days_with_holidays_and_days_made_up() -> None:
    calendar = WorkCalendar(factors={date(2026, 11, 2): 0.0, date(2026, 11, 7): 1.0, date(2026, 11, 11): 1.5})
    assert WEEK.days(date(2026, 11, 1), date(2026, 11, 30)) == 21
    assert calendar.days(date(2026, 11, 1), date(2026, 11, 30)) == 21.5
    assert WEEK.days(date(2026, 11, 2), date(2026, 11, 1)) == 0


def test_attainment_is_pro_rated_by_working_days() -> None:
    """Up to Friday the 13th: 10 of 21 days, 200 due."""
    found = attainment(NOVEMBER, 150, WEEK, today=date(2026, 11, 13))
    assert (found.due, found.rate) == (pytest.approx(200), pytest.approx(0.75))
    assert found.total == pytest.approx(150 / 420)


def test_rates_are_due_in_full_and_less_is_better_for_some() -> None:
    rate = replace(NOVEMBER, metric="abandon_rate", unit="比率", value=0.03)
    assert attainment(rate, 0.06, WEEK, today=date(2026, 11, 3)).rate == pytest.approx(0.5)


def test_nothing_is_attained_before_the_first_day() -> None:
    assert attainment(NOVEMBER, 0, WEEK, today=date(2026, 11, 1)).rate is None


def test_milestones_end_with_the_target() -> None:
    weeks = milestones(NOVEMBER, WEEK)
    assert [week.last.day for week in weeks] == [1, 8, 15, 22, 29, 30]
    assert [week.due for week in weeks] == pytest.approx([0, 100, 200, 300, 400, 420])


def test_the_chance_by_hand() -> None:
    """20 a day wanted; five weeks with mean 20: one half, whatever the spread."""
    assert chance_of(NOVEMBER, [18, 19, 20, 21, 22], WEEK).probability == pytest.approx(0.5)


def test_the_chance_warns_at_both_ends_and_below_four_weeks() -> None:
    weeks = [18, 19, 20, 21, 22]
    assert "过高" in chance_of(replace(NOVEMBER, value=600), weeks, WEEK).warning
    assert "过低" in chance_of(replace(NOVEMBER, value=300), weeks, WEEK).warning
    assert chance_of(NOVEMBER, weeks[:3], WEEK).probability is None


def test_the_chance_is_calibrated() -> None:
    """Of targets with a chance of 20 % to 40 %, about 30 % are attained."""
    random = np.random.default_rng(5)
    november = replace(NOVEMBER, first=date(2026, 11, 2), last=date(2026, 11, 29))  # four weeks
    hits, chances = [], []
    for _ in range(6000):
        history, ahead = random.normal(20, 2, 8), random.normal(20, 2, 4)
        wanted = float(random.uniform(18, 22))
        chance = chance_of(replace(november, value=wanted * 20), list(history), WEEK).probability
        assert chance is not None
        if 0.2 <= chance <= 0.4:
            hits.append(ahead.mean() >= wanted)
            chances.append(chance)
    assert len(hits) > 500
    assert np.mean(hits) == pytest.approx(np.mean(chances), abs=0.05)


def test_shares_by_history_and_potential_by_hand() -> None:
    """½·30/40 + ½·1/4 = 0.5 each."""
    portions = split_value(101, [("a", 30, 1), ("b", 10, 3)])
    assert [(one.key, one.share, one.value) for one in portions] == [("a", 0.5, 51), ("b", 0.5, 50)]


def test_without_potential_by_history_and_without_either_evenly() -> None:
    assert [one.value for one in split_value(100, [("a", 30, None), ("b", 10, 3)])] == [75, 25]
    assert [one.value for one in split_value(100, [("a", 0, None), ("b", 0, None)])] == [50, 50]


def test_edited_shares_must_add_up() -> None:
    assert [
        one.value for one in split_value(10, [("a", 1, None), ("b", 1, None)], shares={"a": 0.8, "b": 0.2})
    ] == [8, 2]
    with pytest.raises(BadTarget, match=r"份额之和为 0\.9"):
        split_value(10, [("a", 1, None), ("b", 1, None)], shares={"a": 0.7, "b": 0.2})


@example(3, [(1.0, 5e-324)])
@given(
    st.integers(0, 10**7), st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=1, max_size=30)
)
def test_portions_always_add_up_and_are_never_off_by_one_whole(
    value: int, rows: list[tuple[float, float]]
) -> None:
    portions = split_value(value, [(str(at), h, p) for at, (h, p) in enumerate(rows)])
    assert sum(one.value for one in portions) == value
    assert all(abs(one.value - value * one.share) < 1 + 1e-6 for one in portions)


def test_needed_dials_by_hand_where_much_is_known() -> None:
    """100 / (0.2 · 0.1) = 5,000; with a million calls a stage the interval closes in on it."""
    found = needed_dials(100, [Stage("接通", 200_000, 1_000_000), Stage("成交", 100_000, 1_000_000)])
    assert found.middle == pytest.approx(5000, rel=0.001)
    assert 4950 < found.low < found.middle < found.high < 5050
    assert [round(amount) for _, amount in found.steps] == [1000, 100]


def test_the_interval_of_needed_dials_holds_the_truth_four_times_in_five() -> None:
    random = np.random.default_rng(9)
    held = 0
    for _ in range(400):
        rates = random.uniform(0.05, 0.4, 2)
        n = 400
        stages = [
            Stage("a", int(random.binomial(n, rates[0])), n),
            Stage("b", int(random.binomial(n, rates[1])), n),
        ]
        found = needed_dials(50, stages)
        held += found.low <= 50 / rates.prod() <= found.high
    assert held / 400 == pytest.approx(0.8, abs=0.06)


def test_the_same_funnel_gives_the_same_answer() -> None:
    stages = [Stage("a", 3, 40)]
    assert needed_dials(5, stages) == needed_dials(5, stages)


def test_a_stage_without_calls_says_nothing() -> None:
    with pytest.raises(NoRates):
        needed_dials(5, [Stage("接通", 0, 0)])


def test_the_path_card_by_hand() -> None:
    """270 left in 11 days (16-30 November): 270 / 0.02 = 13,500 dials, 1,228 a day, 246 connects, 25 deals."""
    stages = [Stage("接通", 200_000, 1_000_000), Stage("成交", 100_000, 1_000_000)]
    card = path_card(NOVEMBER, 150, stages, WEEK, today=date(2026, 11, 16))
    assert card is not None
    assert (card.left, card.days) == (270, 11)
    assert card.dials == pytest.approx(1228, abs=2)
    assert [amount for _, amount in card.steps] == [246, 25]
    assert path_card(NOVEMBER, 0, stages, WEEK, today=date(2026, 12, 1)) is None


@pytest.mark.parametrize(
    ("rule", "amount", "base", "after"),
    [
        (Rule.OUTAGE, 48, 480, 378),
        (Rule.CALENDAR, 20, 21, 400),
        (Rule.MARKET, 90, 100, 378),
        (Rule.MARKET, 10, 100, 210),  # held by the floor of one half
    ],
)
def test_calibration_by_hand(rule: Rule, amount: float, base: float, after: float) -> None:
    declared = DeclaredRule(rule, date(2026, 10, 1))
    made = calibrate(420, declared, happened=date(2026, 11, 5), amount=amount, base=base)
    assert (made.before, made.after) == (420, pytest.approx(after))


def test_a_rule_made_after_the_fact_is_refused() -> None:
    declared = DeclaredRule(Rule.OUTAGE, date(2026, 11, 6))
    with pytest.raises(UndeclaredRule, match="晚于事件"):
        calibrate(420, declared, happened=date(2026, 11, 5), amount=1, base=480)
    with pytest.raises(UndeclaredRule):
        calibrate(420, None, happened=date(2026, 11, 5), amount=1, base=480)
