"""An agent's month: beside the own weeks and the team, on one page of paper, and as a table to take away."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from api.app import create_app
from models.agent import MembershipRow, TeamRow
from models.database import open_database, session
from tests.api.conftest import Service
from tests.conftest import make_settings
from tests.models.reviewed import RUBRIC, add_scored
from tests.models.scored import add_months

PAGES = re.compile(rb"/Type\s*/Page[^s]")
TODAY = date(2026, 11, 20)


def test_a_month_leaves_as_one_page_and_as_a_table(service: Service, tmp_path: Path) -> None:
    add_months(service.settings, tmp_path / "csv")
    paper = service.http.get("/agents/1001/scorecard.pdf?month=2026-10")
    assert paper.headers["content-type"] == "application/pdf"
    assert len(PAGES.findall(paper.content)) == 1
    assert b"STSong-Light" in paper.content
    assert service.http.get("/agents/nobody/scorecard.pdf").status_code == 404
    table = service.http.get("/scorecards.csv?month=2026-10").content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(table)))
    assert {(row["agent"], row["metric"]) for row in rows} == {
        (agent, metric) for agent in ("1001", "1002", "1003") for metric in ("connect_rate", "dials")
    }
    cards = service.http.get("/api/v1/scorecards?month=2026-10").json()["cards"]
    scores = {row["agent"]: float(row["score"]) for row in rows}
    assert scores == {card["key"]: card["score"] for card in cards}
    assert service.http.get("/scorecards.xlsx?month=2026-10&team=T1").content[:2] == b"PK"


def test_the_score_stands_beside_the_own_weeks_and_the_team(tmp_path: Path, migrated_sqlite: Path) -> None:
    settings = make_settings(
        tmp_path, f"sqlite:///{tmp_path / 'callqa.sqlite3'}", today=TODAY, rubrics=RUBRIC
    )
    (tmp_path / "callqa.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    engine = open_database(settings.database_url)
    with session(engine) as opened:
        opened.add(TeamRow(id="T1", name="一组"))
    for at, score in enumerate((90.0, 80.0, 85.0, 85.0)):
        add_scored(engine, f"own{at}", agent="A1", team_id="T1", day=TODAY - timedelta(days=at), score=score)
    for at, score in enumerate((40.0, 60.0, 70.0)):
        add_scored(engine, f"old{at}", agent="A1", team_id="T1", day=date(2026, 10, 20 + at), score=score)
    with session(engine) as opened:
        opened.add(MembershipRow(agent_id="A1", since=date(2026, 1, 1), team_id="T1"))
    add_scored(engine, "peer", agent="A2", team_id="T1", day=TODAY, score=45.0)
    engine.dispose()
    with TestClient(create_app(settings)) as http:
        http.headers["Accept"], http.headers["Accept-Language"] = "text/html", "zh-CN"
        page = BeautifulSoup(http.get("/agents/A1").text, "html.parser")
        tile = page.select_one(".score-quality")
        # mean 85, s = √(50 / 3), t(3) = 3.182: ± 3.182 · s / 2
        assert tile.select_one(".tile-count a").text == "85 ± 6.5"
        assert "4 通" in tile.text
        assert "前 4 周中位 60" in tile.text
        assert "3 通" in tile.text
        assert "高于自己的前 4 周" in tile.text
        assert "77" in tile.select_one(".line a").text  # (4 · 85 + 45) / 5
        for link, n in ((tile.select_one(".tile-count a"), 4), (tile.select_one(".line a"), 5)):
            listed = BeautifulSoup(http.get(link["href"]).text, "html.parser")
            assert len(listed.select("tr[data-call]")) == n
        assert len(page.select(".agent-columns .lines a[href^='/calls/']")) == 3
