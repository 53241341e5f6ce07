"""Day figures are recomputed from calls: twice, late or out of order gives the same."""

from __future__ import annotations

import threading
from datetime import date

from sqlalchemy import Engine
from sqlmodel import select

from models.agent import AgentRow
from models.analysis import ObjectionRow
from models.call import CallRow
from models.database import reading, session
from models.evaluation import save_evaluation
from models.rollup import RollupDayRow, RollupScoreRow, day_scores, roll_up
from qa_engine.scoring.evaluation import Result
from tests.models.builders import SHA, add_call, evaluation

DAY = date(2026, 11, 2)


def scored(engine: Engine, score: float | None, result: Result = Result.PASS) -> str:
    call_id = add_call(engine, agent_id="A1", campaign="ins", state="done", duration_s=60.0, talk_s=40.0)
    with session(engine) as opened:
        save_evaluation(opened, evaluation(call_id, score=score, result=result), input_sha=SHA, document={})
    return call_id


def agent(engine: Engine) -> None:
    with session(engine) as opened:
        opened.add(AgentRow(id="A1"))


def rolled(engine: Engine) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    with session(engine) as opened:
        roll_up(opened, DAY, "A1", "ins")
    with reading(engine) as opened:
        return (
            [row.model_dump() for row in opened.exec(select(RollupDayRow))],
            [row.model_dump() for row in opened.exec(select(RollupScoreRow))],
        )


def test_figures_of_a_cell(engine: Engine) -> None:
    agent(engine)
    first = scored(engine, 90.0)
    scored(engine, 0.0, Result.AUTO_FAIL)
    scored(engine, None, Result.NEEDS_REVIEW)
    add_call(engine, agent_id="A1", campaign="ins", state="no_conversation", duration_s=10.0)
    add_call(engine, agent_id="A1", campaign="ins", state="failed")  # not an ended call
    add_call(engine, agent_id="A1", campaign="other", state="done")  # another cell
    with session(engine) as opened:
        opened.add(ObjectionRow(call_id=first, type="price", turn=1, outcome="resolved"))
        opened.add(ObjectionRow(call_id=first, type="trust", turn=2, outcome="open"))
    days, scores = rolled(engine)
    key = {"day": DAY, "agent_id": "A1", "campaign": "ins"}
    assert days == [
        {
            **key,
            "calls": 4,
            "no_conversation": 1,
            "duration_s": 190.0,
            "talk_s": 120.0,
            "objections": 2,
            "resolved": 1,
        }
    ]
    assert scores == [
        {
            **key,
            "rubric": "form",
            "evaluated": 3,
            "scored": 2,
            "sum_score": 90.0,
            "passed": 1,
            "auto_fails": 1,
            "needs_review": 1,
        }
    ]
    with reading(engine) as opened:
        assert len(day_scores(opened, "form", first=DAY, last=DAY)) == 1
        assert day_scores(opened, "form", first=date(2026, 11, 3), last=date(2026, 11, 9)) == []


def test_twice_is_once(engine: Engine) -> None:
    agent(engine)
    scored(engine, 90.0)
    assert rolled(engine) == rolled(engine)


def test_an_emptied_cell_disappears(engine: Engine) -> None:
    agent(engine)
    call_id = scored(engine, 90.0)
    rolled(engine)
    with session(engine) as opened:
        opened.delete(opened.get_one(CallRow, call_id))
    assert rolled(engine) == ([], [])


def test_workers_on_one_cell_take_turns(engine: Engine) -> None:
    """Each ends a call and rolls up in one transaction; none may overwrite what the others saw."""
    agent(engine)
    calls = [scored(engine, 50.0) for _ in range(6)]
    with session(engine) as opened:
        for call_id in calls:
            opened.get_one(CallRow, call_id).state = "scoring"
    start = threading.Barrier(6)
    failures: list[BaseException] = []

    def end(call_id: str) -> None:
        try:
            start.wait()
            with session(engine) as opened:
                opened.get_one(CallRow, call_id).state = "done"
                opened.flush()
                roll_up(opened, DAY, "A1", "ins")
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=end, args=(call_id,)) for call_id in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with reading(engine) as opened:
        (row,) = opened.exec(select(RollupDayRow)).all()
    assert row.calls == 6
