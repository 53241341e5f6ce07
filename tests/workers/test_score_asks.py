"""The score stage hands in what a form asks for beside the call: earlier calls, and a language model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from models.database import reading, session
from models.evaluation import get_evaluations
from models.ingest import Handed, receive_transcript
from models.llm_answer import LlmAnswerRow
from models.stage_job import NewJob, Stage, enqueue
from models.storage import Storage
from tests.chat_server import ChatServer, chat_server
from tests.conftest import make_settings
from tests.workers.conftest import RUBRICS
from tests.workers.scene import jobs_of
from workers.runner import run_until_idle
from workers.tools import Tools

YES = '{"verdict": "yes", "quote": "手续费是百分之一"}'


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server(lambda _body: YES) as running:
        yield running


@pytest.fixture
def asking(tmp_path: Path, database_url: str, server: ChatServer) -> Iterator[Tools]:
    settings = make_settings(
        tmp_path,
        database_url,
        rubrics_dir=RUBRICS,
        rubrics="asking-form",
        llm_url=server.url,
        llm_model="tiny",
    )
    made = Tools(settings)
    yield made
    made.engine.dispose()


def take(tools: Tools, number: int, *, customer: str | None = "K1", refuses: bool = False) -> str:
    """A call on that day of November, through all stages."""
    last = "别再给我打电话了" if refuses else "好的"
    document = {
        "format": "callqa.transcript/1", "call_id": f"n-{number}", "duration_s": 12.0,
        "turns": [
            {"role": "agent", "start_s": 0.5, "end_s": 6.0, "text": "您好,我们的手续费是百分之一"},
            {"role": "customer", "start_s": 6.5, "end_s": 9.0, "text": last},
        ],
        "facts": {"customer_id": customer, "started_at": f"2026-11-{number:02}T10:00:00+08:00"},
    }  # fmt: skip
    receipt = receive_transcript(
        tools.engine,
        Storage(tools.settings.storage_url),
        settings=tools.settings,
        handed=Handed(source="test"),
        document=json.dumps(document).encode(),
    )
    run_until_idle(tools)
    return receipt.call_id


def verdicts(tools: Tools, call_id: str) -> dict[str, str]:
    with reading(tools.engine) as opened:
        (row,) = get_evaluations(opened, call_id)
    return {item["id"]: item["verdict"] for item in row.document["items"]}


def score_again(tools: Tools, call_id: str, version: str) -> None:
    """The score job once more, for the same transcript and facts."""
    sha = next(job.input_sha for job in jobs_of(tools.engine, call_id) if job.stage == Stage.SCORE)
    with session(tools.engine) as opened:
        assert enqueue(opened, NewJob(call_id, Stage.SCORE, sha, version))
    run_until_idle(tools)


def test_a_customer_who_refused_and_is_called_again(asking: Tools) -> None:
    first = take(asking, 1, refuses=True)
    again = take(asking, 5)
    stranger = take(asking, 6, customer="K2")
    assert verdicts(asking, first)["refused.again"] == "pass"  # nothing came before it
    assert verdicts(asking, again)["refused.again"] == "fail"
    assert verdicts(asking, stranger)["refused.again"] == "pass"


def test_without_a_customer_nobody_knows(asking: Tools) -> None:
    assert verdicts(asking, take(asking, 1, customer=None))["refused.again"] == "unknown"


def test_an_earlier_call_that_comes_in_late_changes_a_score_made_anew(asking: Tools) -> None:
    second = take(asking, 5)
    assert verdicts(asking, second)["refused.again"] == "pass"
    take(asking, 1, refuses=True)
    score_again(asking, second, "again")
    assert verdicts(asking, second)["refused.again"] == "fail"


def test_the_model_is_asked_once_and_pinned(asking: Tools, server: ChatServer) -> None:
    call_id = take(asking, 1)
    score_again(asking, call_id, "again")
    assert verdicts(asking, call_id)["fee.told"] == "pass"
    assert len(server.requests) == 1
    with reading(asking.engine) as opened:
        (answer,) = opened.exec(select(LlmAnswerRow)).all()
        (row,) = get_evaluations(opened, call_id, history=True)
    assert (answer.model, answer.verdict, answer.quote) == ("tiny", "yes", "手续费是百分之一")
    assert row.document["pins"]["llm"] == "tiny"


def test_a_model_that_was_away_leaves_an_unknown_and_is_asked_again(
    asking: Tools, server: ChatServer
) -> None:
    server.script = lambda _body: 503
    call_id = take(asking, 1)
    assert verdicts(asking, call_id)["fee.told"] == "unknown"
    server.script = lambda _body: YES
    later = Tools(asking.settings)
    score_again(later, call_id, "again")
    later.engine.dispose()
    assert verdicts(asking, call_id)["fee.told"] == "pass"


def test_the_model_is_part_of_what_scores_are_told_apart_by(asking: Tools) -> None:
    other = Tools(asking.settings.model_copy(update={"llm_model": "huge"}))
    changed = other.scoring_version
    other.engine.dispose()
    assert changed != asking.scoring_version
