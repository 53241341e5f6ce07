"""Targets on pages: tree, form with its faults, split, calibration, edit, withdrawal and its undo."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from models.agent import set_region
from models.database import open_database, session
from models.target_rules import declare_rule
from qa_engine.targets.calibration import DeclaredRule, Rule
from tests.api.conftest import Service
from tests.models.scored import add_months

TODAY = date(2026, 10, 15)
HTML = {"Accept": "text/html"}
FORM = {
    "metric": "sales", "value": "60", "scope": "company", "scope_id": "", "owner": "王经理", "first": "2026-10-01",
    "last": "2026-10-31", "baseline": "60", "stretch": "0",
}  # fmt: skip
WHO = {"reason": "线路故障", "by_name": "王经理"}


@pytest.fixture
def dialled(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    add_months(service.settings, tmp_path / "csv")
    for module in ("api.pages.targets", "api.pages.target", "api.pages.agents"):
        monkeypatch.setattr(f"{module}.today_of", lambda _settings: TODAY)
    return service


def soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def post(service: Service, path: str, *, status: int = 200, **fields: str) -> BeautifulSoup:
    reply = service.http.post(path, data=fields, headers=HTML)
    assert reply.status_code == status, reply.text[:600]
    return soup(reply.text)


def made(service: Service, **changes: str) -> str:
    reply = service.http.post("/targets", data=FORM | changes, headers=HTML, follow_redirects=False)
    assert reply.status_code == 303, soup(reply.text).select_one(".notice")
    return reply.headers["location"]


def seen(service: Service, path: str) -> BeautifulSoup:
    reply = service.http.get(path, headers=HTML)
    assert reply.status_code == 200, reply.text[:400]
    return soup(reply.text)


def test_a_day_without_targets_says_how_to_make_one(dialled: Service) -> None:
    notice = seen(dialled, "/targets").select_one(".notice")
    assert "callqa target add" in notice.text
    assert notice.select_one('a[href="/targets/new"]')


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": ""}, "目标值"),
        ({"value": "很多"}, "不是数字"),
        ({"owner": " "}, "负责人"),
        ({"first": "2026-13-01"}, "不是日期"),
        ({"first": "0001-01-01"}, "太早"),
        ({"last": "2026-09-01"}, "早于"),
        ({"scope": "team"}, "范围"),
        ({"scope": "x"}, "没有范围"),
        ({"scope": "team", "scope_id": "T99"}, "T99"),
        ({"metric": "connect_rate", "value": "30"}, "大于 1"),
    ],
)
def test_faults_are_said_in_the_form_which_keeps_what_was_typed(
    dialled: Service, changes: dict[str, str], said: str
) -> None:
    page = post(dialled, "/targets", status=422, **(FORM | changes))
    assert said in page.select_one(".is-bad").text
    assert page.select_one('input[name="baseline"]')["value"] == "60"
    assert page.select_one('input[name="value"]')["value"] == changes.get("value", "60")
    assert "callqa target add" in seen(dialled, "/targets").text


def test_checking_says_how_likely_it_is_and_stores_nothing(dialled: Service) -> None:
    page = post(dialled, "/targets", **(FORM | {"act": "check", "value": "900"}))
    assert "目标可能过高" in page.select_one(".is-warning").text
    assert "callqa target add" in seen(dialled, "/targets").text


def test_the_tree_shows_attainment_with_word_and_icon(dialled: Service) -> None:
    made(dialled)
    made(dialled, metric="connect_rate", value="50%", baseline="0.38")
    rows = seen(dialled, "/targets").select(".target-tree tbody tr")
    texts = [re.sub(r"\s+", " ", row.text) for row in rows]
    assert ("50.0%" in texts[0], "77% 低 20 % 以上" in texts[0]) == (True, True)
    assert "110% 达到" in texts[1]
    assert rows[1].select_one(".light.is-green svg")


def test_a_split_is_previewed_changed_and_saved(dialled: Service) -> None:
    where = made(dialled)
    page = seen(dialled, where)
    assert [cell.text for cell in page.select("#split tbody td b")] == ["40", "20"]
    assert page.select_one('input[name="s.T1"]')["value"] == "66.666667"
    market = seen(dialled, f"{where}?by=history&p.T1=10&p.T2=30")
    assert [cell.text for cell in market.select("#split tbody td b")] == ["28", "32"]
    halves = seen(dialled, f"{where}?by=shares&s.T1=50&s.T2=50")
    assert [cell.text for cell in halves.select("#split tbody td b")] == ["30", "30"]
    wrong = seen(dialled, f"{where}?by=shares&s.T1=50&s.T2=40")
    assert "90.0%" in wrong.select_one("#split .is-bad").text
    refused = post(dialled, f"{where}/split", status=422, **{"s.T1": "1", "s.T2": "2"})
    assert "3.0%" in refused.select_one("#split .is-bad").text
    saved = post(dialled, f"{where}/split", to="team", **{"s.T1": "66.666667", "s.T2": "33.333333"})
    rows = saved.select(".target-tree tbody tr")
    assert [row.select("td")[2].text for row in rows] == ["40", "20"]
    again = post(dialled, f"{where}/split", status=409, **{"s.T1": "50", "s.T2": "50"})
    assert "已经拆分" in again.select_one(".is-bad").text


def test_a_rate_is_given_whole_to_everybody(dialled: Service) -> None:
    where = made(dialled, metric="connect_rate", value="0.4", baseline="0.38")
    assert [cell.text for cell in seen(dialled, where).select("#split tbody td b")] == ["40.0%", "40.0%"]
    saved = post(dialled, f"{where}/split", to="team")
    assert [row.select("td")[2].text for row in saved.select(".target-tree tbody tr")] == ["40.0%", "40.0%"]


def test_teams_without_a_region_are_named(dialled: Service) -> None:
    where = made(dialled)
    engine = open_database(dialled.settings.database_url)
    with session(engine) as opened:
        set_region(opened, "T1", "华北")
    engine.dispose()
    page = seen(dialled, f"{where}?to=region")
    assert "T2" in page.select_one("#split .is-bad").text
    assert page.select_one('#split a[href$="to=team#split"]')


def test_path_and_weeks(dialled: Service) -> None:
    page = seen(dialled, made(dialled))
    assert re.search(r"每日拨打 \d+ 通（80 % 区间 \d+–\d+）", page.text)
    weeks = page.select("section:has(h2:-soup-contains('周里程碑')) tbody tr")
    assert [cell.text for cell in weeks[0].select("td")] == ["2", "5", "6"]
    assert weeks[-1].select("td")[-1].text == "–"


def test_what_is_outside_the_funnel_still_says_how_much_a_day(dialled: Service) -> None:
    """60 dials a day: 660 by October 15, so 540 of 1,200 in 12 days."""
    page = seen(dialled, made(dialled, metric="dials", value="1,200", baseline="1320"))
    assert "还差 540，剩 12 个工作日 → 每日 45" in re.sub(r"\s+", " ", page.text)
    rate = seen(dialled, made(dialled, metric="connect_rate", value="0.4", baseline="0.38"))
    assert "不在外呼漏斗" in rate.text


def test_dials_behind_a_number_of_sales(dialled: Service) -> None:
    page = seen(dialled, "/targets?need=30&of=sales&scope=company")
    low, high = re.search(r"80 % 区间 ([\d,]+)–([\d,]+)", page.select_one("#needed").text).groups()
    assert int(low.replace(",", "")) < 600 < int(high.replace(",", ""))
    for query in ("need=x", "need=-1", "need=3&scope=x", "need=3&of=aht", "need=3&scope=team&scope_id=none"):
        assert seen(dialled, f"/targets?{query}").select_one("#needed .is-bad"), query


def test_calibration_edit_withdrawal_and_undo_are_logged(dialled: Service) -> None:
    engine = open_database(dialled.settings.database_url)
    where = made(dialled)
    outage = {"rule": "outage", "happened": "2026-10-05", "amount": "48", "base": "480", **WHO}
    refused = post(dialled, f"{where}/calibrate", status=409, **outage)
    assert "声明" in refused.select_one("details[open] .is-bad").text
    assert refused.select_one('input[name="amount"]')["value"] == "48"
    with session(engine) as opened:
        declare_rule(opened, DeclaredRule(Rule.OUTAGE, date(2026, 10, 1)), by="王经理")
    engine.dispose()
    assert "60 × (1 − 48/480) = 54" in post(dialled, f"{where}/calibrate", **outage).text
    changed = post(dialled, f"{where}/edit", **(FORM | {"value": "70", "owner": "李经理"} | WHO))
    assert "54 → 70" in changed.text
    assert "李经理" in changed.select_one(".page-head").text
    assert post(dialled, f"{where}/edit", status=422, **(FORM | {"value": "x"} | WHO)).select_one(".is-bad")
    assert "确认" in post(dialled, f"{where}/withdraw", status=422, **WHO).select_one(".is-bad").text
    gone = post(dialled, f"{where}/withdraw", sure="true", **WHO)
    assert "已撤回" in gone.select_one(".restore").text
    assert not gone.select(".target-acts")
    assert where in [one["href"] for one in seen(dialled, "/targets").select(".gone a")]
    back = post(dialled, f"{where}/restore", by_name="王经理")
    assert not back.select(".restore")
    log = back.select_one("section:has(h2:-soup-contains('变动日志'))")
    assert [row.select("td")[1].text for row in log.select("tbody tr")] == ["停机", "修改", "撤回", "恢复"]


def test_an_agent_without_scored_calls_still_has_a_page(dialled: Service) -> None:
    where = made(dialled, scope="agent", scope_id="1001", value="22", baseline="20")
    page = seen(dialled, "/agents/1001?month=2026-10")
    assert page.select_one("h1").text == "坐席1"
    assert page.select_one(f'a[href="{where}"]')
    assert "440" not in page.select_one(".agent-part").text  # 11 of the 22 days are gone
    assert "220" in page.select_one(".agent-part").text
    assert len(page.select(".week-charts figure")) == 2
    assert page.select_one(".week-charts a[href*='/board?agent=1001']")


def test_an_agent_may_be_typed_by_name(dialled: Service) -> None:
    page = seen(dialled, made(dialled, scope="agent", scope_id="坐席2", value="22"))
    assert page.select_one("h1").text.startswith("坐席 坐席2")
    assert seen(dialled, "/targets/new").select_one('#known-scopes option[value="1002"]')


def test_nobody_has_no_page(dialled: Service) -> None:
    assert dialled.http.get("/agents/nobody", headers=HTML).status_code == 404
    assert dialled.http.get("/targets/nothing", headers=HTML).status_code == 404
    assert dialled.http.post("/targets/nothing/edit", data=FORM | WHO, headers=HTML).status_code == 404
