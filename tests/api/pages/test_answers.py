"""What every page has in common: languages, themes, security headers, assets, errors."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup, Tag
from starlette.testclient import TestClient

from api.pages import assets
from api.pages.languages import Language, messages
from tests.api.pages.conftest import Page
from tests.api.pages.product import Product

PAGES = ("/", "/rubrics", "/rubrics/telesales-standard", "/nowhere")
ADDRESSES = {"src", "href", "action", "hx-get", "hx-post"}
TITLES = {"zh-CN": "通话", "zh-TW": "通話", "en-GB": "Calls", "fr": "通话"}


@pytest.mark.parametrize(("accept", "title"), TITLES.items())
def test_the_browsers_language_is_answered(page: Page, accept: str, title: str) -> None:
    assert page("/", language=accept).select_one("h1").get_text() == title


def test_a_chosen_language_wins_and_is_remembered(client: TestClient) -> None:
    client.cookies.clear()
    asked = client.get("/?lang=en", headers={"Accept-Language": "zh-CN"})
    assert '<html lang="en"' in asked.text
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "zh-CN"}).text
    client.cookies.clear()


def test_the_links_to_other_languages_keep_the_filter(page: Page) -> None:
    links = [link["href"] for link in page("/?team=T1&lang=en").select(".top-tools a[hreflang]")]
    assert links == ["/?team=T1&lang=zh-Hans", "/?team=T1&lang=zh-Hant", "/?team=T1&lang=en"]


def test_rubric_text_is_in_the_readers_script_and_speech_as_it_was_recognised(
    page: Page, product: Product
) -> None:
    call = page(f"/calls/{product.ids['wealth-002']}", language="zh-TW")
    assert "不得承諾保本保收益" in call.select_one("#form").get_text()
    assert "财富" in call.select_one("#transcript").get_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_is_remembered(client: TestClient, theme: str) -> None:
    client.cookies.clear()
    client.get(f"/?theme={theme}")
    assert f'data-theme="{theme}"' in client.get("/").text
    client.cookies.clear()


def test_without_a_choice_the_system_decides(page: Page) -> None:
    assert page("/").html.get("data-theme") is None
    assert page("/?theme=pink").html.get("data-theme") is None


def inline(element: Tag) -> bool:
    """Whether a style or a script hides in an attribute."""
    return any(key == "style" or key.startswith("on") for key in element.attrs)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_inline_and_nothing_from_elsewhere(client: TestClient, path: str) -> None:
    reply = client.get(path)
    policy = reply.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    elements = BeautifulSoup(reply.text, "html.parser").find_all(True)
    assert [element for element in elements if element.name == "style" or inline(element)] == []
    addresses = [value for element in elements for key, value in element.attrs.items() if key in ADDRESSES]
    assert [address for address in addresses if not re.match(r"/(?!/)|#", address)] == []


def test_assets_are_named_by_their_content_and_kept_for_ever(client: TestClient) -> None:
    for name in ("app.css", "app.js", "workbench.css", "workbench.js", "icon.svg"):
        reply = client.get(assets.asset_url(name))
        assert reply.status_code == 200
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", ["manifest.json", "..%2fpackage.json", "%2e%2e%2fpackage.json", "none.js"])
def test_only_built_files_are_served(client: TestClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_the_workbench_fits_its_budget() -> None:
    import gzip

    built = [(assets.DIST / assets.manifest()[name]).read_bytes() for name in ("app.js", "workbench.js")]
    assert sum(len(gzip.compress(script)) for script in built) <= 60_000


def test_an_installation_without_built_pages_says_what_to_do(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setattr(assets, "DIST", tmp_path)
    reply = client.get("/")
    assert reply.status_code == 500
    assert "build_hook.py" in reply.text


def test_an_unknown_address_is_a_page_for_people_and_json_for_programs(client: TestClient) -> None:
    assert "没有找到" in client.get("/nowhere").text
    assert (
        client.get("/nowhere", headers={"Accept": "application/json"}).json()["error"]["code"] == "not_found"
    )
    assert client.get("/api/v1/nowhere").json()["error"]["code"] == "not_found"


def test_a_parameter_that_cannot_be_read_is_said_in_the_readers_words(client: TestClient) -> None:
    shown = client.get("/reports?kind=daily").text
    assert "参数 kind：不认识的值" in shown
    assert "openapi" not in shown
    program = client.get("/reports?kind=daily", headers={"Accept": "application/json"}).json()["error"]
    assert "/openapi.json" in program["hint"]


@pytest.mark.parametrize(
    ("came_from", "leads_back"),
    [
        ("http://testserver/coaching?due=1", "/coaching?due=1"),
        ("http://elsewhere.example/coaching", None),  # another site's page is no way back
        ("http://testserver/reports", "/reports"),  # its form was filled in wrongly
        ("http://testserver/reports?kind=daily", None),  # the address itself fails
        ("", None),
    ],
)
def test_an_error_leads_back_to_the_page_it_came_from(
    client: TestClient, came_from: str, leads_back: str | None
) -> None:
    reply = client.get("/reports?kind=daily", headers={"Referer": came_from} if came_from else {})
    back = BeautifulSoup(reply.text, "html.parser").select_one("[data-take-up]")
    assert (back and back["href"]) == leads_back


def test_a_step_that_is_refused_is_not_called_unreadable(client: TestClient) -> None:
    shown = client.post("/alerts/act", data={"what": "snooze", "by": "李"}).text
    assert "这一步没有完成" in shown
    assert "还没有选择预警" in shown


@pytest.mark.parametrize("key", messages())
def test_every_message_is_whole_in_every_language(key: str) -> None:
    row = messages()[key]
    assert set(row) == set(Language)
    places = [sorted(set(re.findall(r"\{(\w+)\}", text))) for text in row.values()]
    assert places[0] == places[1] == places[2]
    assert all(row.values())
