"""The rubric pages: every item can be read, with what decides it in words and its examples."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.languages import full_width
from models.settings import Settings
from qa_engine.rubric.load import load_rubric, shipped_rubrics
from tests.api.pages.conftest import Page

STANDARD = shipped_rubrics()["telesales-standard"]


def test_the_list_says_which_rubrics_score_calls(page: Page) -> None:
    card = page("/rubrics").select_one('.rubric-list li:has(a[href="/rubrics/telesales-standard"])')
    assert "正在用于评分" in card.get_text()
    assert card.select_one('a[href="/?rubric=telesales-standard"]') is not None


def test_every_item_is_on_the_page_with_its_weight_and_conditions(page: Page) -> None:
    shown = page("/rubrics/telesales-standard")
    for item in load_rubric(STANDARD).items:
        rule = shown.find(id=item.id)
        assert full_width(item.title) in rule.get_text()
        assert rule.select("dl .rule-tree li"), item.id
        if item.weight:
            assert f"{item.weight:g} 分" in rule.get_text()


def test_auto_fails_say_what_they_do(page: Page) -> None:
    rule = page("/rubrics/telesales-standard").find(id="compliance.no_guaranteed_return")
    assert "整通否决" in rule.get_text()


def test_examples_are_shown_with_their_verdict(page: Page) -> None:
    rubric = load_rubric(STANDARD)
    item = next(item for item in rubric.items if item.examples and item.examples.fail)
    rule = page("/rubrics/telesales-standard").find(id=item.id)
    assert item.examples.fail[0] in rule.select_one(".examples").get_text()


def test_no_condition_of_the_shipped_rubrics_is_without_words(page: Page) -> None:
    for rubric_id in shipped_rubrics():
        for line in page(f"/rubrics/{rubric_id}").select(".rule-tree li"):
            assert not line.get_text().startswith("{"), line.get_text()


@pytest.mark.parametrize("rubric_id", ["none", "%2e%2e%2fpyproject", "objections", "%2Fetc%2Fpasswd"])
def test_only_rubrics_of_the_installation_are_opened(page: Page, rubric_id: str) -> None:
    page(f"/rubrics/{rubric_id}", status=404)


def test_a_rubric_with_errors_is_listed_with_them_and_does_not_take_the_page_down(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "rubrics").mkdir()
    (tmp_path / "rubrics/own.yaml").write_text("rubric: own\ntitel: 错\n", "utf-8")
    broken = settings.model_copy(update={"rubrics_dir": tmp_path / "rubrics"})
    with TestClient(create_app(broken)) as client:
        client.headers["Accept"] = "text/html"
        listed = BeautifulSoup(client.get("/rubrics").text, "html.parser")
        assert "文件有错误" in listed.get_text()
        assert client.get("/rubrics/own").status_code == 422
        assert client.get("/").status_code == 200
