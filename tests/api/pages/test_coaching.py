"""The way of a plan through its pages."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from models.coaching import CoachingPlanRow
from models.columns import utc_now
from models.database import open_database, reading
from tests.models.coached import ITEM, RUBRIC, add_centre


@pytest.fixture
def http(service):
    engine = open_database(service.settings.database_url)
    add_centre(engine, last=utc_now().astimezone(service.settings.zone).date())
    service.store = engine
    yield service
    engine.dispose()


DRAFT = f"/coaching/draft?agent=bad&item={ITEM}&rubric={RUBRIC}"
FORM = {
    "agent": "bad", "item": ITEM, "rubric": RUBRIC, "situation": "周二下午", "behaviour": "00:12 未报公司全称",
    "impact": "80 通", "owner": "王组长", "due": "2026-12-31",
}  # fmt: skip


def _made(http) -> int:
    reply = http.http.post("/coaching/plans", data=FORM, follow_redirects=False)
    assert reply.status_code == 303, reply.text
    return int(reply.headers["location"].rsplit("/", 1)[1])


def test_the_board_is_readable_when_empty(service) -> None:
    page = service.http.get("/coaching?lang=zh-Hans").text
    assert "目前没有可靠的差异" in page
    assert "还没有计划" in page


def test_a_finding_leads_to_its_calls_and_to_a_note_with_both_clips(http) -> None:
    board = http.http.get(f"/coaching?rubric={RUBRIC}").text
    assert "verdict=fail" in board
    assert "坐席bad" in board
    page = http.http.get(DRAFT).text
    assert "00:12" in page
    assert len(re.findall(r"at=10\.0#item-", page)) == 2


def test_a_behaviour_without_a_time_is_refused_with_what_to_do(http) -> None:
    reply = http.http.post(
        "/coaching/plans", data=FORM | {"behaviour": "没报全称"}, headers={"accept": "text/html"}
    )
    assert reply.status_code == 422
    assert "没有写明录音里的时间" in reply.text


def test_a_plan_is_given_acknowledged_and_hides_its_figures(http) -> None:
    plan_id = _made(http)
    url = f"/coaching/plans/{plan_id}"
    http.http.post(f"{url}/give")
    page = http.http.post(f"{url}/acknowledge", data={"name": "李晓梅"}).text
    assert "李晓梅 已确认" in page
    assert "effect-chart" not in page
    with reading(http.store) as opened:
        row = opened.exec(select(CoachingPlanRow)).one()
    assert (row.state, row.finding["n"], row.clip["start_s"]) == ("running", 80, 12.0)


def test_words_that_judge_are_shown_with_advice(http) -> None:
    reply = http.http.post("/coaching/plans", data=FORM | {"behaviour": "00:12 你总是不报全称"})
    assert "总是" in reply.text
    assert "02:31 客户问价格" in reply.text


def test_a_plan_that_is_not_there(service) -> None:
    assert service.http.get("/coaching/plans/99").status_code == 404
