"""Reviews over HTTP: two people at once, totals by the engine, queues."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import select

from api.app import create_app
from api.cli.backtest import Sources, backtest
from models.database import reading, session
from models.evaluation import EvaluationRow
from models.snapshot import RubricSnapshotRow
from qa_engine.rubric.load import shipped_folder
from tests.api.conftest import Service
from tests.conftest import make_settings

_tokens = itertools.count()
Person = Callable[..., Response]


def token() -> str:
    return f"token-{next(_tokens):06d}"


@pytest.fixture
def reviewed(tmp_path: Path, filled: Service) -> Service:
    """A copy of the filled service, to be changed."""
    stored = sqlite3.connect(filled.settings.database_url.removeprefix("sqlite:///"))
    with stored, sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
        stored.backup(copy)
    settings = make_settings(tmp_path, f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    return Service(settings, TestClient(create_app(settings), raise_server_exceptions=False), filled.ids)


def evaluation_of(service: Service, name: str) -> EvaluationRow:
    with reading(service.http.app.state.services.engine) as opened:  # type: ignore[attr-defined]
        return opened.exec(
            select(EvaluationRow).where(EvaluationRow.call_id == service.ids[name], EvaluationRow.current)
        ).one()


def as_person(service: Service, name: str, base: str) -> Person:
    def ask(method: str, path: str = "", **body: Any) -> Response:
        return service.http.request(
            method, f"{base}{path}", json=body, headers={"Cookie": f"callqa_actor={quote(name)}"}
        )

    return ask


@pytest.fixture
def scene(reviewed: Service) -> tuple[Person, Person, EvaluationRow]:
    row = evaluation_of(reviewed, "ins-001")
    base = f"/api/v1/evaluations/{row.id}/review"
    return as_person(reviewed, "李娜", base), as_person(reviewed, "王强", base), row


def verdicts(row: EvaluationRow, *wanted: str) -> list[str]:
    return [item["id"] for item in row.document["items"] if item["verdict"] in wanted and item["weight"]]


def test_two_people_lose_nothing(scene: tuple[Person, Person, EvaluationRow]) -> None:
    na, qiang, row = scene
    first, second = verdicts(row, "pass")[:2]
    assert na("PUT", f"/items/{first}", verdict="fail", seen=0, token=token()).json()["version"] == 1
    both = qiang("PUT", f"/items/{second}", verdict="na", seen=0, token=token()).json()
    assert {(item["item_id"], item["verdict"], item["name"]) for item in both["items"]} == {
        (first, "fail", "李娜"),
        (second, "na", "王强"),
    }
    clash = qiang("PUT", f"/items/{first}", verdict="na", seen=0, token=token())
    assert (clash.status_code, clash.json()["error"]["code"]) == (409, "review_conflict")
    kept = qiang("PUT", f"/items/{first}", verdict="na", seen=1, token=token())
    assert kept.status_code == 200


def test_the_total_is_the_engines(scene: tuple[Person, Person, EvaluationRow]) -> None:
    na, _, row = scene
    begun = na("GET").json()
    assert begun["version"] == 0
    assert begun["human"] == begun["machine"] == {
        "score": row.score, "low": row.score_low, "high": row.score_high, "result": row.result,
    }  # fmt: skip
    deadly = next(item["id"] for item in row.document["items"] if item["auto_fail"] == "call")
    failed = na("PUT", f"/items/{deadly}", verdict="fail", seen=0, token=token()).json()
    assert (failed["human"]["score"], failed["human"]["result"]) == (0, "auto_fail")
    assert failed["machine"] == begun["machine"]
    undone = na("POST", "/undo", token=token()).json()
    assert undone["human"] == begun["machine"]
    assert not undone["can_undo"]


def test_a_form_that_was_not_kept_has_no_human_total_and_loses_no_verdict(reviewed: Service) -> None:
    row = evaluation_of(reviewed, "ins-001")
    with session(reviewed.http.app.state.services.engine) as opened:  # type: ignore[attr-defined]
        for kept in opened.exec(select(RubricSnapshotRow)).all():
            opened.delete(kept)
    na = as_person(reviewed, "李娜", f"/api/v1/evaluations/{row.id}/review")
    body = na("PUT", f"/items/{verdicts(row, 'pass')[0]}", verdict="fail", seen=0, token=token()).json()
    assert body["human"] is None
    assert body["items"][0]["verdict"] == "fail"


def test_submission_needs_reasons_and_is_closed_after(scene: tuple[Person, Person, EvaluationRow]) -> None:
    na, qiang, row = scene
    item = verdicts(row, "pass")[0]
    na("PUT", f"/items/{item}", verdict="fail", seen=0, token=token())
    bare = na("POST", "/submit", seen=1, token=token())
    assert (bare.status_code, bare.json()["error"]["code"]) == (422, "review_incomplete")
    assert item in bare.json()["error"]["message"]
    na("PUT", f"/items/{item}", verdict="fail", reason="misheard", note="听错", seen=1, token=token())
    done = na("POST", "/submit", seen=2, token=token()).json()
    assert (done["state"], done["submitted_by"]) == ("submitted", "李娜")
    late = qiang("PUT", f"/items/{item}", verdict="pass", seen=2, token=token())
    assert late.json()["error"]["code"] == "review_submitted"
    assert qiang("POST", "/reopen", token=token()).json()["state"] == "draft"


def test_without_a_name_nothing_is_changed(reviewed: Service) -> None:
    row = evaluation_of(reviewed, "ins-001")
    reply = as_person(reviewed, "", f"/api/v1/evaluations/{row.id}/review")("POST", "/undo", token=token())
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "no_name")


@pytest.mark.parametrize(
    "body",
    [
        {"verdict": "unknown", "seen": 0, "token": "token-000"},
        {"verdict": "maybe", "seen": 0, "token": "token-000"},
        {"verdict": "pass", "reason": "because", "seen": 0, "token": "token-000"},
        {"verdict": "pass", "seen": -1, "token": "token-000"},
        {"verdict": "pass", "seen": 0, "token": "short"},
        {"verdict": "pass", "note": "\0", "seen": 0, "token": "token-000"},
        {"verdict": "pass", "note": "x" * 2001, "seen": 0, "token": "token-000"},
    ],
)
def test_what_is_no_decision_is_refused(
    scene: tuple[Person, Person, EvaluationRow], body: dict[str, Any]
) -> None:
    na, _, row = scene
    assert na("PUT", f"/items/{verdicts(row, 'pass')[0]}", **body).status_code == 422


def test_who_is_on_the_call(scene: tuple[Person, Person, EvaluationRow]) -> None:
    na, qiang, _ = scene
    assert na("POST", "/here").json() == {"others": [], "version": 0, "holder": ""}
    assert qiang("POST", "/here", claim=True).json()["holder"] == ""
    assert na("POST", "/here", claim=True).json()["holder"] == "王强"
    assert qiang("POST", "/here").json()["others"] == ["李娜"]
    assert na("GET").json()["others"] == ["王强"]
    assert qiang("DELETE", "/here").status_code == 204
    assert na("POST", "/here").json()["others"] == []


def test_a_queue_is_worked_through(reviewed: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "api.routes.reviews.today_of", lambda _zone: date(2026, 11, 6)
    )  # when the calls were made
    na, qiang = (as_person(reviewed, name, "/api/v1/reviews") for name in ("李娜", "王强"))
    waiting = na("GET", "/flagged?team=T1").json()
    assert waiting["n"] == len(waiting["calls"])
    assert na("GET", "/flagged?agent=nobody").json()["n"] == 0
    taken = [person("POST", "/flagged/next?team=T1").json() for person in (na, qiang)]
    assert len({one["call"]["call_id"] for one in taken}) == 2
    assert taken[0]["address"].endswith("&queue=flagged&q_team=T1")
    evaluation = taken[0]["call"]["evaluation_id"]
    done = as_person(reviewed, "李娜", f"/api/v1/evaluations/{evaluation}/review")
    assert done("POST", "/submit", seen=0, token=token()).json()["state"] == "submitted"
    left = na("GET", "/flagged?team=T1").json()
    assert left["n"] == waiting["n"] - 1
    assert {call["holder"] for call in left["calls"]} >= {"王强"}
    assert done("DELETE", "/claim").status_code == 204
    assert na("POST", "/second/next").json() == {"call": None, "address": None}
    assert na("GET", "/nosuch").status_code == 422


def test_submitted_reviews_measure_a_new_form(
    reviewed: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = evaluation_of(reviewed, "ins-001")
    na = as_person(reviewed, "李娜", f"/api/v1/evaluations/{row.id}/review")
    na("PUT", "/items/opening.greeting", verdict="pass", seen=0, token=token())
    draft = tmp_path / "draft.yaml"
    text = (shipped_folder() / "telesales-standard.yaml").read_text("utf-8")
    draft.write_text(text.replace("version: 1\n", "version: 2\n", 1), "utf-8")

    def reviews() -> int:
        capsys.readouterr()
        assert backtest(reviewed.settings, str(draft), against=None, sources=Sources(), as_json=True) == 0
        document = json.loads(capsys.readouterr().out)
        items = {item["id"]: item for item in document["items"]}
        return int((items["opening.greeting"]["new_review"] or {"agreement": {"n": 0}})["agreement"]["n"])

    assert reviews() == 0  # a draft counts for nothing
    na("POST", "/submit", seen=1, token=token())
    assert reviews() == 1
