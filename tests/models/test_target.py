"""Targets, their children, and the log of what moved them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.agent import set_region
from models.database import open_database, reading, session
from models.target import (
    AlreadySplit,
    CalendarDayRow,
    children_of,
    get_target,
    save_split,
    save_target,
    targets_on,
    work_calendar,
)
from models.target_change import (
    Withdrawn,
    changes_of,
    edit_target,
    restore_target,
    withdraw_target,
)
from models.target_figures import (
    actual,
    funnel_stages,
    levels_below,
    next_level,
    reached_by,
    standings,
    weekly_history,
)
from models.target_rules import calibrate_target, declare_rule
from qa_engine.kpi.bands import Colour
from qa_engine.targets.calibration import DeclaredRule, Rule, UndeclaredRule
from qa_engine.targets.split import split_value
from qa_engine.targets.target import BadTarget, Scope, Target
from tests.models.dialer import Dialer
from tests.models.scored import add_months

NOVEMBER = Target("dials", "次", 420, Scope.COMPANY, "", "王经理", date(2026, 11, 1), date(2026, 11, 30), 380)


def test_a_split_is_stored_once_and_adds_up(engine: Engine) -> None:
    with session(engine) as opened:
        parent = save_target(opened, NOVEMBER)
        portions = split_value(420, [("T1", 30, None), ("T2", 10, None)])
        save_split(opened, parent.id, Scope.TEAM, portions, owners={"T1": "李组长"})
        children = children_of(opened, parent.id)
        assert [(row.scope_id, row.value, row.owner) for row in children] == [
            ("T1", 315, "李组长"),
            ("T2", 105, "王经理"),
        ]
        assert len(targets_on(opened, date(2026, 11, 15))) == 3
        with pytest.raises(AlreadySplit):
            save_split(opened, parent.id, Scope.TEAM, portions, owners={})


def test_calibration_keeps_both_values(engine: Engine) -> None:
    with session(engine) as opened:
        row = save_target(opened, NOVEMBER)
        declare_rule(opened, DeclaredRule(Rule.OUTAGE, date(2026, 10, 1)), by="王经理")
        inputs = {"happened": date(2026, 11, 5), "amount": 48, "base": 480}
        calibrate_target(opened, row.id, Rule.OUTAGE, reason="线路故障", approver="王经理", **inputs)
        (change,) = changes_of(opened, row.id)
        assert (change.before, change.after, get_target(opened, row.id).value) == (420, 378, 378)
        with pytest.raises(BadTarget, match="批准人"):
            calibrate_target(opened, row.id, Rule.OUTAGE, reason="线路故障", approver="", **inputs)
        with pytest.raises(UndeclaredRule):
            calibrate_target(opened, row.id, Rule.MARKET, reason="淡季", approver="王经理", **inputs)


def test_the_rule_that_held_on_the_day_counts(engine: Engine) -> None:
    with session(engine) as opened:
        row = save_target(opened, NOVEMBER)
        declare_rule(opened, DeclaredRule(Rule.MARKET, date(2026, 10, 1), floor=0.9), by="王经理")
        declare_rule(opened, DeclaredRule(Rule.MARKET, date(2026, 11, 20), floor=0.1), by="王经理")
        made = calibrate_target(
            opened,
            row.id,
            Rule.MARKET,
            happened=date(2026, 11, 5),
            amount=50,
            base=100,
            reason="淡季",
            approver="王",
        )
        assert made.factor == 0.9


def test_days_that_are_not_as_their_weekday_says(engine: Engine) -> None:
    with session(engine) as opened:
        opened.add(CalendarDayRow(day=date(2026, 11, 2), factor=0.0, note="调休"))
        opened.flush()
        assert work_calendar(opened).days(date(2026, 11, 1), date(2026, 11, 30)) == 20


def test_what_figures_say(settings, tmp_path: Path) -> None:
    """20 dials on each Monday of October 2026, every second connected."""
    dialer = Dialer(settings, tmp_path / "csv", "csv")
    rows = [
        f"{day}-{at},2026-10-{day:02d} 09:00:00,a{at % 2},x,{at % 2}"
        for day in (5, 12, 19, 26)
        for at in range(20)
    ]
    dialer.write("a.csv", "id,started_at,agent_id,status,connected\n" + "\n".join(rows) + "\n")
    dialer.load()
    engine = open_database(settings.database_url)
    october = Target("connects", "次", 40, Scope.COMPANY, "", "王", date(2026, 10, 1), date(2026, 10, 31), 0)
    with reading(engine) as opened:
        assert actual(opened, october, today=date(2026, 10, 20)) == 30
        assert weekly_history(opened, october, before=date(2026, 11, 4)) == [2, 2, 2, 2]
        (stage,) = funnel_stages(opened, october, before=date(2026, 11, 4))
        assert (stage.hits, stage.n) == (40, 80)
        assert next_level(opened, october, before=date(2026, 11, 4)) == (Scope.TEAM, [])
    engine.dispose()


def test_a_withdrawn_target_is_gone_with_those_below_it_and_comes_back(engine: Engine) -> None:
    today = date(2026, 11, 10)
    with session(engine) as opened:
        parent = save_target(opened, NOVEMBER)
        portions = split_value(420, [("T1", 30, None), ("T2", 10, None)])
        save_split(opened, parent.id, Scope.TEAM, portions, owners={})
        assert withdraw_target(opened, parent.id, reason="改口径", by="王经理", today=today) == 3
        assert targets_on(opened, today) == []
        assert len(targets_on(opened, today, withdrawn=True)) == 3
        with pytest.raises(Withdrawn):
            withdraw_target(opened, parent.id, reason="再次", by="王经理", today=today)
    with session(engine) as opened:
        child = targets_on(opened, today, withdrawn=True)[1].id
        with pytest.raises(Withdrawn, match="上级"):
            restore_target(opened, child, by="王经理", today=today)
        assert restore_target(opened, parent.id, by="李经理", today=today) == 3
        assert len(children_of(opened, parent.id)) == 2
        assert [(row.rule, row.approver) for row in changes_of(opened, parent.id)] == [
            ("withdraw", "王经理"),
            ("restore", "李经理"),
        ]


def test_a_split_that_was_withdrawn_can_be_made_anew_but_not_doubled(engine: Engine) -> None:
    today = date(2026, 11, 10)
    with session(engine) as opened:
        parent = save_target(opened, NOVEMBER)
        first = save_split(opened, parent.id, Scope.TEAM, split_value(420, [("T1", 1, None)]), owners={})
        withdraw_target(opened, first[0].id, reason="重拆", by="王经理", today=today)
        save_split(opened, parent.id, Scope.TEAM, split_value(420, [("T2", 1, None)]), owners={})
        with pytest.raises(BadTarget, match="超过上级"):
            restore_target(opened, first[0].id, by="王经理", today=today)


def test_an_edit_is_checked_and_logged(engine: Engine) -> None:
    today = date(2026, 11, 10)
    with session(engine) as opened:
        row = save_target(opened, NOVEMBER)
        edit_target(
            opened, row.id, replace(NOVEMBER, value=500, owner="李"), reason="旺季", by="王经理", today=today
        )
        (change,) = changes_of(opened, row.id)
        assert (get_target(opened, row.id).value, change.before, change.after) == (500, 420, 500)
        assert change.inputs == {"value": ["420", "500"], "owner": ["王经理", "李"]}
        with pytest.raises(BadTarget, match="大于 0"):
            edit_target(opened, row.id, replace(NOVEMBER, value=0), reason="x", by="王", today=today)
        save_split(opened, row.id, Scope.TEAM, split_value(500, [("T1", 1, None)]), owners={})
        with pytest.raises(BadTarget, match="下级合计"):
            edit_target(opened, row.id, replace(NOVEMBER, value=600), reason="x", by="王", today=today)
        edit_target(
            opened, row.id, replace(NOVEMBER, value=500, owner="赵"), reason="换人", by="王", today=today
        )


def test_regions_stand_between_company_and_teams(settings, tmp_path: Path) -> None:
    """1001 and 1002 (T1) connect 12 and 6 a day, 1003 (T2) 5; October has 22 working days."""
    add_months(settings, tmp_path / "csv")
    today = date(2026, 10, 31)
    engine = open_database(settings.database_url)
    company = Target("connects", "次", 500, Scope.COMPANY, "", "王", date(2026, 10, 1), today, 0)
    north = replace(company, scope=Scope.REGION, scope_id="华北")
    with session(engine) as opened:
        assert levels_below(opened, Scope.COMPANY) == (Scope.TEAM,)
        set_region(opened, "T1", "华北")
        with pytest.raises(BadTarget, match="T2"):
            next_level(opened, company, before=today, to=Scope.REGION)
        set_region(opened, "T2", "华南")
        assert actual(opened, north, today=today) == 22 * 18
        rate = replace(north, metric="connect_rate", unit="比率", value=0.5)
        assert actual(opened, rate, today=today) == pytest.approx(18 / 40)
        level, members = next_level(opened, company, before=date(2026, 10, 31), weeks=1)
        assert (level, dict(members)) == (Scope.REGION, {"华北": 5 * 18, "华南": 5 * 5})
        assert [key for key, _ in next_level(opened, north, before=today)[1]] == ["T1"]
        rows = [save_target(opened, one) for one in (company, north, rate)]
        found = [(one.reached.actual, one.light) for one in standings(opened, rows, today=today)]
        assert found == [
            (22 * 23, Colour.GREEN),
            (22 * 18, Colour.RED),
            (pytest.approx(0.45), Colour.YELLOW),
        ]
        ends = [date(2026, 10, 2), date(2026, 10, 9), date(2026, 10, 31)]
        assert reached_by(opened, north, ends, today=date(2026, 10, 8)) == [36, 6 * 18, None]
    engine.dispose()
