"""Plans are judged and experiments counted by the worker, without anybody asking."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from models.clock import today_of
from models.coaching import CoachingPlanRow, PlanState, acknowledge, give, listens_of
from models.database import reading, session
from tests.models.coached import ITEM, RUBRIC, add_calls, add_centre
from workers.tools import Tools
from workers.verdicts import VerdictThread


def plan_without_effect(tools: Tools) -> int:
    """Six weeks ago `bad` was coached; nothing changed since."""
    start = today_of(tools.settings) - timedelta(days=42)
    add_centre(tools.engine, last=start)
    for week in (0, 1):
        day = start + timedelta(days=7 * week + 2)
        for at in range(12):
            add_calls(tools.engine, f"p{at}", day, 10 + at * 3 // 4 + (at + week) % 2, 20)
        add_calls(tools.engine, "bad", day, 6, 20)
    with session(tools.engine) as opened:
        plan = CoachingPlanRow(agent_id="bad", rubric=RUBRIC, item_id=ITEM, owner="王组长", due_on=start)
        give(plan)
        acknowledge(plan, name="坐席", today=start)
        opened.add(plan)
        opened.flush()
        assert plan.id is not None
        return plan.id


def plans(tools: Tools) -> list[CoachingPlanRow]:
    with reading(tools.engine) as opened:
        return list(opened.exec(select(CoachingPlanRow).order_by(CoachingPlanRow.id)))


def test_a_plan_whose_weeks_are_over_is_judged_and_the_next_round_opens(tools: Tools) -> None:
    plan_id = plan_without_effect(tools)
    VerdictThread(tools).tick()
    with session(tools.engine) as opened:
        sample = listens_of(opened, plan_id)
        assert len(sample) == 10
        for row in sample:
            row.reached = row.machine_reached
    VerdictThread(tools).tick()
    judged, following = plans(tools)
    assert (judged.state, judged.judged_on) == (PlanState.DONE, today_of(tools.settings))
    assert (following.agent_id, following.item_id, following.state) == ("bad", ITEM, PlanState.DRAFT)


def test_only_the_worker_with_the_duty_judges(tools: Tools) -> None:
    plan_id = plan_without_effect(tools)
    VerdictThread(tools).tick()
    with session(tools.engine) as opened:
        for row in listens_of(opened, plan_id):
            row.reached = row.machine_reached
    other = Tools(tools.settings, worker="other")
    VerdictThread(other).tick()
    other.engine.dispose()
    assert [plan.state for plan in plans(tools)] == [PlanState.RUNNING]
