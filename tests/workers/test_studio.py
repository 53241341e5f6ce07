"""A release in the studio → the next call is judged by it, in a worker that runs on; old evaluations replay byte for byte;
and a back-test of a draft says what would change."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from models.database import reading, session
from models.evaluation import EvaluationRow
from models.replay import Replayer, ReplayStatus
from models.rescore import ask_rescore
from models.stored_calls import Wanted
from models.studio import backtest as testing
from models.studio.backtest import (
    BackTestState,
    ask_backtest,
    get_backtest,
    next_backtest,
    run_backtest,
    stop_backtest,
)
from models.studio.draft import DraftRow, Origin, start_draft
from models.studio.publish import FILE, Wish, release_draft
from qa_engine.errors import Conflict
from tests.workers.scene import take_transcripts
from workers.runner import run_until_idle
from workers.tools import Tools

STRICT = ("any_of: [您好]", "any_of: [这句话没有坐席会说]")
EXAMPLE = ("坐席:您好", "坐席:这句话没有坐席会说")


def draft(tools: Tools) -> DraftRow:
    """A draft of the form in force whose first item hardly anybody passes."""
    with session(tools.engine) as opened:
        from models.studio.forms import forms_in

        text = forms_in(opened, tools.settings).text("short-form")
        return start_draft(opened, "short-form", Origin(text.replace(*STRICT).replace(*EXAMPLE)), by="王经理")


def release(tools: Tools, made: DraftRow) -> None:
    with session(tools.engine) as opened:
        wish = Wish(note="更严", by="王经理", in_force=FILE, revision=1)
        release_draft(opened, tools.settings, made.id, wish)


def evaluations(tools: Tools) -> list[EvaluationRow]:
    with reading(tools.engine) as opened:
        return list(opened.exec(select(EvaluationRow).order_by(col(EvaluationRow.id))).all())


def test_the_next_call_is_judged_by_the_release_and_the_old_score_replays(tools: Tools) -> None:
    first = take_transcripts(tools.engine, tools.settings, 1)
    run_until_idle(tools)
    release(tools, draft(tools))
    take_transcripts(tools.engine, tools.settings, 2)
    run_until_idle(tools)  # the same process: nothing was restarted
    before, after = evaluations(tools)
    assert (before.version, after.version) == (1, 2)
    assert before.rubric_sha256 != after.rubric_sha256
    with reading(tools.engine) as opened:
        replayer = Replayer(tools.settings)
        old, new = (replayer.replay(opened, row) for row in (before, after))
    assert (old.status, new.status) == (ReplayStatus.EQUAL, ReplayStatus.EQUAL)
    assert [changed.what for changed in old.changed] == ["rubric"]
    assert new.changed == ()
    assert first


def test_a_rescore_after_a_release_keeps_the_old_evaluation(tools: Tools) -> None:
    take_transcripts(tools.engine, tools.settings, 1)
    run_until_idle(tools)
    release(tools, draft(tools))
    assert ask_rescore(tools.engine, tools.plans(), Wanted()).asked == 1
    run_until_idle(tools)
    assert [(row.version, row.current) for row in evaluations(tools)] == [(1, False), (2, True)]


def test_a_back_test_compares_the_draft_on_stored_calls(tools: Tools) -> None:
    take_transcripts(tools.engine, tools.settings, 3)
    run_until_idle(tools)
    made = draft(tools)
    with session(tools.engine) as opened:
        asked = ask_backtest(opened, made.id, Wanted(), by="王经理")
    with session(tools.engine) as opened, pytest.raises(Conflict):
        ask_backtest(opened, made.id, Wanted(), by="王经理")
    with reading(tools.engine) as opened:
        assert next_backtest(opened) == asked.id
    assert run_backtest(tools.engine, tools.settings, asked.id) is BackTestState.DONE
    with reading(tools.engine) as opened:
        row = get_backtest(opened, asked.id)
        assert next_backtest(opened) is None
    assert (row.done, row.total) == (3, 3)
    assert row.report is not None
    assert row.report["compared"] == 3
    (greeting,) = [item for item in row.report["items"] if item["id"] == "opening.greeting"]
    assert greeting["changed"] == sum(
        one["calls"] for one in greeting["transitions"] if one["old"] != one["new"]
    )
    assert greeting["changed"] > 0
    assert all(example["call_id"] for example in greeting["examples"])


def test_a_stopped_back_test_keeps_what_it_found_and_a_lost_worker_leaves_it_to_another(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testing, "NOTED_EVERY", 1)
    take_transcripts(tools.engine, tools.settings, 3)
    run_until_idle(tools)
    made = draft(tools)
    with session(tools.engine) as opened:
        asked = ask_backtest(opened, made.id, Wanted(), by="王经理")
    assert (
        run_backtest(tools.engine, tools.settings, asked.id, may_go_on=lambda: False) is BackTestState.RUNNING
    )
    with reading(tools.engine) as opened:
        assert next_backtest(opened) == asked.id

    def stop() -> bool:
        with session(tools.engine) as writing:
            stop_backtest(writing, asked.id, made.id)
        return True

    assert run_backtest(tools.engine, tools.settings, asked.id, may_go_on=stop) is BackTestState.STOPPED
    with reading(tools.engine) as opened:
        row = get_backtest(opened, asked.id)
    assert row.report is not None
    assert (row.done, row.report["compared"]) == (1, 1)
