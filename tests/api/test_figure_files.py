"""Figures to take away are those of the board and of the API, and run nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from api.documents.csv_file import csv_bytes
from api.documents.xlsx import xlsx
from models.figure_table import COLUMNS
from qa_engine.insight.sheet import Sheet, Table
from tests.api.conftest import Service
from tests.models.dialer import Dialer

ROWS = (
    "id,started_at,agent_id,status,connected\n"
    "1,2026-11-02 09:00:00,=1+1,x,1\n2,2026-11-02 10:00:00,b,x,0\n3,2026-11-03 09:00:00,b,x,1\n"
)
EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


@pytest.fixture
def loaded(service: Service, tmp_path: Path) -> Service:
    dialer = Dialer(service.settings, tmp_path / "csv", "csv")
    dialer.write("calls.csv", ROWS)
    dialer.load()
    return service


def rows_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def sheet_rows(content: bytes) -> list[dict[str, object]]:
    _, _, heads, *rows = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_the_file_of_the_board_has_the_numbers_of_the_board(loaded: Service) -> None:
    query = "from=2026-11-01&to=2026-11-30"
    page = BeautifulSoup(loaded.http.get(f"/board?{query}").text, "html.parser")
    link = page.select_one('.files a[href$="csv?from=2026-11-01&to=2026-11-30"]')["href"]
    rows = rows_of(loaded.http.get(link).content)
    assert tuple(rows[0]) == COLUMNS
    total = {row["metric"]: row for row in rows if row["grouping"] == "total"}
    for metric in ("connect_rate", "dials"):
        shown = page.select_one(f'.tile:has(a[href="/metrics#{metric}"]) .tile-count').text
        value = float(total[metric]["value"])
        assert shown == (f"{value * 100:.1f}%" if metric == "connect_rate" else f"{value:,.0f}")
    assert (total["connect_rate"]["numerator"], total["connect_rate"]["denominator"]) == ("2", "3")
    assert total["connect_rate"]["formula"] == "接通次数 / 外呼次数"
    assert total["occupancy"]["value"] == ""
    days = [row["value"] for row in rows if row["grouping"] == "day" and row["metric"] == "dials"]
    assert sum(int(value or 0) for value in days) == 3


def test_the_files_of_the_api_have_the_numbers_of_its_document(loaded: Service) -> None:
    document = loaded.http.get("/api/v1/kpi").json()
    texts = rows_of(loaded.http.get("/api/v1/kpi.csv").content)
    numbers = sheet_rows(loaded.http.get("/api/v1/kpi.xlsx").content)
    assert len(texts) == len(numbers)
    for text, number in zip(texts, numbers, strict=True):
        group = document["total"] if text["grouping"] == "total" else None
        if group is None:
            group = document[f"by_{text['grouping']}"][text["key"].removeprefix("'")]
        expected = group[text["metric"]]
        value = expected["value"] if isinstance(expected, dict) else expected
        assert text["value"] == ("" if value is None else str(value))
        assert number["value"] == value


def test_one_grouping_and_its_names(loaded: Service) -> None:
    rows = rows_of(loaded.http.get("/api/v1/kpi.csv?by=team&from=2026-11-02&to=2026-11-02").content)
    assert {row["grouping"] for row in rows} == {"total", "team"}
    assert {(row["from"], row["to"]) for row in rows} == {("2026-11-02", "2026-11-02")}


def test_the_catalogue_comes_as_a_file(service: Service) -> None:
    rows = rows_of(service.http.get("/metrics.csv").content)
    assert "connect_rate" in {row["metric"] for row in rows}
    assert len(sheet_rows(service.http.get("/metrics.xlsx").content)) == len(rows)


@pytest.mark.parametrize("path", ["/board.pdf", "/metrics.pdf", "/api/v1/kpi.pdf"])
def test_other_files_are_refused(service: Service, path: str) -> None:
    assert service.http.get(path).status_code == 422


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_is_a_formula(text: str) -> None:
    table = Table("t", ("name", "value"), ((text, -1.5),))
    (row,) = rows_of(csv_bytes(table))
    assert row == {"name": f"'{text}", "value": "-1.5"}
    page = load_workbook(io.BytesIO(xlsx(Sheet("t", "", "", (table,))))).active
    assert page.cell(4, 1).data_type == "s"
    assert page.cell(4, 2).value == -1.5


def test_a_hostile_agent_is_text_in_the_export(loaded: Service) -> None:
    rows = rows_of(loaded.http.get("/api/v1/kpi.csv?by=agent").content)
    assert {row["key"] for row in rows} == {"", "'=1+1", "b"}


def test_a_table_with_a_character_that_no_spreadsheet_takes() -> None:
    made = xlsx(Sheet("t", "", "", (Table("t", ("name",), (("a\x00b\x1bc",),)),)))
    assert load_workbook(io.BytesIO(made)).active.cell(4, 1).value == "abc"
