"""Filters kept under a name: whose they are, who sees them, and that nothing is lost by a slip."""

from __future__ import annotations

from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from models.saved_view import MOST
from tests.api.conftest import Service
from tests.api.test_access import Site, site  # noqa: F401 (a fixture)

PAGE = {"Accept": "text/html", "Accept-Language": "zh-CN"}


def chips(http: TestClient, address: str) -> dict[str, str]:
    page = BeautifulSoup(http.get(address, headers=PAGE).text, "html.parser")
    return {chip.contents[0].strip(): chip["href"] for chip in page.select(".view-chip > a")}


def keep(
    http: TestClient, name: str, query: str = "team=T1&from=2026-11-01", page: str = "board", **more: str
) -> int:
    return http.post("/views", data={"page": page, "query": query, "name": name, **more}).status_code


def test_a_view_is_saved_renamed_removed_and_brought_back(service_on_each: Service) -> None:
    http = service_on_each.http
    assert keep(http, " 我的  一组 ") == 200
    assert chips(http, "/board") == {"我的 一组": "/board?team=T1"}  # without its days
    assert keep(http, "我的 一组", "team=T2&page=3&from=2026-11-01", days="1") == 200
    assert chips(http, "/board") == {"我的 一组": "/board?team=T2&from=2026-11-01"}
    form = BeautifulSoup(http.get("/board", headers=PAGE).text, "html.parser").select_one(".view-panel form")
    assert http.post(form["action"], data={"name": "二组"}).status_code == 200
    after = http.post(f"{form['action']}/remove", headers=PAGE)
    assert chips(http, "/board") == {}
    undo = BeautifulSoup(after.text, "html.parser").select_one(".views-gone")
    assert "二组" in undo.text
    http.post(undo["action"])
    assert list(chips(http, "/board")) == ["二组"]


def test_what_cannot_be_kept_is_refused_with_a_reason(service: Service) -> None:
    http = service.http
    assert keep(http, "  ") == 422
    assert keep(http, "x", "a=" + "b" * 2500) == 422
    assert keep(http, "x", page="nowhere") == 422
    assert http.post("/views/999/remove").status_code == 404
    for at in range(MOST):
        assert keep(http, f"v{at}") == 200
    assert keep(http, "one more") == 409


def test_the_view_that_is_shown_is_marked_and_the_last_one_is_offered(service: Service) -> None:
    http = service.http
    keep(http, "未复核", "reviewed=no", page="calls")
    page = BeautifulSoup(http.get("/?reviewed=no", headers=PAGE).text, "html.parser")
    assert page.select_one(".view-chip.is-current a").contents[0].strip() == "未复核"
    plain = BeautifulSoup(http.get("/", headers=PAGE).text, "html.parser")
    assert plain.select_one(".view-last")["href"] == "/?reviewed=no"


def test_views_are_ones_own_unless_shared_and_a_lead_shares_with_the_own_team(site: Site) -> None:  # noqa: F811
    site.add_everybody()
    lead, manager, trainer = (site.client(name) for name in ("team_lead", "qa_manager", "trainer"))
    keep(lead, "组长自己的")
    keep(lead, "组长共享的", shared="1")
    keep(manager, "经理共享的", shared="1")
    assert set(chips(lead, "/board")) == {"组长自己的", "组长共享的", "经理共享的"}
    assert set(chips(manager, "/board")) == {"组长共享的", "经理共享的"}
    assert set(chips(trainer, "/board")) == {"组长共享的", "经理共享的"}
    page = BeautifulSoup(manager.get("/board", headers=PAGE).text, "html.parser")
    own = [form["action"] for form in page.select(".view-panel form[action$='/remove']")]
    assert len(own) == 1  # nobody changes what is another's
    foreign = BeautifulSoup(lead.get("/board", headers=PAGE).text, "html.parser")
    for form in foreign.select(".view-panel form[action$='/remove']"):
        assert manager.post(form["action"]).status_code == 404
