"""The studio over HTTP: who may write and who may release, two writers, the pages without scripts, an import."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlmodel import select

from api.app import create_app
from api.routes.drafts import without_words
from models.access.accounts import AccountRow, AuditRow
from models.access.roles import Role
from models.database import open_database, reading, session
from models.settings import Settings
from tests.api.conftest import SHORT_FORM
from tests.api.test_access import PASSWORD, hashed
from tests.conftest import make_settings

FORM = (SHORT_FORM / "short-form.yaml").read_text("utf-8")
LATER = FORM.replace("any_of: [您好]", "any_of: [您好, 你好]")
DRAFTS = "/api/v1/drafts"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def own(tmp_path: Path, sqlite_url: str) -> Settings:
    (tmp_path / "rubrics").mkdir()
    (tmp_path / "rubrics/short-form.yaml").write_text(FORM, "utf-8")
    return make_settings(tmp_path, sqlite_url, rubrics_dir=tmp_path / "rubrics", rubrics="short-form")


@pytest.fixture
def http(own: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(own), raise_server_exceptions=False) as opened:
        yield opened


def start(http: TestClient, text: str = LATER) -> dict[str, Any]:
    reply = http.post(DRAFTS, json={"rubric": "short-form", "text": text, "by": "王经理"})
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


def test_reviewers_write_and_managers_release(own: Settings) -> None:
    engine = open_database(own.database_url)
    with session(engine) as opened:
        for role in Role:
            opened.add(
                AccountRow(login=role.value, name=f"某{role.value}", role=role.value, password=hashed())
            )
    app = create_app(own)
    clients = {role: TestClient(app, raise_server_exceptions=False) for role in Role}
    for role, client in clients.items():
        client.post("/sign-in", data={"login": role.value, "password": PASSWORD})
    writers = {Role.REVIEWER, Role.QA_MANAGER, Role.ADMIN}
    for role, client in clients.items():
        reply = client.post(DRAFTS, json={"rubric": "short-form", "by": "冒名"})
        assert reply.status_code == (201 if role in writers else 403), role
        assert client.get("/studio", headers=PAGE).status_code == (200 if role in writers else 403)
    made = start(clients[Role.REVIEWER])
    assert made["created_by"] == "某qa_reviewer"  # who is signed in, whatever the request says
    wish = {"note": "放宽", "revision": 1, "in_force": "file"}
    address = f"{DRAFTS}/{made['id']}/release"
    page = clients[Role.REVIEWER].get(f"/studio/drafts/{made['id']}/release", headers=PAGE).text
    assert "质检经理" in page
    assert clients[Role.REVIEWER].post(address, json=wish).status_code == 403
    released = clients[Role.QA_MANAGER].post(address, json=wish)
    assert (released.status_code, released.json()["version"]) == (201, 2)
    back = "/api/v1/rubrics/short-form/releases/file/restore"
    again = {"note": "退回", "in_force": str(released.json()["id"])}
    assert clients[Role.REVIEWER].post(back, json=again).status_code == 403
    assert clients[Role.ADMIN].post(back, json=again).status_code == 201
    with reading(engine) as opened:
        did = {(row.who, row.did) for row in opened.exec(select(AuditRow)).all()}
    assert ("qa_manager", "POST") in did or any(who == "qa_manager" and "POST" in what for who, what in did)
    engine.dispose()
    app.state.services.engine.dispose()


def test_a_second_writer_is_told_and_overwrites_nothing(http: TestClient) -> None:
    made = start(http)
    address = f"{DRAFTS}/{made['id']}"
    saved = http.put(address, json={"text": LATER + "# 甲\n", "revision": 1, "by": "甲"})
    assert saved.json()["revision"] == 2
    late = http.put(address, json={"text": LATER + "# 乙\n", "revision": 1, "by": "乙"})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "draft_conflict")
    assert http.get(address).json()["text"].endswith("# 甲\n")
    page = http.post(
        f"/studio/drafts/{made['id']}", data={"text": LATER + "# 乙\n", "revision": "1"}, headers=PAGE
    )
    shown = BeautifulSoup(page.text, "html.parser")
    assert page.status_code == 409
    assert "# 乙" in shown.select_one("#text").text
    assert "# 甲" in shown.select_one(".text-diff .is-removed").text
    assert shown.select_one('input[name="revision"]')["value"] == "2"


def test_without_scripts_a_form_is_checked_tried_and_released(http: TestClient) -> None:
    begun = http.post("/studio/drafts", data={"source": "short-form", "by_name": "王经理"}, headers=PAGE)
    draft = begun.url.path
    faulty = http.post(
        draft, data={"text": LATER.replace("pass_when", "pas_when"), "revision": "1"}, headers=PAGE
    )
    assert "pass_when" in BeautifulSoup(faulty.text, "html.parser").select_one(".faults").get_text()
    refused = http.get(f"{draft}/release", headers=PAGE)
    assert BeautifulSoup(refused.text, "html.parser").select_one(".release-form") is None
    http.post(draft, data={"text": LATER, "revision": "2"}, headers=PAGE)
    tried = http.post(f"{draft}/try", data={"by": "lines", "lines": "坐席:你好\n客户:嗯"}, headers=PAGE)
    row = BeautifulSoup(tried.text, "html.parser").select_one(".try-items .is-changed")
    assert [cell.get_text(strip=True) for cell in row.select(".verdict")] == ["符合", "不符合"]
    form = BeautifulSoup(http.get(f"{draft}/release", headers=PAGE).text, "html.parser").select_one(
        ".release-form"
    )
    hidden = {field["name"]: field["value"] for field in form.select('input[type="hidden"]')}
    empty = http.post(f"{draft}/release", data={**hidden, "note": " ", "scores_calls": "true"}, headers=PAGE)
    assert (empty.status_code, "发布说明" in empty.text) == (422, True)
    done = http.post(
        f"{draft}/release", data={**hidden, "note": "也认“你好”", "scores_calls": "true"}, headers=PAGE
    )
    assert done.url.path == "/rubrics/short-form/versions"
    assert "也认“你好”" in BeautifulSoup(done.text, "html.parser").select_one(".is-in-force").get_text()
    assert http.get("/api/v1/rubrics/short-form").json()["version"] == 2
    release = http.get("/api/v1/rubrics/short-form/releases").json()[0]["id"]
    compared = http.get(f"/rubrics/short-form/compare?old=file&new={release}", headers=PAGE).text
    assert "+你好" in BeautifulSoup(compared, "html.parser").select_one(".meaning").get_text()
    file = http.get(f"/rubrics/short-form/releases/{release}/form.yaml")
    assert (file.status_code, "version: 2" in file.text) == (200, True)


def test_a_spreadsheet_becomes_a_draft(http: TestClient) -> None:
    table = "评分项,评分标准,分值\n问候,开场说您好,50\n禁语,不得说“随便”,50\n".encode()
    made = http.post(
        "/studio/import", files={"file": ("评分表.csv", table)}, data={"rubric": "own-form"}, headers=PAGE
    )
    text = BeautifulSoup(made.text, "html.parser").select_one("#text").text
    assert "rubric: own-form" in text
    refused = http.post(
        "/studio/import", files={"file": ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")}, headers=PAGE
    )
    assert (refused.status_code, ".xlsx" in refused.text) == (422, True)


def test_a_report_can_name_its_calls_without_their_words() -> None:
    report = {"items": [{"id": "a", "examples": [{"call_id": "c1", "words": "您好"}]}], "compared": 1}
    assert without_words(report) == {
        "items": [{"id": "a", "examples": [{"call_id": "c1", "words": ""}]}],
        "compared": 1,
    }


def test_a_form_on_trial_is_said_to_decide_nothing_before_it_is_released(http: TestClient) -> None:
    made = start(http, LATER.replace("status: active", "status: trial"))
    assert "试行" in http.get(f"/studio/drafts/{made['id']}/release", headers=PAGE).text


def test_what_may_stand_at_a_place_is_offered(http: TestClient) -> None:
    text = FORM.replace(
        "says: {by: agent, any_of: [保险]}", "says: {by: agent, any_of: [保险], within: {fi}}"
    )
    line = next(number for number, one in enumerate(text.split("\n"), 1) if "{fi}" in one)
    column = text.split("\n")[line - 1].index("{fi}") + 4
    reply = http.post("/api/v1/rubrics/complete", json={"text": text, "line": line, "column": column})
    found = reply.json()
    assert found["path"] == "sections.items.pass_when.says.within"
    assert [option["label"] for option in found["options"]][:2] == ["first_s", "last_s"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/studio/drafts/%00", None),
        ("GET", "/rubrics/short-form/compare?old=9999999999999999999999&new=file", None),
        ("GET", "/rubrics/short-form/compare?old=a&new=b", None),
        ("GET", "/rubrics/short-form/releases/1/form.yaml", None),
        ("GET", "/rubrics/%2Fetc%2Fpasswd/versions", None),
        ("POST", DRAFTS, b'{"rubric": "ok", "text": "\\ud800"}'),
        ("POST", DRAFTS, {"rubric": "../x", "text": "a"}),
        ("POST", DRAFTS, {"rubric": "ok", "text": "\u0000"}),
        ("POST", "/studio/drafts", "source=%2Fetc%2Fpasswd"),
        ("POST", "/studio/drafts", "source=short-form&release=999999999999999999999"),
    ],
)
def test_hostile_values_are_refused(http: TestClient, method: str, path: str, body: Any) -> None:
    if isinstance(body, str | bytes):
        kind = "application/json" if isinstance(body, bytes) else "application/x-www-form-urlencoded"
        reply = http.request(method, path, content=body, headers={"content-type": kind})
    else:
        reply = http.request(method, path, json=body)
    assert 400 <= reply.status_code < 500, reply.text[:300]
