"""The proof of an evaluation over HTTP."""

from __future__ import annotations

import pytest

from api.routes.bodies.results import ProofsBody
from tests.api.conftest import FILLED, Service

FORM = "telesales-standard"


def url(service: Service, name: str, rubric: str = FORM) -> str:
    return f"/api/v1/calls/{service.ids[name]}/evaluations/{rubric}/proof"


@pytest.mark.parametrize("name", FILLED)
def test_every_item_of_the_evaluation_is_proven(filled: Service, name: str) -> None:
    (evaluation,) = filled.http.get(f"/api/v1/calls/{filled.ids[name]}/evaluations").json()
    proofs = ProofsBody.model_validate(filled.http.get(url(filled, name)).json())
    assert proofs.is_equal
    assert [(item.id, item.verdict) for item in proofs.items] == [
        (item["id"], item["verdict"]) for item in evaluation["items"]
    ]


def test_one_item(filled: Service) -> None:
    reply = filled.http.get(url(filled, "ins-001"), params={"item": "opening.greeting"}).json()
    (item,) = reply["items"]
    (node,) = item["proof"]["children"]
    (says,) = node["children"]
    assert (item["id"], node["condition"], says["condition"]) == ("opening.greeting", "pass_when", "says")
    assert says["evidence"][0]["text"] == "您好"


@pytest.mark.parametrize(
    ("rubric", "item"), [("another", None), (FORM, "no.such_item")], ids=["unknown form", "unknown item"]
)
def test_what_is_not_there(filled: Service, rubric: str, item: str | None) -> None:
    reply = filled.http.get(url(filled, "ins-001", rubric), params={"item": item} if item else {})
    assert reply.status_code == 404
    assert reply.json()["error"]["hint"]
