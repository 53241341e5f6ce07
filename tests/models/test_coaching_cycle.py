"""From a finding to a verdict, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from models.coaching import (
    CoachingPlanRow,
    NoName,
    PlanState,
    WrongState,
    acknowledge,
    give,
    listens_of,
)
from models.coaching_cycle import check_plan, draft_for, find, measure, rated_trainings
from models.database import reading, session
from qa_engine.coaching.verdict import Outcome
from qa_engine.errors import NotFound
from tests.models.coached import ITEM, RUBRIC, TODAY, add_calls, add_centre


@pytest.fixture
def centre(engine):
    add_centre(engine)
    return engine


def _start(engine, *, started=TODAY) -> int:
    with session(engine) as opened:
        plan = CoachingPlanRow(
            agent_id="bad", rubric=RUBRIC, item_id=ITEM, owner="王组长", training="晨训", due_on=TODAY
        )
        give(plan)
        acknowledge(plan, name="坐席", today=started)
        opened.add(plan)
        opened.flush()
        assert plan.id is not None
        return plan.id


def _after(engine, reached: int, *, weeks: int = 2) -> None:
    for week in range(weeks):
        day = TODAY + timedelta(days=7 * week + 2)
        for at in range(12):
            add_calls(engine, f"p{at}", day, 10 + at * 3 // 4 + (at + week) % 2, 20)
        add_calls(engine, "bad", day, reached, 20)


def _check(engine, plan_id: int, *, days: int, reached: bool | None = None):
    with session(engine) as opened:
        for row in listens_of(opened, plan_id):
            row.reached = row.machine_reached if reached is None else reached
            opened.add(row)
        opened.flush()
        plan = opened.get(CoachingPlanRow, plan_id)
        return check_plan(opened, plan, today=TODAY + timedelta(days=days))


def test_the_finding_has_its_own_clip_a_model_clip_and_a_note_that_cites_it(centre) -> None:
    with reading(centre) as opened:
        assert list(find(opened, RUBRIC, today=TODAY)) == ["bad"]
        drafted = draft_for(opened, RUBRIC, "bad", ITEM, title="表明身份", today=TODAY)
    assert drafted.own.agent_id == "bad"
    assert drafted.model.agent_id.startswith("p")
    assert (drafted.own.clip.start_s, drafted.own.clip.end_s) == (12.0, 17.0)
    assert "00:12" in drafted.note.behaviour
    assert "80 通" in drafted.note.impact


def test_an_agent_without_a_finding_has_no_draft(centre) -> None:
    with reading(centre) as opened, pytest.raises(NotFound, match="没有这一项发现"):
        draft_for(opened, RUBRIC, "p1", ITEM, title="表明身份", today=TODAY)


def test_it_waits_for_its_time_then_for_the_listen_then_judges(centre) -> None:
    plan_id = _start(centre)
    _after(centre, 19)
    assert _check(centre, plan_id, days=13).waits_for == "time"
    assert _check(centre, plan_id, days=14).waits_for == "listen"
    with reading(centre) as opened:
        drawn = [row.call_id for row in listens_of(opened, plan_id)]
    assert len(set(drawn)) == 10
    done = _check(centre, plan_id, days=14)
    assert done.judgement.outcome is Outcome.RESOLVED
    assert done.next_plan_id is None
    with reading(centre) as opened:
        rated = rated_trainings(opened)
    assert [(one.training, one.plans, one.effect) for one in rated] == [("晨训", 1, None)]


def test_where_it_did_not_work_the_next_round_opens_by_itself(centre) -> None:
    plan_id = _start(centre)
    _after(centre, 6)
    _check(centre, plan_id, days=14)
    done = _check(centre, plan_id, days=14)
    assert done.judgement.outcome is Outcome.NOT_SEEN
    with reading(centre) as opened:
        following = opened.get(CoachingPlanRow, done.next_plan_id)
    assert (following.round, following.parent_id, following.state) == (2, plan_id, PlanState.DRAFT)


def test_people_who_hear_none_of_it_keep_it_from_being_resolved(centre) -> None:
    plan_id = _start(centre)
    _after(centre, 19)
    _check(centre, plan_id, days=14)
    assert _check(centre, plan_id, days=14, reached=False).judgement.outcome is Outcome.PARTLY


def test_too_few_calls_extend_the_time_once(centre) -> None:
    plan_id = _start(centre)
    add_calls(centre, "bad", TODAY, 5, 5)
    _check(centre, plan_id, days=14)
    assert _check(centre, plan_id, days=14).waits_for == "extended"
    assert _check(centre, plan_id, days=27).waits_for == "time"
    _check(centre, plan_id, days=28)
    assert _check(centre, plan_id, days=28).judgement.outcome is Outcome.TOO_FEW
    with reading(centre) as opened:
        assert opened.get(CoachingPlanRow, plan_id).state == PlanState.DONE


def test_others_who_are_coached_on_the_item_are_no_peers(centre) -> None:
    plan_id = _start(centre)
    _after(centre, 19)
    with session(centre) as opened:
        plan = opened.get(CoachingPlanRow, plan_id)
        assert len(measure(opened, plan).peers) == 12
        opened.add(
            CoachingPlanRow(
                agent_id="p1",
                rubric=RUBRIC,
                item_id=ITEM,
                owner="x",
                due_on=TODAY,
                state="running",
                started_on=TODAY,
            )
        )
        opened.flush()
        assert len(measure(opened, plan).peers) == 11


def test_steps_out_of_order_and_unsigned_are_refused(centre) -> None:
    with session(centre) as opened:
        plan = CoachingPlanRow(id=9, agent_id="bad", rubric=RUBRIC, item_id=ITEM, owner="x", due_on=TODAY)
        opened.add(plan)
        with pytest.raises(WrongState, match="确认"):
            acknowledge(plan, name="a", today=TODAY)
        give(plan)
        with pytest.raises(NoName):
            acknowledge(plan, name=" ", today=TODAY)
    with reading(centre) as opened:
        assert opened.exec(select(CoachingPlanRow.state)).all() == ["given"]


def test_without_recordings_nobody_is_waited_for(centre) -> None:
    plan_id = _start(centre)
    for week in range(2):
        day = TODAY + timedelta(days=7 * week + 2)
        for at in range(12):
            add_calls(centre, f"p{at}", day, 10 + at * 3 // 4 + (at + week) % 2, 20)
        add_calls(centre, "bad", day, 19, 20, recorded=False)
    with session(centre) as opened:
        found = check_plan(opened, opened.get(CoachingPlanRow, plan_id), today=TODAY + timedelta(days=15))
        assert listens_of(opened, plan_id) == []
    assert found.judgement.outcome is Outcome.RESOLVED
    assert "没有录音可供盲听" in found.judgement.reason
