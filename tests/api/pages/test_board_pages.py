"""The pages of the board: every figure opens as many rows as it counts, and a lead sees the own team alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient

from api.app import create_app
from models.agent import TeamRow
from models.database import open_database, session
from models.review import SECOND
from models.review_edit import Signed, ask_second, decide, open_review, submit
from models.settings import Settings
from qa_engine.quality.review import Decision, Reason
from qa_engine.scoring.evaluation import Verdict
from tests.api.conftest import Service
from tests.api.test_access import PASSWORD, Site, site  # noqa: F401 (a fixture)
from tests.conftest import make_settings
from tests.models.builders import add_call
from tests.models.reviewed import RUBRIC, add_scored

DAY = date(2026, 11, 18)
DAYS = f"from=2026-11-16&to=2026-11-22&rubric={RUBRIC}"
_tokens = itertools.count()


def by(name: str) -> Signed:
    return Signed(name, f"t{next(_tokens)}")


@pytest.fixture
def floor(tmp_path: Path, database_url: str) -> Iterator[Service]:
    """Twelve calls of three agents in two teams; five were reviewed, one of them twice. Today is the day after."""
    settings = make_settings(tmp_path, database_url, today=DAY + timedelta(days=2), rubrics=RUBRIC)
    with TestClient(create_app(settings), raise_server_exceptions=False) as http:
        fill(settings)
        yield Service(settings, http, {})


def fill(settings: Settings) -> None:
    engine = open_database(settings.database_url)
    with session(engine) as opened:
        opened.add_all([TeamRow(id="T1", name="一组"), TeamRow(id="T2", name="二组")])
    made = [
        add_scored(
            engine,
            f"call{at:02d}",
            agent=("A1", "A2", "A3")[at % 3],
            team_id=("T1", "T1", "T2")[at % 3],
            day=DAY + timedelta(days=at % 2),
            score=8.0 * at + 5.25,
            result=("auto_fail", "fail", "pass")[at % 3],
        )
        for at in range(12)
    ]
    with session(engine) as opened:
        for at, evaluation in enumerate(made[:5]):
            name = "李娜" if at < 3 else "王强"
            review = open_review(opened, evaluation, name=name)
            if at in {0, 3}:  # the machine's "not met" was wrong
                decide(
                    opened,
                    review,
                    "a.price",
                    Decision(Verdict.PASS, Reason.OTHER_WORDS),
                    seen=0,
                    by=by(name),
                )
            if at == 0:
                ask_second(opened, review, why="拿不准", by=by(name))
            submit(opened, review, seen=review.version, by=by(name))
        second = open_review(opened, made[0], name="王强", round_=SECOND)
        submit(opened, second, seen=second.version, by=by("王强"))
    engine.dispose()


def page(service: Service, address: str) -> BeautifulSoup:
    answer = service.http.get(address, headers={"Accept": "text/html", "Accept-Language": "zh-CN"})
    assert answer.status_code == 200, (address, answer.text[:300])
    return BeautifulSoup(answer.text, "html.parser")


def rows(service: Service, address: str) -> int:
    """How many calls, or verdicts, an address lists."""
    found = page(service, address)
    return len(found.select("tr[data-call]")) or len(found.select("main table tbody tr"))


def counted(links: list[Tag]) -> list[tuple[str, int]]:
    return [
        (link["href"], int(link.text.replace("n =", "")))
        for link in links
        if link.text.strip("n =").isdigit()
    ]


def test_a_figure_opens_as_many_rows_as_it_counts(floor: Service) -> None:
    for address, links, least in (
        ("/board/items", ".heat-table td a", 2),
        ("/board/scores", ".facts a", 3),
        ("/board/scores?agent=A2", ".facts a", 2),
        ("/board/coverage", "main table td a, .tile a", 8),
        ("/board/coverage?agent=A1", "main table td a", 4),
        ("/board/reviewers", "main table td a", 8),
    ):
        shown = page(floor, f"{address}{'&' if '?' in address else '?'}{DAYS}")
        found = counted(shown.select(links))
        assert len(found) >= least, address
        assert [rows(floor, href) for href, _ in found] == [n for _, n in found], address


def test_bars_hold_every_scored_call_once(floor: Service) -> None:
    shown = page(floor, f"/board/scores?{DAYS}")
    bars = shown.select(".spread-all svg a")
    counts = [int(bar["aria-label"].rsplit(": ", 1)[1]) for bar in bars]
    assert sum(counts) == 12
    assert [rows(floor, bar["href"]) for bar in bars] == counts


def test_a_heat_cell_says_rate_and_interval_and_leads_to_what_was_missed(floor: Service) -> None:
    shown = page(floor, f"/board/items?{DAYS}&agent=A1")
    cell = next(one for one in shown.select("tbody td.heat a") if "a.price" in one["href"])
    assert "0/4 通" in cell["title"]
    assert "0–49%" in cell["title"]
    assert "verdict=fail" in cell["href"]
    assert "is-few" in cell.parent["class"]


def test_what_waits_leads_to_exactly_that(floor: Service) -> None:
    shown = page(floor, "/board")
    tiles = {tile["data-need"]: tile for tile in shown.select(".need[data-need]")}
    assert set(tiles) == {"auto_fails", "flagged", "sampled", "agreement"}
    counts = {}
    for kind in ("auto_fails", "flagged", "sampled"):
        counts[kind] = int(tiles[kind].select_one(".tile-count").text)
        assert rows(floor, tiles[kind]["href"]) == counts[kind], kind
    # of the last day one in three; auto-fails without a review; three drawn of each agent, less the reviewed
    assert counts == {"auto_fails": 2, "flagged": 2, "sampled": 4}
    assert "n = 10" in tiles["agreement"].text
    assert "处理失败的录音" in shown.select_one(".needs-quiet").text


def test_agreement_is_that_of_the_reviews(floor: Service) -> None:
    whole = page(floor, f"/board/reviewers?{DAYS}").select("tbody tr")[0].select("td")
    # two sure items on each of five calls, two of them overturned to "met"
    assert [whole[at].text.strip() for at in (1, 2)] == ["5", "10"]
    assert whole[3].b.text == "80.0%"
    assert [whole[at].text.strip() for at in (6, 7, 8)] == ["2", "0", "2"]


def test_an_empty_floor_waits_for_nothing(service: Service) -> None:
    shown = page(service, "/board")
    assert "没有等着处理的事" in shown.select_one(".need.is-done").text
    for tab in ("items", "scores", "coverage", "reviewers"):
        assert page(service, f"/board/{tab}").select_one(".state-page")


def test_a_role_is_told_of_its_own_work_alone(site: Site) -> None:  # noqa: F811
    site.add_everybody()
    add_call(site.engine, external_id="bad", agent_id="1003", team_id="TEAM2", state="failed")
    told = {}
    for role in ("qa_manager", "team_lead", "trainer"):
        client = site.client(role)
        shown = BeautifulSoup(
            client.get("/board", headers={"Accept": "text/html", "Accept-Language": "zh-CN"}).text,
            "html.parser",
        )
        told[role] = {tile["data-need"] for tile in shown.select(".need[data-need]")}
        said = shown.select_one(".needs").text
        assert ("待复核" in said) is (role != "trainer"), role
        assert ("数据来源" in said) is (role == "qa_manager"), role
    assert "failed" in told["qa_manager"]
    assert "failed" not in told["team_lead"]  # of another team
    start = site.client().post("/sign-in", data={"login": "team_lead", "password": PASSWORD, "next": "/"})
    assert start.headers["location"] == "/board"
