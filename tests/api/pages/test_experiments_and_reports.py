"""Experiments by their form, reports as page and files."""

from __future__ import annotations

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

FORM = {
    "name": "开场白",
    "metric": "conversion",
    "base": "5",
    "least": "1",
    "lines_a": "您好这里是安心保险",
    "lines_b": "您的保单快到期了",
}


def test_an_experiment_is_written_down_started_and_says_that_there_is_too_little(service) -> None:
    page = service.http.post("/experiments?lang=zh-Hans", data=FORM)
    url = page.url.path
    assert "8,143" in page.text
    started = service.http.post(f"{url}/start")
    assert "样本不足" in started.text
    decided = service.http.post(f"{url}/decide", data={"winner": "B", "note": "第 3 版开场白"})
    assert "第 3 版开场白" in decided.text


@pytest.mark.parametrize("change", [{"lines_b": " "}, {"metric": "complaints"}, {"teams_a": "T1"}])
def test_an_experiment_that_cannot_be_concluded_is_refused(service, change) -> None:
    assert service.http.post("/experiments", data=FORM | change).status_code == 422


@pytest.mark.parametrize("kind", ["morning", "weekly", "monthly"])
def test_reports_as_page_pdf_and_spreadsheet(filled, kind: str) -> None:
    page = filled.http.get(f"/reports?kind={kind}&day=2026-11-06&lang=zh-Hans")
    assert page.status_code == 200
    pdf = filled.http.get(f"/reports/{kind}.pdf?day=2026-11-06").content
    assert pdf.startswith(b"%PDF-")
    assert b"STSong-Light" in pdf
    book = load_workbook(BytesIO(filled.http.get(f"/reports/{kind}.xlsx?day=2026-11-06").content))
    assert all(sheet.title in page.text for sheet in book)
    if kind != "morning":
        shown = BeautifulSoup(page.text, "html.parser")
        links = {link["href"] for link in shown.select('td a[href^="/figures/"]')}
        assert any(link.startswith("/figures/qa_score?") for link in links)
        for link in links:
            assert filled.http.get(link).status_code == 200, link
