"""Appeals and comments over HTTP: totals by the engine, who may do what, whose rows they see."""

from __future__ import annotations

import csv
import io
import itertools

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from models.access.roles import Role
from models.database import session
from models.evaluation import EvaluationRow
from qa_engine.quality.mentions import mentioned
from tests.api.conftest import Service
from tests.api.test_access import Site
from tests.api.test_reviews import as_person, evaluation_of, reviewed, verdicts  # noqa: F401 (a fixture)
from tests.models.reviewed import add_scored

_tokens = itertools.count()
FILING = {"item_id": "a.price", "wanted": "pass", "reason": "other_words", "text": "我报过价"}


def token() -> str:
    return f"appeal-{next(_tokens):06d}"


@pytest.fixture
def site(settings) -> Site:
    made = Site(settings)
    made.add_everybody()
    return made


@pytest.fixture
def evaluations(site: Site) -> tuple[int, int]:
    """One of the agent's own, one of another team."""
    from models.clock import today_of

    day = today_of(site.settings)
    return (
        add_scored(site.engine, "mine", agent="1001", team_id="TEAM1", day=day, result="fail"),
        add_scored(site.engine, "other", agent="1003", team_id="TEAM2", day=day, result="fail"),
    )


def file(client: TestClient, evaluation: int, **changes: object):
    body = FILING | {"token": token()} | changes
    return client.post(f"/api/v1/evaluations/{evaluation}/appeals", json=body)


def step(client: TestClient, appeal: int, act: str, seen: int, **more: object):
    body = {"act": act, "seen": seen, "token": token(), **more}
    return client.post(f"/api/v1/appeals/{appeal}/steps", json=body)


def test_the_score_follows_an_overturned_verdict(reviewed: Service) -> None:  # noqa: F811
    row = evaluation_of(reviewed, "tel-003")
    (item,) = verdicts(row, "fail")[:1]
    agent, qa = (as_person(reviewed, name, "/api/v1") for name in ("刘洋", "李娜"))
    made = agent(
        "POST", f"/evaluations/{row.id}/appeals", item_id=item, wanted="pass", reason="misheard", text="说了",
        evidence=None, token=token(),
    )  # fmt: skip
    assert made.status_code == 201, made.text
    appeal = made.json()
    assert (appeal["state"], appeal["step"], appeal["score_before"]) == ("open", "lead", row.score)
    passed = as_person(reviewed, "陈班长", "/api/v1")(
        "POST", f"/appeals/{appeal['id']}/steps", act="support", seen=0, token=token()
    )
    assert passed.json()["step"] == "qa"
    done = qa(
        "POST", f"/appeals/{appeal['id']}/steps", act="overturn", verdict="pass", reason="misheard", seen=1,
        token=token(),
    ).json()  # fmt: skip
    assert (done["state"], done["verdict"]) == ("overturned", "pass")
    assert done["score_after"] > done["score_before"]
    with session(reviewed.http.app.state.services.engine) as opened:  # type: ignore[attr-defined]
        machine = opened.get_one(EvaluationRow, row.id)
        assert machine.score == row.score  # the machine's own is what it was
    statistics = qa("GET", "/appeals/statistics").json()
    assert (statistics["rate"]["hits"], statistics["rate"]["n"]) == (1, 1)
    table = qa("GET", "/appeals/statistics")  # the same figures as a file
    assert table.status_code == 200
    lines = list(csv.reader(io.StringIO(reviewed.http.get("/appeals.csv").content.decode("utf-8-sig"))))
    assert lines[0][:2] == ["grouping", "key"]
    assert [line[:5] for line in lines if line[0] == "item"] == [
        ["item", f"telesales-standard/{item}", "1", "1", "1"]
    ]


def test_an_agent_contests_own_scores_alone(site: Site, evaluations: tuple[int, int]) -> None:
    agent = site.client(Role.AGENT.value)
    assert file(agent, evaluations[1]).status_code == 404
    made = file(agent, evaluations[0])
    assert made.status_code == 201
    appeal = made.json()
    assert appeal["filed_by"] == "某agent"
    assert appeal["may"] == ["withdraw"]
    assert file(agent, evaluations[0]).json()["error"]["code"] == "appeal_twice"
    for role in (Role.TEAM_LEAD, Role.REVIEWER, Role.QA_MANAGER, Role.TRAINER, Role.ADMIN):
        assert file(site.client(role.value), evaluations[0]).status_code == 403, role


def test_each_role_answers_its_own_step(site: Site, evaluations: tuple[int, int]) -> None:
    people = {role: site.client(role.value) for role in Role}
    appeal = file(people[Role.AGENT], evaluations[0]).json()["id"]
    told = {role: client.get(f"/api/v1/appeals/{appeal}") for role, client in people.items()}
    assert told[Role.ADMIN].status_code == 403
    assert {role: told[role].json()["may"] for role in Role if role is not Role.ADMIN} == {
        Role.AGENT: ["withdraw"],
        Role.TEAM_LEAD: ["support", "refuse", "pass_on"],
        Role.REVIEWER: [],
        Role.QA_MANAGER: [],
        Role.TRAINER: [],
    }
    early = step(people[Role.REVIEWER], appeal, "overturn", 0, verdict="pass", reason="misheard")
    assert early.json()["error"]["code"] == "appeal_step"
    bare = step(people[Role.TEAM_LEAD], appeal, "refuse", 0)
    assert bare.status_code == 422  # a refusal says why
    assert step(people[Role.TEAM_LEAD], appeal, "refuse", 0, note="没有报价").json()["state"] == "refused"
    assert step(people[Role.AGENT], appeal, "insist", 1).json()["step"] == "qa"
    assert step(people[Role.REVIEWER], appeal, "refuse", 2, note="没有听到").json()["state"] == "refused"
    assert step(people[Role.AGENT], appeal, "insist", 3).json()["step"] == "final"
    last = step(people[Role.QA_MANAGER], appeal, "refuse", 4, note="听过了").json()
    assert (last["state"], len(last["steps"])) == ("kept", 5)
    assert [row.did for row in site.audit() if row.about.endswith("/steps")].count("POST") == 7


def test_other_teams_appeals_are_not_there(site: Site, evaluations: tuple[int, int]) -> None:
    from models.access.accounts import AccountRow
    from tests.api.test_access import hashed

    with session(site.engine) as opened:
        opened.add(AccountRow(login="b", name="乙", role=Role.AGENT, password=hashed(), agent_id="1003"))
    other = file(site.client("b"), evaluations[1]).json()["id"]
    for role in (Role.AGENT, Role.TEAM_LEAD):
        client = site.client(role.value)
        assert client.get(f"/api/v1/appeals/{other}").status_code == 404
        assert step(client, other, "withdraw", 0).status_code == 404
        assert client.get("/api/v1/appeals").json() == []
    lead = site.client(Role.TEAM_LEAD.value)
    assert lead.get("/api/v1/appeals/statistics").json()["filed"] == 0
    assert [team["team_id"] for team in lead.get("/api/v1/acknowledgements").json()["teams"]] == ["TEAM1"]
    assert lead.get("/api/v1/reviews/appeals").json()["n"] == 0
    assert site.client(Role.QA_MANAGER.value).get("/api/v1/appeals/statistics").json()["filed"] == 1


def test_an_agent_acknowledges_own_scores(site: Site, evaluations: tuple[int, int]) -> None:
    agent = site.client(Role.AGENT.value)
    path = f"/api/v1/evaluations/{evaluations[0]}/acknowledge"
    waiting = agent.get("/api/v1/acknowledgements").json()["waiting"]
    assert [one["call_id"] for one in waiting] == ["mine"]
    assert agent.post(path, json={"kind": "agree"}).json()["name"] == "某agent"
    assert agent.get("/api/v1/acknowledgements").json()["waiting"] == []
    assert (
        agent.post(f"/api/v1/evaluations/{evaluations[1]}/acknowledge", json={"kind": "agree"}).status_code
        == 404
    )
    assert site.client(Role.REVIEWER.value).post(path, json={"kind": "agree"}).status_code == 403


def write(client: TestClient, text: str, *, for_agent: bool = False, call: str = "mine", **more: object):
    body = {"start_s": 4.5, "text": text, "for_agent": for_agent, "token": token(), **more}
    return client.post(f"/api/v1/calls/{call}/comments", json=body)


def test_agents_see_what_is_meant_for_them(site: Site, evaluations: tuple[int, int]) -> None:
    agent, qa = site.client(Role.AGENT.value), site.client(Role.REVIEWER.value)
    lead = site.client(Role.TEAM_LEAD.value)
    internal = write(qa, "@某team_lead 注意一下").json()
    shown = write(qa, "@某agent 这句很好", for_agent=True).json()
    own = write(agent, "谢谢").json()
    assert own["for_agent"] is True
    assert {one["id"] for one in agent.get("/api/v1/calls/mine/comments").json()["comments"]} == {
        shown["id"],
        own["id"],
    }
    assert agent.get(f"/api/v1/comments/{internal['id']}/changes").status_code == 404
    resolve = {"resolved": True, "token": token()}
    assert agent.post(f"/api/v1/comments/{internal['id']}/resolve", json=resolve).status_code == 404
    assert agent.get("/api/v1/mentions").json()["unread"] == 1
    assert lead.get("/api/v1/mentions").json()["unread"] == 1
    assert lead.post("/api/v1/mentions/read", json={}).json()["unread"] == 0
    refused = write(qa, "@某agent 内部")
    assert refused.json()["error"]["code"] == "mention_unseen"
    assert write(lead, "别的团队", call="other").status_code == 404
    people = agent.get("/api/v1/calls/mine/comments").json()["people"]
    assert "某admin" not in people
    assert "某team_lead" in people


def test_only_the_author_edits_and_withdraws_and_nothing_is_lost(
    site: Site, evaluations: tuple[int, int]
) -> None:
    qa, lead = site.client(Role.REVIEWER.value), site.client(Role.TEAM_LEAD.value)
    sent = token()
    made = write(qa, "第一版", token=sent).json()
    assert write(qa, "第一版", token=sent).json()["id"] == made["id"]
    path = f"/api/v1/comments/{made['id']}"
    edit = {"text": "第二版", "for_agent": False, "seen": 1, "token": token()}
    assert lead.put(path, json=edit).json()["error"]["code"] == "comment_not_yours"
    assert qa.put(path, json=edit).json()["text"] == "第二版"
    assert qa.put(path, json=edit).json()["version"] == 2  # sent again
    stale = edit | {"text": "第三版", "token": token()}
    assert qa.put(path, json=stale).json()["error"]["code"] == "comment_moved"
    assert (
        lead.post(f"{path}/resolve", json={"resolved": True, "token": token()}).json()["resolved_by"]
        == "某team_lead"
    )
    assert qa.post(f"{path}/withdraw", json={"token": token()}).json()["text"] == ""
    (left,) = lead.get("/api/v1/calls/mine/comments").json()["comments"]
    assert left["withdrawn_at"]
    assert left["text"] == ""
    assert [line["text"] for line in qa.get(f"{path}/changes").json()] == [
        "第一版",
        "第二版",
        "第二版",
        "第二版",
    ]
    assert {line["text"] for line in lead.get(f"{path}/changes").json()} == {""}


@pytest.mark.parametrize(("start_s", "end_s"), [(100.5, None), (5.0, 5.0), (5.0, 4.0), (5.0, 200.0)])
def test_a_comment_lies_within_the_call(
    site: Site, evaluations: tuple[int, int], start_s: float, end_s: float | None
) -> None:
    answer = write(site.client(Role.REVIEWER.value), "x", start_s=start_s, end_s=end_s)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("text", "known", "free", "found"),
    [
        ("@李娜请看", ["李娜", "李"], False, ("李娜",)),  # the longest known name
        ("@李娜 @王强 @李娜", ["李娜", "王强"], False, ("李娜", "王强")),
        ("＠李娜", ["李娜"], False, ("李娜",)),
        ("发到 a@b.com", ["李娜"], False, ()),
        ("@张三 请看", [], True, ("张三",)),
        ("@ 李娜", ["李娜"], True, ()),
    ],
)
def test_who_is_meant(text: str, known: list[str], free: bool, found: tuple[str, ...]) -> None:
    assert mentioned(text, known, free=free) == found


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=6), max_size=5))
def test_nobody_is_mentioned_whose_name_does_not_follow_an_at(text: str, known: list[str]) -> None:
    found = mentioned(text, known)
    assert len(set(found)) == len(found)
    assert all(f"@{name}" in text or f"\uff20{name}" in text for name in found)
    assert set(found) <= set(known)
