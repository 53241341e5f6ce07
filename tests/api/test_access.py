"""Signing in, what each role may do, whose calls it sees, and what is written down about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlmodel import col, select
from typer.testing import CliRunner

from api.access import RULES, SESSION_COOKIE, rule_for
from api.app import create_app
from api.cli.app import app as command_line
from models.access.accounts import AccountRow, AuditRow, SignInRow
from models.access.passwords import WeakPassword, check_password, hash_password
from models.access.roles import RIGHTS, Right, Role
from models.access.sign_in import FREE_FAILURES, IDLE, LONGEST, add_key
from models.agent import names_of, team_name
from models.call import CallRow
from models.columns import utc_now
from models.database import open_database, reading, session
from models.dial_import import run_import
from models.settings import Settings
from tests.api.test_targets import OCTOBER
from tests.conftest import make_settings
from tests.models.builders import add_call
from tests.models.test_dial_golden import order

PASSWORD = "korrekt-pferd-9"
PAGE = {"Accept": "text/html"}
SCOPES: Mapping[Role, Mapping[str, Any]] = {
    Role.AGENT: {"agent_id": "1001"},
    Role.TEAM_LEAD: {"teams": ["TEAM1"]},
}


@cache
def hashed() -> str:
    """Made once: it takes a good part of a second."""
    return hash_password(PASSWORD)


class Site:
    """A service with dialer data of two teams, a scored call in each, and an account for every role."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        run_import(settings, order("vicidial"))
        self.engine = open_database(settings.database_url)
        self.own = add_call(self.engine, external_id="own", agent_id="1001", team_id="TEAM1", state="done")
        self.foreign = add_call(
            self.engine, external_id="foreign", agent_id="1003", team_id="TEAM2", state="done"
        )
        self.app = create_app(settings)

    def add_everybody(self) -> None:
        with session(self.engine) as opened:
            for role in Role:
                scope = SCOPES.get(role, {})
                opened.add(
                    AccountRow(
                        login=role.value, name=f"某{role.value}", role=role.value, password=hashed(), **scope
                    )
                )

    def client(self, login: str = "") -> TestClient:
        client = TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)
        if login:
            answer = client.post("/sign-in", data={"login": login, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return client

    def audit(self) -> list[AuditRow]:
        with reading(self.engine) as opened:
            return list(opened.exec(select(AuditRow).order_by(col(AuditRow.id))).all())


@pytest.fixture
def site(tmp_path, database_url: str) -> Iterator[Site]:
    found = Site(make_settings(tmp_path, database_url))
    yield found
    found.engine.dispose()
    found.app.state.services.engine.dispose()


def routes(router: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of every route, however deep."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from routes(inner, prefix + route.include_context.prefix)
        else:
            yield from ((method, prefix + route.path) for method in sorted(route.methods))


ALL = sorted(set(routes(create_app(Settings(_env_file=None)))))
GUARDED = [
    (method, path)
    for method, path in ALL
    if not path.startswith(("/static/", "/healthz", "/readyz", "/sign-in"))
]


def filled(path: str, call_id: str) -> str:
    """An address of a route."""
    values = {
        "call_id": call_id,
        "metric": "dials",
        "rubric_id": "telesales-standard",
        "kind": "weekly",
        "turn": "0",
        "month": "2026-11-01",
    }
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return path.replace("{step}", "acknowledge").replace("{login}", "x").replace("{", "1").replace("}", "")


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    assert len(GUARDED) > 60
    found = {(method, path): rule_for(method, filled(path, "c")) for method, path in GUARDED}
    assert [route for route, rule in found.items() if rule is None] == []
    assert [rule for rule in RULES if rule not in found.values()] == []


def test_without_accounts_nobody_signs_in(site: Site) -> None:
    client = site.client()
    assert client.get("/api/v1/calls").json()["total"] == 2
    assert client.get("/sign-in", headers=PAGE).headers["location"] == "/"
    assert client.get("/audit", headers=PAGE).status_code == 200


def test_with_the_first_account_everybody_signs_in(site: Site) -> None:
    client = site.client()
    assert client.get("/api/v1/calls").status_code == 200
    site.add_everybody()
    for method, path in GUARDED:
        answer = client.request(method, filled(path, site.own))
        assert answer.status_code == 401, (method, path, answer.status_code)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert client.get("/healthz").status_code == 200
    sent = client.get("/board?team=TEAM1", headers=PAGE)
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?next=/board%3Fteam%3DTEAM1")
    assert "登录名" in client.get(sent.headers["location"], headers=PAGE).text


@pytest.mark.parametrize("role", list(Role))
def test_a_role_does_what_it_may_and_nothing_else(site: Site, role: Role) -> None:
    site.add_everybody()
    client = site.client(role.value)
    for method, path in GUARDED:
        if path in {"/sign-out", "/account"} or method == "POST":
            continue
        rule = rule_for(method, path)
        allowed = rule.right is None or rule.right in RIGHTS[role]
        status = client.request(method, filled(path, site.own)).status_code
        assert (status != 403) is allowed, (method, path, status)
        assert status < 500, (method, path)


@pytest.mark.parametrize("role", [Role.AGENT, Role.TEAM_LEAD])
def test_calls_of_others_are_not_there(site: Site, role: Role) -> None:
    site.add_everybody()
    client = site.client(role.value)
    listed = client.get("/api/v1/calls").json()
    assert ([call["id"] for call in listed["calls"]], listed["total"]) == ([site.own], 1)
    assert site.foreign not in client.get("/", headers=PAGE).text
    assert client.get(f"/api/v1/calls/{site.own}").status_code == 200
    for method, path in GUARDED:
        if "{call_id}" in path and "plans" not in path:
            words: dict[str, Any] | None = {"before": "您好", "after": "你好"} if method == "PUT" else None
            if (method, path.rpartition("/")[2]) == ("POST", "comments"):
                words = {"start_s": 1, "text": "好", "token": "token-0001"}
            answer = client.request(method, filled(path, site.foreign), json=words)
            assert answer.status_code in {403, 404}, (method, path, answer.status_code)
            assert "foreign" not in answer.text


def test_figures_of_a_lead_are_those_of_the_team(site: Site) -> None:
    site.add_everybody()
    lead, manager = site.client("team_lead"), site.client("qa_manager")
    november = "from=2026-11-01&to=2026-11-30"
    whole = manager.get("/api/v1/kpi?by=team").json()
    own = lead.get("/api/v1/kpi?by=team").json()
    assert set(own["by_team"]) == {"TEAM1"}
    assert own["total"]["dials"] == whole["by_team"]["TEAM1"]["dials"] < whole["total"]["dials"]
    shown = lead.get(f"/board?{november}", headers=PAGE).text
    assert "TEAM2" not in shown
    rows = lead.get(f"/figures/dials?{november}", headers=PAGE).text
    assert f"共 {own['total']['dials']} 条" in rows
    assert "TEAM2" not in rows


def test_a_listen_is_written_down_before_it_is_answered(site: Site) -> None:
    site.add_everybody()
    site.client("qa_reviewer").get(f"/api/v1/calls/{site.own}/audio")
    site.client("trainer").get(f"/calls/{site.own}", headers=PAGE)
    site.client("qa_manager").post(f"/api/v1/calls/{site.own}/retry")
    done = [(row.who, row.did, row.about) for row in site.audit() if row.did != "sign_in"]
    assert done == [
        ("qa_reviewer", "listen", f"/api/v1/calls/{site.own}/audio"),
        ("trainer", "read", f"/calls/{site.own}"),
        ("qa_manager", "POST", f"/api/v1/calls/{site.own}/retry"),
    ]
    page = site.client("admin").get("/audit?did=listen", headers=PAGE).text
    assert "qa_reviewer" in page
    assert "trainer" not in page


def test_failures_lock_and_do_not_say_who_exists(site: Site) -> None:
    site.add_everybody()
    client = site.client()
    nobody = client.post("/sign-in", data={"login": "nobody", "password": "x"})
    for _ in range(FREE_FAILURES):
        wrong = client.post("/sign-in", data={"login": "trainer", "password": "wrong-guess"})
        assert wrong.status_code == nobody.status_code == 401
    locked = client.post("/sign-in", data={"login": "trainer", "password": PASSWORD})
    assert locked.status_code == 429
    with session(site.engine) as opened:
        opened.exec(update(AccountRow).values(locked_until=utc_now() - timedelta(seconds=1)))
    assert client.post("/sign-in", data={"login": "Trainer ", "password": PASSWORD}).status_code == 303
    assert "wrong-guess" not in str([row.model_dump() for row in site.audit()])


@pytest.mark.parametrize(
    "past", [{"seen_at": IDLE + timedelta(seconds=5)}, {"began_at": LONGEST + timedelta(seconds=5)}]
)
def test_a_session_ends_by_itself(site: Site, past: Mapping[str, timedelta]) -> None:
    site.add_everybody()
    client = site.client("trainer")
    assert client.get("/api/v1/calls").status_code == 200
    with session(site.engine) as opened:
        opened.exec(update(SignInRow).values({name: utc_now() - ago for name, ago in past.items()}))
    assert client.get("/api/v1/calls").status_code == 401


def test_signing_out_ends_it_in_the_store_too(site: Site) -> None:
    site.add_everybody()
    client = site.client("trainer")
    cookie = client.cookies[SESSION_COOKIE]
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    client.cookies.set(SESSION_COOKIE, cookie)
    assert client.get("/api/v1/calls").status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_the_store_keeps_no_secret(site: Site) -> None:
    site.add_everybody()
    answer = site.client().post("/sign-in", data={"login": "trainer", "password": PASSWORD, "next": "//evil"})
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = cookie.split("=", 1)[1].split(";")[0]
    with reading(site.engine) as opened:
        kept = opened.exec(select(SignInRow.token_sha)).all()
        hashes = opened.exec(select(AccountRow.password)).all()
    assert token not in kept
    assert all(one.startswith("$argon2id$") for one in hashes)


def test_a_password_that_was_made_for_somebody_is_changed_first(site: Site) -> None:
    site.add_everybody()
    admin = site.client("admin")
    made = admin.post("/accounts", data={"login": "neu", "role": "trainer", "name": "新人"}, headers=PAGE)
    password = made.text.split("<code>")[1].split("</code>")[0]
    client = site.client()
    sent = client.post("/sign-in", data={"login": "neu", "password": password, "next": "/board"})
    assert sent.headers["location"] == "/account"
    assert client.get("/board", headers=PAGE).headers["location"] == "/account"
    change = {"old": password, "new": "kurz", "again": "kurz"}
    assert "密码太弱" in client.post("/account", data=change, headers=PAGE).text
    change = {"old": password, "new": PASSWORD, "again": PASSWORD}
    assert client.post("/account", data=change).headers["location"] == "/sign-in"
    assert client.get("/api/v1/calls").status_code == 401
    again = client.post("/sign-in", data={"login": "neu", "password": PASSWORD, "next": "/board"})
    assert again.headers["location"] == "/board"


def test_a_shut_account_is_out_at_once_and_the_last_admin_stays(site: Site) -> None:
    site.add_everybody()
    admin, trainer = site.client("admin"), site.client("trainer")
    assert admin.post("/accounts/trainer/disable", headers=PAGE).status_code == 200
    assert trainer.get("/api/v1/calls").status_code == 401
    refused = admin.post("/accounts/admin/disable", headers=PAGE)
    assert refused.status_code == 409
    assert "最后一个管理员" in refused.text


def test_everybody_lands_on_a_page_of_theirs(site: Site) -> None:
    site.add_everybody()
    for role in Role:
        client = site.client()
        sent = client.post("/sign-in", data={"login": role.value, "password": PASSWORD, "next": "/"})
        page = client.get(sent.headers["location"], headers=PAGE)
        assert page.status_code == 200
        for link in BeautifulSoup(page.text, "html.parser").select("header nav a"):
            assert client.get(link["href"], headers=PAGE).status_code == 200, (role, link["href"])


def test_a_program_acts_with_a_key(site: Site) -> None:
    site.add_everybody()
    with session(site.engine) as opened:
        account = opened.exec(select(AccountRow).where(AccountRow.login == "team_lead")).one()
        key = add_key(opened, account, "dashboard")
    client = site.client()
    listed = client.get("/api/v1/calls", headers={"Authorization": f"Bearer {key}"}).json()
    assert [call["id"] for call in listed["calls"]] == [site.own]
    assert client.get("/api/v1/calls", headers={"Authorization": f"Bearer {key}x"}).status_code == 401


def test_workers_and_commands_see_everything(site: Site) -> None:
    site.add_everybody()
    site.client("agent").get("/api/v1/calls")
    with reading(site.engine) as opened:
        assert len(opened.exec(select(CallRow.id)).all()) == 2


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "my-password-1", "xx-trainer-99", "x" * 300])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_password(password, login="trainer")
    check_password(PASSWORD, login="trainer")


def test_rights_are_known_to_some_role() -> None:
    assert {right for rights in RIGHTS.values() for right in rights} == set(Right)


def test_accounts_by_command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLQA_DATABASE_URL", settings.database_url)
    run = CliRunner()

    def command(*words: str, typed: str = "") -> str:
        result = run.invoke(command_line, ["user", *words], input=typed)
        return f"{result.exit_code} {result.output} {result.exception or ''}"

    assert "管理员" in command("add", "li", "--role", "trainer")
    assert command("add", "li", "--role", "admin", "--password-stdin", typed=f"{PASSWORD}\n").startswith("0")
    assert "坐席编号" in command("add", "wang", "--role", "agent")
    assert "临时密码" in command("add", "wang", "--role", "agent", "--agent", "1001")
    assert "callqa_" in command("key", "wang", "--label", "dialer")
    assert command("disable", "wang").startswith("0")
    assert "已停用" in command("list")
    assert "最后一个管理员" in command("disable", "li")
    with TestClient(create_app(settings), follow_redirects=False) as client:
        assert client.post("/sign-in", data={"login": "li", "password": PASSWORD}).status_code == 303


def test_no_answer_to_a_lead_names_another_team(site: Site) -> None:
    """Every address that a lead may open, with figures of both teams in the store."""
    site.add_everybody()
    lead, manager = site.client("team_lead"), site.client("qa_manager")
    span = "from=2026-11-01&to=2026-11-30&month=2026-11"
    told: set[str] = set()
    with reading(site.engine) as opened:
        foreign = {"TEAM2", "1004", team_name(opened, "TEAM2"), *names_of(opened, ["1004"]).values()}
    for method, path in GUARDED:
        if method != "GET" or path.endswith("{name}"):
            continue
        address = f"{filled(path, site.own)}?{span}"
        answer = lead.get(address, headers=PAGE)
        assert not {one for one in foreign if one in answer.text}, path
        shown = manager.get(address, headers=PAGE).text
        if any(one in shown for one in foreign):
            told.add(path)
    assert {"/board", "/figures/{metric}"} <= told  # the whole is there for those who may see it


def test_whoever_is_signed_in_did_it_whatever_the_form_says(site: Site) -> None:
    site.add_everybody()
    manager = site.client("qa_manager")
    made = manager.post("/api/v1/targets", json=OCTOBER)
    assert made.status_code == 201, made.text
    target = f"/api/v1/targets/{made.json()['target']['id']}"
    done = manager.post(f"{target}/withdraw", json={"reason": "线路故障", "by": "别人"})
    assert done.status_code == 200, done.text
    log = manager.get(target).json()["log"]
    assert [change["approver"] for change in log] == ["某qa_manager"]


def test_a_refusal_leads_to_what_its_reader_may_open(site: Site) -> None:
    site.add_everybody()
    admin = site.client("admin")
    refused = admin.get("/board", headers=PAGE)
    assert refused.status_code == 403
    for link in BeautifulSoup(refused.text, "html.parser").select("header nav a, .actions a"):
        assert admin.get(link["href"], headers=PAGE).status_code == 200, link
    stranger = BeautifulSoup(site.client().get("/sign-in", headers=PAGE).text, "html.parser")
    assert stranger.select("header nav a") == []
