"""The list of calls: filters, order, pages, and the values to choose from."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from models.agent import AgentRow, TeamRow
from models.analysis import ObjectionRow
from models.call_filter import CallFilter
from models.database import reading, session
from models.evaluation import save_evaluation
from models.queries import Sort, call_summary, facets, list_calls
from models.recording import RecordingRow
from qa_engine.scoring.evaluation import Result
from tests.models.builders import SHA, add_call, evaluation


@pytest.fixture
def calls(engine: Engine) -> Engine:
    """Three calls: `good` and `bad` are scored, `new` is not."""
    with session(engine) as opened:
        opened.add(AgentRow(id="A1", name="王芳"))
        opened.add(TeamRow(id="T1", name="一组"))
    add_call(
        engine,
        "good",
        agent_id="A1",
        team_id="T1",
        campaign="ins",
        external_id="X_1",
        state="done",
        duration_s=100.0,
        started_at=datetime(2026, 11, 3, tzinfo=UTC),
        day=date(2026, 11, 3),
    )
    add_call(
        engine,
        "bad",
        agent_id="A1",
        external_id="X%1",
        state="done",
        duration_s=20.0,
        started_at=datetime(2026, 11, 2, tzinfo=UTC),
    )
    add_call(engine, "new", started_at=datetime(2026, 11, 1, tzinfo=UTC), day=date(2026, 11, 1))
    with session(engine) as opened:
        opened.add(RecordingRow(call_id="good", audio_key="audio/aa/aa.wav", filename="第一通.wav"))
        save_evaluation(opened, evaluation("good", score=90.0), input_sha=SHA, document={})
        save_evaluation(
            opened, evaluation("bad", score=0.0, result=Result.AUTO_FAIL), input_sha=SHA, document={}
        )
        opened.add(ObjectionRow(call_id="good", type="price", turn=1, outcome="resolved"))
        opened.add(ObjectionRow(call_id="good", type="trust", turn=3, outcome="open"))
    return engine


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (CallFilter(), {"good", "bad", "new"}),
        (CallFilter(agent_id="A1"), {"good", "bad"}),
        (CallFilter(agent_id="A1", campaign="ins"), {"good"}),
        (CallFilter(team_id="T1"), {"good"}),
        (CallFilter(state="received"), {"new"}),
        (CallFilter(first_day=date(2026, 11, 2), last_day=date(2026, 11, 2)), {"bad"}),
        (CallFilter(result="auto_fail"), {"bad"}),
        (CallFilter(min_score=50), {"good"}),
        (CallFilter(max_score=50), {"bad"}),  # a call without score is neither above nor below
        (CallFilter(rubric="other"), {"good", "bad", "new"}),  # all are shown, without scores
        (CallFilter(rubric="other", result="pass"), set()),
        (CallFilter(item="opening.identity", verdict="pass"), {"good", "bad"}),
        (CallFilter(item="opening.identity", verdict="fail"), set()),
        (CallFilter(objection="price"), {"good"}),
        (CallFilter(objection="price", outcome="open"), set()),  # both must hold of one objection
        (CallFilter(min_duration_s=50), {"good"}),
        (CallFilter(text="王"), {"good", "bad"}),
        (CallFilter(text="第一通"), {"good"}),
        (CallFilter(text="x_1"), {"good"}),  # _ and % are letters, not wildcards
        (CallFilter(text="%"), {"bad"}),
    ],
)
def test_filters(calls: Engine, wanted: CallFilter, found: set[str]) -> None:
    with reading(calls) as opened:
        page = list_calls(opened, wanted)
    assert {call.id for call in page.calls} == found
    assert page.total == len(found)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.NEWEST, ["good", "bad", "new"]),
        (Sort.OLDEST, ["new", "bad", "good"]),
        (Sort.SCORE_LOW, ["bad", "good", "new"]),  # unknown scores come last, whichever way
        (Sort.SCORE_HIGH, ["good", "bad", "new"]),
        (Sort.LONGEST, ["good", "bad", "new"]),
        (Sort.SHORTEST, ["bad", "good", "new"]),
    ],
)
def test_orders(calls: Engine, sort: Sort, order: list[str]) -> None:
    with reading(calls) as opened:
        assert [call.id for call in list_calls(opened, sort=sort).calls] == order


def test_pages_do_not_overlap(calls: Engine) -> None:
    with reading(calls) as opened:
        pages = [list_calls(opened, page=number, size=2) for number in (1, 2, 3)]
    assert [[call.id for call in page.calls] for page in pages] == [["good", "bad"], ["new"], []]
    assert {page.total for page in pages} == {3}


def test_a_line_shows_names_score_and_objections(calls: Engine) -> None:
    with reading(calls) as opened:
        line = call_summary(opened, "good", rubric="form")
        assert line == list_calls(opened).calls[0]
        assert call_summary(opened, "nothing") is None
    assert line is not None
    assert (line.agent_name, line.team_name, line.filename, line.has_audio) == (
        "王芳",
        "一组",
        "第一通.wav",
        True,
    )
    assert (line.score, line.score_low, line.score_high, line.result) == (90.0, 70.0, 90.0, "pass")
    assert (line.objections, line.objections_resolved) == (2, 1)


def test_choices_are_values_that_occur(calls: Engine) -> None:
    with reading(calls) as opened:
        choices = facets(opened)
    assert choices.agents == (("A1", "王芳"),)
    assert choices.campaigns == ("ins",)
    assert choices.states == ("done", "received")
    assert choices.items == ("closing.thanks", "opening.identity")
    assert choices.objections == ("price", "trust")
