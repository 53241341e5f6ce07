"""The main job over HTTP with real processes: sound in, Whisper in a worker, an evidence-backed score out."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import open_database, reading
from models.evaluation import EvaluationRow
from models.settings import Settings
from models.stage_job import JobState, Queue
from tests.conftest import RABBITMQ_URL, REDIS_URL, make_settings
from tests.processes import callqa, kill_in_the_middle, serving
from tests.workers.scene import CALLS, jobs_of, wait_for
from workers.app import is_embedded, make_app, queue_name

NAME = "ins-006"  # asks not to be called again, and is talked on
URL = "/api/v1/calls"
BROKERS = [
    pytest.param("memory://", id="memory"),
    pytest.param(REDIS_URL, id="redis", marks=pytest.mark.redis),
    pytest.param(RABBITMQ_URL, id="rabbitmq", marks=pytest.mark.rabbitmq),
]


@pytest.fixture(params=BROKERS)
def broker_settings(request: pytest.FixtureRequest, tmp_path: Path, sqlite_url: str) -> Iterator[Settings]:
    """An installation on each kind of broker; its queues are its own and gone afterwards."""
    prefix = f"callqa-test-{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]}"
    made = make_settings(
        tmp_path, sqlite_url, broker_url=request.param, queue_prefix=prefix, lease_s=3.0, republish_s=2.0
    )
    yield made
    if not is_embedded(made):
        with make_app(made).connection_for_write() as connection:
            for queue in Queue:
                connection.default_channel.queue_delete(queue_name(made, queue))


@contextmanager
def running(settings: Settings, folder: Path) -> Iterator[tuple[httpx.Client, ExitStack]]:
    """The service as an operator starts it: with a broker, workers are a command of their own."""
    with ExitStack() as stack:
        service, address = stack.enter_context(serving(settings, log=folder / "serve.log"))
        stack.callback(service.stop)
        if not is_embedded(settings):
            worker = stack.enter_context(callqa(settings, "worker", log=folder / "worker.log"))
            stack.callback(worker.stop)
        yield stack.enter_context(httpx.Client(base_url=address, timeout=30, trust_env=False)), stack


def facts() -> dict[str, str]:
    with (CALLS / "calls.csv").open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["call_id"] == NAME)
    return {key: value for key, value in row.items() if key not in {"file", "call_id"}}


def hand_in(http: httpx.Client, external_id: str = NAME, name: str = NAME) -> httpx.Response:
    sound = (CALLS / name / "audio.opus").read_bytes()
    data = {
        **facts(),
        "external_id": external_id,
        "source": "dialer",
        "sha256": hashlib.sha256(sound).hexdigest(),
    }
    return http.post(URL, data=data, files={"file": (f"{name}.opus", sound)})


def scored(http: httpx.Client, url: str) -> dict[str, Any]:
    """The call's evaluation, once there is one."""
    wait_for(lambda: http.get(url).json()["state"] in {"done", "failed"}, what="the call to end")
    assert http.get(url).json()["state"] == "done", http.get(url).json()
    (evaluation,) = http.get(f"{url}/evaluations").json()
    return dict(evaluation)


def evaluations(engine: Engine) -> list[EvaluationRow]:
    with reading(engine) as opened:
        return list(opened.exec(select(EvaluationRow)))


@pytest.mark.slow
def test_sound_handed_in_over_http_is_heard_and_scored_by_a_worker_process(
    broker_settings: Settings, tmp_path: Path
) -> None:
    with running(broker_settings, tmp_path) as (http, _):
        receipt = hand_in(http)
        assert receipt.status_code == 201, receipt.text
        url = receipt.json()["url"]
        evaluation = scored(http, url)
        again = hand_in(http)
        other = hand_in(http, name="ins-009")
        transcript = http.get(f"{url}/transcript").json()
        part = http.get(f"{url}/audio", headers={"Range": "bytes=0-99"})

    # heard by Whisper from the sound: nothing but the sound was handed in
    said = "".join(line["text"] for line in transcript["turns"])
    assert transcript["engine"]["model"] == "demo"
    assert "别再" in said
    # judged with evidence down to the millisecond
    items = {item["id"]: item for item in evaluation["items"]}
    refusal = items["compliance.respects_refusal"]
    assert evaluation["result"] == "auto_fail"
    assert refusal["verdict"] == "fail"
    assert refusal["evidence"]
    for item in items.values():
        assert item["evidence"] or item["reason"], item
        for evidence in item["evidence"]:
            if evidence.get("turn") is not None:
                assert evidence["text"] in transcript["turns"][evidence["turn"]]["text"]
    # the promises of the door
    assert (again.status_code, again.json()["call_id"]) == (200, receipt.json()["call_id"])
    assert (other.status_code, other.json()["error"]["code"]) == (409, "other_content")
    assert (part.status_code, len(part.content)) == (206, 100)


@pytest.mark.slow
def test_a_killed_worker_of_a_broker_loses_nothing(broker_settings: Settings, tmp_path: Path) -> None:
    engine = open_database(broker_settings.database_url)
    with running(broker_settings, tmp_path) as (http, _):
        url = hand_in(http).json()["url"]
        struck = kill_in_the_middle(engine, "transcribe")
        scored(http, url)
    jobs = jobs_of(engine)
    assert {job.state for job in jobs} == {JobState.DONE}
    assert {job.id for job in jobs if job.lost} == {struck.id}
    assert len(evaluations(engine)) == 1
    engine.dispose()
