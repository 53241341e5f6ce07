"""Targets, their children, and the log of what moved them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import open_database, reading, session
from models.target import (
    AlreadySplit,
    CalendarDayRow,
    calibrate_target,
    changes_of,
    children_of,
    declare_rule,
    get_target,
    save_split,
    save_target,
    targets_on,
    work_calendar,
)
from models.target_figures import actual, funnel_stages, next_level, weekly_history
from qa_engine.targets.calibration import DeclaredRule, Rule, UndeclaredRule
from qa_engine.targets.split import split_value
from qa_engine.targets.target import BadTarget, Scope, Target
from tests.models.dialer import Dialer

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
