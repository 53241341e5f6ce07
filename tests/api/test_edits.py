"""A person corrects what the recogniser wrote: the call is judged again, the original and people's verdicts stay."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from httpx import Response
from sqlmodel import select

from api.pages.views.privacy import unmasked
from models.database import reading
from models.evaluation import EvaluationRow
from models.replay import Replayer, ReplayStatus
from models.review import ReviewRow
from models.transcript import TranscriptVersionRow
from models.transcript_edit import TranscriptEditRow
from tests.api.conftest import CALLS, Service

ITEM = "opening.recording_notice"
TURN = 3
HEARD = "张先生，打扰您两三分钟，现在说话方便吗？另外跟您说一声，本次通话会留言。"
SAID = HEARD.replace("留言", "录音")


@pytest.fixture
def service(service_on_each: Service) -> Service:
    """A call in which 录音 was misheard, scored."""
    document = json.loads((CALLS / "ins-001" / "transcript.json").read_text("utf-8"))
    assert document["turns"][TURN]["text"] == SAID
    document["turns"][TURN]["text"] = HEARD
    reply = service_on_each.http.post(
        "/api/v1/calls",
        data={
            "external_id": "ins-001",
            "agent_id": "A1",
            "agent_name": "李晓梅",
            "team_id": "T1",
            "agent_channel": "0",
        },
        files={
            "file": ("ins-001.opus", (CALLS / "ins-001" / "audio.opus").read_bytes()),
            "transcript": ("t.json", json.dumps(document, ensure_ascii=False).encode()),
        },
    )
    assert reply.status_code == 201, reply.text
    service_on_each.ids["ins-001"] = reply.json()["call_id"]
    service_on_each.work()
    return service_on_each


def put(service: Service, before: str, after: str, *, turn: int = TURN, name: str = "李娜") -> Response:
    return service.http.put(
        f"/api/v1/calls/{service.ids['ins-001']}/transcript/turns/{turn}",
        json={"before": before, "after": after},
        headers={"Cookie": f"callqa_actor={quote(name)}"},
    )


def verdict(service: Service) -> str:
    (document,) = service.http.get(f"/api/v1/calls/{service.ids['ins-001']}/evaluations").json()
    return next(str(item["verdict"]) for item in document["items"] if item["id"] == ITEM)


def evaluation_id(service: Service) -> int:
    with reading(service.http.app.state.services.engine) as opened:  # type: ignore[attr-defined]
        row = opened.exec(select(EvaluationRow).where(EvaluationRow.current)).one()
        assert row.id is not None
        return row.id


def review(service: Service, evaluation: int, method: str, path: str = "", **body: Any) -> dict[str, Any]:
    reply = service.http.request(
        method,
        f"/api/v1/evaluations/{evaluation}/review{path}",
        json=body,
        headers={"Cookie": f"callqa_actor={quote('李娜')}"},
    )
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def test_a_corrected_word_changes_only_what_hangs_on_it_and_can_be_taken_back(service: Service) -> None:
    assert verdict(service) == "fail"
    first = evaluation_id(service)
    (form,) = put(service, HEARD, SAID).json()["forms"]
    assert [(item["item_id"], item["before"], item["after"]) for item in form["items"]] == [
        (ITEM, "fail", "pass")
    ]
    assert form["score_after"] > form["score_before"]
    assert verdict(service) == "pass"
    with reading(service.http.app.state.services.engine) as opened:  # type: ignore[attr-defined]
        assert len(opened.exec(select(TranscriptVersionRow)).all()) == 1  # the original is kept
        (edit,) = opened.exec(select(TranscriptEditRow)).all()
        assert (edit.before, edit.after, edit.name) == (HEARD, SAID, "李娜")
        rows = opened.exec(select(EvaluationRow)).all()
        replayed = [Replayer(service.settings).replay(opened, row).status for row in rows]
    assert replayed == [ReplayStatus.EQUAL] * 2  # old and new come out of what they pin
    put(service, SAID, HEARD)
    assert verdict(service) == "fail"
    assert evaluation_id(service) != first  # a person has heard it: the recogniser's doubt is gone


def test_what_people_decided_moves_along(service: Service) -> None:
    before = evaluation_id(service)
    kept = review(
        service,
        before,
        "PUT",
        "/items/opening.greeting",
        verdict="fail",
        reason="misheard",
        seen=0,
        token="token-00001",
    )
    put(service, HEARD, SAID)
    after = review(service, before, "GET")  # asked for under the old number, by a page opened before
    assert after["evaluation_id"] == evaluation_id(service) != before
    assert [item["verdict"] for item in after["items"]] == ["fail"]
    assert after["human"]["score"] > kept["human"]["score"]  # the notice counts now
    review(service, before, "PUT", f"/items/{ITEM}", verdict="pass", seen=0, token="token-00002")
    with reading(service.http.app.state.services.engine) as opened:  # type: ignore[attr-defined]
        assert len(opened.exec(select(ReviewRow)).all()) == 1


def test_a_turn_that_was_changed_meanwhile_is_not_overwritten(service: Service) -> None:
    put(service, HEARD, SAID)
    late = put(service, HEARD, "别的")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "turn_changed")


@pytest.mark.parametrize(
    ("turn", "after", "status"),
    [(3, "", 422), (3, "   ", 422), (3, "长" * 5001, 422), (999, "有", 404), (-1, "有", 422)],
)
def test_what_is_no_correction_is_refused(service: Service, turn: int, after: str, status: int) -> None:
    assert put(service, HEARD, after, turn=turn).status_code == status


def test_a_correction_is_signed(service: Service) -> None:
    assert put(service, HEARD, SAID, name="").json()["error"]["code"] == "no_name"


@pytest.mark.parametrize(
    ("edited", "whole"),
    [
        ("我是▇▇,您好", "我是张三,您好"),
        ("您好,我是▇▇", "您好,我是张三"),
        ("我是▇,您好", None),  # a block cannot be edited
        ("我是王五,您好", None),
        ("▇▇▇▇我是", None),
    ],
)
def test_what_is_hidden_is_put_back(edited: str, whole: str | None) -> None:
    assert unmasked(edited, "我是▇▇,你好", "我是张三,你好") == whole
