"""The board answers, narrows, and leads to calls and formulas."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from api.pages.languages import messages
from models.database import open_database
from models.dial_import import run_import
from models.people import import_people
from qa_engine.kpi.quantiles import ALL_BY_ID
from tests.models.dialer import Dialer
from tests.models.test_dial_golden import order


@pytest.mark.parametrize("query", ["", "?team=%E4%BF%9D", "?lang=en", "?agent=x"])
def test_an_empty_board_still_answers(service, query: str) -> None:
    page = service.http.get(f"/board{query}")
    assert page.status_code == 200, page.text
    assert "/metrics#connect_rate" in page.text
    assert page.text.count("callqa import") == 3


def test_the_board_of_scored_calls(filled) -> None:
    scores = [
        call["score"]
        for call in filled.http.get("/api/v1/calls").json()["calls"]
        if call["score"] is not None
    ]
    page = filled.http.get("/board?from=2026-11-01&to=2026-11-30")
    tile = BeautifulSoup(page.text, "html.parser").select_one('.tile:has(a[href="/metrics#qa_score"])')
    assert tile.select_one(".tile-count").text == f"{sum(scores) / len(scores):.1f}"
    assert f"n = {len(scores)}" in tile.text
    assert "样本不足" in tile.text


def test_a_backward_range_is_refused(filled) -> None:
    assert filled.http.get("/board?from=2026-01-02&to=2026-01-01").status_code == 422


def test_every_metric_is_in_the_catalogue(service) -> None:
    page = BeautifulSoup(service.http.get("/metrics").text, "html.parser")
    assert {row["id"] for row in page.select("tbody tr")} == set(ALL_BY_ID)


def test_every_unit_has_its_name(service) -> None:
    assert {f"unit.{metric.unit}" for metric in ALL_BY_ID.values()} <= set(messages())


def test_a_scope_is_found_by_its_name(service) -> None:
    run_import(service.settings, order("vicidial"))
    november = "/board?from=2026-11-01&to=2026-11-30"
    by_name, by_id = (service.http.get(f"{november}&agent={who}") for who in ("赵小东", "1001"))
    tiles = [
        [one.text for one in BeautifulSoup(page.text, "html.parser").select(".tile-count")]
        for page in (by_name, by_id)
    ]
    assert tiles[0] == tiles[1]
    assert tiles[0][0] != "0"
    assert "赵小东" in by_id.text


def test_with_people_the_board_goes_by_region_then_team(service, tmp_path) -> None:
    dialer = Dialer(service.settings, tmp_path / "csv", "csv")
    dialer.write(
        "one.csv",
        "id,started_at,agent_id,team_id,status,connected\n"
        "1,2026-11-02 09:00:00,a,,x,1\n2,2026-11-02 09:05:00,b,,x,1\n3,2026-11-02 09:06:00,c,,x,1\n",
    )
    dialer.load()
    staff = tmp_path / "staff.csv"
    staff.write_text("工号,团队,区域\na,T1,华东\nb,T2,华东\nc,T3,华南\n", "utf-8")
    engine = open_database(service.settings.database_url)
    import_people(engine, staff)
    engine.dispose()
    days = "from=2026-11-01&to=2026-11-30"

    def rows(query: str) -> dict[str, str]:
        page = BeautifulSoup(service.http.get(f"/board?{days}{query}").text, "html.parser")
        return {
            row.td.a["href"].rsplit("&", 1)[-1]: row.select("td")[1].a.text
            for row in page.select(".table-wrap.card tbody tr")
        }

    assert rows("") == {"region=%E5%8D%8E%E4%B8%9C": "2", "region=%E5%8D%8E%E5%8D%97": "1"}
    assert list(rows("&region=华东").values()) == ["1", "1"]
    figure = service.http.get(f"/figures/dials?{days}&region=华东").text
    assert figure.count("09:0") == 2
    assert service.http.get("/?region=华东").status_code == 200
    found = service.http.get("/api/v1/kpi?by=region").json()["by_region"]
    assert {key: one["dials"] for key, one in found.items()} == {"华东": 2, "华南": 1}
