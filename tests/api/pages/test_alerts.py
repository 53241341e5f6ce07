"""Alerts as people see and handle them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.languages import Language, Words
from api.pages.rendering import _environment
from api.pages.views.alerts import alert_tile
from models.agent import AgentRow, TeamRow
from models.alert_rules import load_rules
from models.alert_watch import check_figures, note_call
from models.analysis import ObjectionRow
from models.call import CallRow
from models.columns import utc_now
from models.database import open_database, reading, session
from models.settings import Settings
from tests.models.builders import add_call
from tests.models.call_days import put_day, put_team

RULES = """\
rules:
  - {id: low, title: 接通率低, kind: k_of_n, metric: connect_rate, scope: team, k: 3, n: 3, below: 0.8, target: baseline, min_n: 50}
  - {id: band, title: 接通率异常, kind: band, metric: connect_rate, scope: total, min_n: 50}
  - {id: dnc, title: 别再打, kind: call, sign: objection, values: [do_not_call], scope: team}
"""


@pytest.fixture
def watched(settings: Settings, tmp_path) -> Settings:
    """A month and more at 20 %, then four days at 8 %: two alerts with tickets."""
    (tmp_path / "rules.yaml").write_text(RULES, "utf-8")
    made = settings.model_copy(update={"alert_rules": tmp_path / "rules.yaml"})
    engine = open_database(made.database_url)
    today = utc_now().astimezone(made.zone).date()
    with session(engine) as opened:
        put_team(opened, "T1", "王主管")
        for back in range(1, 60):
            for agent in ("A1", "A2"):
                connects = 4 if back < 5 else 10
                put_day(opened, today - timedelta(days=back), dials=50, connects=connects, agent=agent)
    assert check_figures(engine, made, load_rules(made), utc_now()) > 2
    engine.dispose()
    return made


@pytest.fixture
def client(watched: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(watched), raise_server_exceptions=False) as opened:
        opened.headers.update({"Accept": "text/html", "Accept-Language": "zh-CN"})
        yield opened


def page(client: TestClient, path: str, status: int = 200) -> BeautifulSoup:
    reply = client.get(path)
    assert reply.status_code == status, reply.text[:500]
    return BeautifulSoup(reply.text, "html.parser")


def test_open_alerts_with_their_figures(client) -> None:
    rows = page(client, "/alerts").select("table.alerts tbody tr")
    assert len(rows) == 2
    text = " ".join(rows[1].get_text(" ").split())
    assert "未处理" in text
    assert "8.0 %" in text
    assert "n = 100" in text


def test_alerts_name_whom_they_are_about(client, watched) -> None:
    engine = open_database(watched.database_url)
    with session(engine) as opened:
        opened.merge(TeamRow(id="T1", name="保险组"))
        opened.merge(AgentRow(id="A1", name="周敏"))
    call_id = add_call(engine, agent_id="A1", team_id="T1", state="done", day=utc_now().date())
    with session(engine) as opened:
        opened.add(ObjectionRow(call_id=call_id, type="do_not_call", turn=1, outcome="lost"))
        opened.flush()
        note_call(opened, watched, load_rules(watched), opened.get_one(CallRow, call_id), utc_now())
    engine.dispose()
    (line,) = page(client, "/alerts?rule=dnc").select("table.alerts tbody tr")
    assert line.select_one('a[href="/board?team=T1"]').get_text() == "保险组 T1"
    shown = page(client, line.select_one('a[href^="/alerts/"]')["href"])
    assert shown.select_one(f'.alert-logs a[href="/calls/{call_id}"]').get_text().endswith("周敏")
    assert "客户提出异议“拒绝来电”" in shown.get_text()


def test_filters_are_in_the_address(client) -> None:
    assert len(page(client, "/alerts?rule=band").select("table.alerts tbody tr")) == 1
    assert page(client, "/alerts?state=resolved").select_one(".state-page") is not None


def test_an_alert_shows_days_ticket_and_history(client) -> None:
    shown = page(client, "/alerts?rule=band")
    alert = page(client, shown.select_one("table.alerts a")["href"])
    assert alert.select_one(".chart-area") is not None
    words = [one.get_text() for one in alert.select(".chart-colour-word")]
    assert words[-1] == "红"
    assert "绿" in words
    parts = [row.get_text(" ", strip=True) for row in alert.select("table.waterfall tbody tr")]
    assert len(parts) == 9
    assert "未解释" in parts[7]
    assert alert.select_one("[style]") is None


def test_the_ticket_of_a_single_call_compares_it_with_others(client, watched) -> None:
    engine = open_database(watched.database_url)
    with session(engine) as opened:
        opened.merge(AgentRow(id="A1"))
    call_id = add_call(engine, agent_id="A1", team_id="T1", state="done", day=utc_now().date())
    with session(engine) as opened:
        opened.add(ObjectionRow(call_id=call_id, type="do_not_call", turn=1, outcome="lost"))
        opened.flush()
        assert (
            note_call(opened, watched, load_rules(watched), opened.get_one(CallRow, call_id), utc_now()) == 1
        )
    engine.dispose()
    shown = page(client, "/alerts?rule=dnc")
    ticket = page(client, shown.select_one("table.alerts a")["href"]).select_one("#ticket")
    lines = [row.get_text(" ", strip=True) for row in ticket.select(".ticket-why tbody tr")]
    assert lines[0].startswith("人员：坐席 A1 1 / 1 (100.0%) 0 / 0")
    assert all("样本不足" in line for line in lines)
    assert "通话太少" in ticket.get_text()


def test_people_assign_snooze_and_resolve(client) -> None:
    ids = [one["value"] for one in page(client, "/alerts").select("input[name=ids]")]
    form = {"ids": ids, "what": "assign", "by": "李质检", "owner": "赵经理"}
    reply = client.post("/alerts/act?back=/alerts", data=form, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/alerts")
    assert "赵经理" in page(client, "/alerts").select_one("table.alerts").get_text()
    assert page(client, "/alerts").select_one("input[name=by]")["value"] == "李质检"  # remembered
    client.post("/alerts/act", data={"ids": ids[:1], "what": "snooze", "by": "李", "hours": "24"})
    assert "已静音" in page(client, "/alerts").get_text()
    client.post("/alerts/act", data={"ids": ids, "what": "resolve", "by": "李", "note": "换线路"})
    assert page(client, "/alerts?state=open").select_one(".state-page") is not None
    assert "换线路" in page(client, f"/alerts/{ids[0]}").get_text()


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"what": "resolve", "by": "李"}, 422),
        ({"what": "resolve", "ids": ["1"]}, 422),
        ({"what": "burn", "ids": ["1"], "by": "李"}, 422),
        ({"what": "snooze", "ids": ["1"], "by": "李", "hours": "0"}, 422),
        ({"what": "resolve", "ids": ["999"], "by": "李"}, 404),
    ],
)
def test_what_is_missing_is_said(client, form, status: int) -> None:
    assert client.post("/alerts/act", data=form).status_code == status


def test_the_way_back_never_leads_elsewhere(client) -> None:
    form = {"ids": ["1"], "what": "snooze", "by": "李"}
    reply = client.post("/alerts/act?back=https://evil.example", data=form, follow_redirects=False)
    assert reply.headers["location"] == "/alerts"


def test_a_ticket_is_saved_with_what_it_needs(client) -> None:
    assert client.post("/alerts/1/ticket", data={"state": "acting", "by": "李"}).status_code == 422
    form = {
        "state": "acting",
        "by": "李",
        "owner": "王",
        "action": "schedule",
        "due": "2026-12-01",
        "plan": "调整午后班次",
        "verification": "/coaching/1",
    }
    assert client.post("/alerts/1/ticket", data=form, follow_redirects=False).status_code == 303
    shown = page(client, "/alerts/1")
    assert shown.select_one("#ticket h2 .tag").get_text() == "处理中"
    assert shown.select_one('a[href="/coaching/1"]') is not None
    script = {**form, "verification": "javascript:alert(1)"}
    assert client.post("/alerts/1/ticket", data=script).status_code == 422


def test_rules_in_words_with_their_back_test(client) -> None:
    shown = page(client, "/alerts/rules?backtest=low")
    cards = shown.select(".alert-rules > li")
    assert len(cards) == 3
    assert "会预警 1 次" in cards[0].select_one(".backtest").get_text()
    assert cards[1].select_one(".backtest") is None


def test_a_broken_rule_file_is_shown_with_its_line(client, watched) -> None:
    watched.alert_rules.write_text("rules:\n  - id: x\n    kind: nothing\n", "utf-8")
    for path in ("/alerts", "/alerts/rules"):
        assert "rules.yaml:3" in page(client, path).select_one(".notice.is-bad").get_text()


def test_an_alert_that_does_not_exist(client) -> None:
    page(client, "/alerts/999", status=404)


def test_the_tile_for_boards(watched) -> None:
    engine = open_database(watched.database_url)
    words = Words(Language.HANS)
    with reading(engine) as opened:
        tile = alert_tile(opened, words, watched.zone, utc_now())
    engine.dispose()
    html = _environment().get_template("alerts/tile.html").render(t=words, alert_tile=tile)
    assert "2 条未处理" in BeautifulSoup(html, "html.parser").get_text()


def test_before_there_are_any(empty_client, settings: Settings) -> None:
    assert page(empty_client, "/alerts").select_one(".state-page") is not None
    shown = [rule["id"] for rule in page(empty_client, "/alerts/rules").select(".alert-rules > li")]
    assert shown == [rule.id for rule in load_rules(settings).rules]
    assert len(shown) > 10
