"""Who may review which call, and what is written down about it."""

from __future__ import annotations

import pytest

from models.access.roles import Role
from tests.api.test_access import Site
from tests.models.reviewed import add_scored

TURN = {"before": "您好", "after": "你好"}


@pytest.fixture
def site(settings) -> Site:
    made = Site(settings)
    made.add_everybody()
    return made


@pytest.fixture
def evaluations(site: Site) -> tuple[int, int]:
    """One of the team lead's own team, one of another; both call for a review today."""
    from models.clock import today_of

    today = today_of(site.settings)
    return (
        add_scored(site.engine, "reviewed", agent="1001", team_id="TEAM1", day=today),
        add_scored(site.engine, "elsewhere", agent="1003", team_id="TEAM2", day=today),
    )


def decide(evaluation: int, token: str = "token-0001") -> tuple[str, dict[str, object]]:
    path = f"/api/v1/evaluations/{evaluation}/review/items/a.tone"
    return path, {"verdict": "pass", "seen": 0, "token": token}


@pytest.mark.parametrize("role", list(Role))
def test_reviews_are_for_those_who_judge_calls(site: Site, evaluations: tuple[int, int], role: Role) -> None:
    may = role in {Role.TEAM_LEAD, Role.REVIEWER, Role.QA_MANAGER}
    client = site.client(role.value)
    path, body = decide(evaluations[0])
    codes = [
        client.put(path, json=body).status_code,
        client.get("/reviews").status_code,
        client.get("/api/v1/reviews/flagged").status_code,
    ]
    assert codes == [200 if may else 403] * 3
    edit = client.put("/api/v1/calls/reviewed/transcript/turns/0", json=TURN).status_code
    assert edit == (404 if may else 403)  # this call has no transcript


def test_the_name_is_that_of_the_account_whatever_a_cookie_says(
    site: Site, evaluations: tuple[int, int]
) -> None:
    client = site.client(Role.REVIEWER.value)
    client.cookies.set("callqa_actor", "somebody")
    path, body = decide(evaluations[0])
    (item,) = client.put(path, json=body).json()["items"]
    assert item["name"] == "某qa_reviewer"
    assert 'action="/reviews/name"' not in client.get("/reviews").text


def test_the_reviews_of_other_teams_are_not_there(site: Site, evaluations: tuple[int, int]) -> None:
    lead = site.client(Role.TEAM_LEAD.value)
    path, body = decide(evaluations[1])
    base = f"/api/v1/evaluations/{evaluations[1]}/review"
    assert lead.put(path, json=body).status_code == 404
    assert lead.get(base).status_code == 404
    assert lead.post(f"{base}/here", json={"claim": True}).status_code == 404
    flagged = lead.get("/api/v1/reviews/flagged").json()
    assert [call["call_id"] for call in flagged["calls"]] == ["reviewed"]
    assert flagged["n"] == 1
    assert lead.get("/api/v1/reviews/sampled").json()["n"] == 1
    assert site.client(Role.REVIEWER.value).get("/api/v1/reviews/flagged").json()["n"] == 2


def test_what_somebody_did_is_written_down_and_signs_of_life_are_not(
    site: Site, evaluations: tuple[int, int]
) -> None:
    client = site.client(Role.REVIEWER.value)
    path, body = decide(evaluations[0])
    before = len(site.audit())
    client.put(path, json=body)
    for _ in range(3):
        assert client.post(f"/api/v1/evaluations/{evaluations[0]}/review/here", json={}).status_code == 200
    assert [(row.did, row.about) for row in site.audit()[before:]] == [("PUT", path)]
