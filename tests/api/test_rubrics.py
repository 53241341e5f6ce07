"""Rubrics over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from qa_engine.rubric import shipped_rubrics
from tests.api.conftest import SHORT_FORM, Service
from tests.conftest import make_settings

URL = "/api/v1/rubrics"
SHORT = (SHORT_FORM / "short-form.yaml").read_text("utf-8")


def check(service: Service, text: str | bytes) -> dict[str, Any]:
    content = text.encode() if isinstance(text, str) else text
    reply = service.http.post(f"{URL}/check", content=content, headers={"content-type": "application/yaml"})
    assert reply.status_code == 200, reply.text
    document: dict[str, Any] = reply.json()
    return document


def test_every_shipped_rubric_is_listed_and_the_active_ones_marked(service: Service) -> None:
    listed = {line["id"]: line for line in service.http.get(URL).json()}
    assert set(listed) == set(shipped_rubrics())
    assert listed["telesales-standard"]["active"] is True
    assert listed["telesales-standard"]["items"] > 10
    assert all(line["problems"] == [] for line in listed.values())


def test_a_rubric_comes_parsed_and_as_its_very_text(service: Service) -> None:
    rubric = service.http.get(f"{URL}/telesales-standard").json()
    assert rubric["yaml"] == shipped_rubrics()["telesales-standard"].read_text("utf-8")
    assert rubric["parsed"]["rubric"] == "telesales-standard"
    assert len(rubric["sha256"]) == 64


@pytest.mark.parametrize(
    "rubric_id",
    ["nosuch", "..%2F..%2Fpyproject.toml", "%2Fetc%2Fpasswd", "objections", "telesales-standard.yaml"],
)
def test_an_address_opens_no_file(service: Service, rubric_id: str) -> None:
    reply = service.http.get(f"{URL}/{rubric_id}")
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")


def test_the_centres_own_rubrics_are_there_too_and_a_faulty_one_says_what_is_wrong(service: Service) -> None:
    from pathlib import Path

    from fastapi.testclient import TestClient

    from api.app import create_app

    folder = Path(service.settings.storage_url).parent / "rubrics"
    folder.mkdir()
    (folder / "own.yaml").write_text(SHORT.replace("short-form", "own"), "utf-8")
    (folder / "faulty.yaml").write_text(SHORT.replace("pass_when", "pas_when"), "utf-8")
    settings = make_settings(
        folder.parent, service.settings.database_url, rubrics_dir=folder, rubrics="own,telesales-standard"
    )
    with TestClient(create_app(settings)) as http:
        listed = {line["id"]: line for line in http.get(URL).json()}
        faulty = http.get(f"{URL}/faulty").json()
    assert (listed["own"]["active"], listed["own"]["title"]) == (True, "测试表")
    assert listed["faulty"]["problems"][0]["where"] == {
        "file": "faulty.yaml",
        "line": 14,
        "column": 9,
        "row": None,
    }
    assert "pass_when" in listed["faulty"]["problems"][0]["hint"]
    assert (faulty["parsed"], faulty["yaml"].count("pas_when")) == (None, 2)


def test_a_good_rubric_checks_out_with_its_examples(service: Service) -> None:
    report = check(service, SHORT)
    assert (report["ok"], report["problems"], report["rubric"]["id"]) == (True, [], "short-form")
    assert {(example["item"], example["expected"], example["ok"]) for example in report["examples"]} == {
        ("opening.greeting", "pass", True),
        ("opening.greeting", "fail", True),
        ("opening.insurer", "pass", True),
        ("opening.insurer", "fail", True),
    }


def test_an_example_that_fails_is_shown_with_its_place(service: Service) -> None:
    report = check(service, SHORT.replace('fail: ["坐席:喂"]', 'fail: ["坐席:您好,保险公司"]'))
    wrong = [example for example in report["examples"] if not example["ok"]]
    assert report["ok"] is False
    assert [(example["expected"], example["got"]) for example in wrong] == [("fail", "pass")] * 2
    assert all(example["where"]["line"] for example in wrong)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (SHORT.replace("weight: 50", "weight: 40", 1), "weights"),
        ("rubric: [", "bad_yaml"),
        ("a: &x [1]\nb: *x", "alias"),
        (b"\xff\xfe\x00", "bad_encoding"),
        ("just words", "not_a_rubric"),
        (" \n", "not_a_rubric"),
    ],
)
def test_a_faulty_rubric_is_an_answer_not_an_error(service: Service, text: str | bytes, code: str) -> None:
    report = check(service, text)
    assert report["ok"] is False
    assert code in {problem["code"] for problem in report["problems"]}
    assert all(problem["hint"] for problem in report["problems"])


def test_the_schema_is_there_for_editors(service: Service) -> None:
    assert service.http.get(f"{URL}/schema").json()["$schema"].startswith("https://json-schema.org/")
