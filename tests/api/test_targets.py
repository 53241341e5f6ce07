"""Targets over HTTP: from a refused draft to a split, calibrated, withdrawn and restored target."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.database import open_database, session
from models.target_rules import declare_rule
from qa_engine.targets.calibration import DeclaredRule, Rule
from tests.api.conftest import Service
from tests.models.scored import add_months

TODAY = date(2026, 10, 15)
"""11 of October's 22 working days are gone; 23 connects a day of which 11 are contacts and 3 sales."""
OCTOBER = {
    "metric": "sales", "value": 60, "owner": "王经理", "first": "2026-10-01", "last": "2026-10-31", "baseline": 60,
}  # fmt: skip
BY = {"by": "王经理", "reason": "改口径"}


@pytest.fixture
def dialled(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Service:
    add_months(service.settings, tmp_path / "csv")
    monkeypatch.setattr("api.routes.targets.today_of", lambda _settings: TODAY)
    return service


def make(service: Service, **changes: Any) -> dict[str, Any]:
    reply = service.http.post("/api/v1/targets", json=OCTOBER | changes)
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metric": "nothing"}, "没有指标"),
        ({"value": 0}, "大于 0"),
        ({"owner": " "}, "负责人"),
        ({"last": "2026-09-01"}, "早于"),
        ({"scope": "team"}, "范围"),
        ({"metric": "connect_rate", "value": 30}, "大于 1"),
    ],
)
def test_what_is_not_smart_is_refused(dialled: Service, changes: dict[str, Any], said: str) -> None:
    reply = dialled.http.post("/api/v1/targets", json=OCTOBER | changes)
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "bad_target")
    assert said in reply.json()["error"]["message"]
    assert dialled.http.get("/api/v1/targets").json() == []


def test_attainment_is_pro_rated(dialled: Service) -> None:
    """3 sales a day: 33 in 11 days, of 30 that are due."""
    assert make(dialled, value=66)["target"]["attainment"] == pytest.approx(33 / 33)
    saved = make(dialled)["target"]
    assert (saved["actual"], saved["due"], saved["light"]) == (33, 30, "green")
    assert saved["attainment"] == pytest.approx(1.1)
    assert make(dialled, value=90)["target"]["light"] == "red"
    dry = dialled.http.post("/api/v1/targets?dry_run=true", json=OCTOBER).json()
    assert (dry["target"], dry["chance"]["weeks"]) == (None, 8)
    assert len(dialled.http.get("/api/v1/targets").json()) == 3


def test_the_path_and_the_dials_behind_sales(dialled: Service) -> None:
    one = dialled.http.get(f"/api/v1/targets/{make(dialled)['target']['id']}").json()
    assert (one["path"]["left"], one["path"]["days"]) == (27, 12)
    assert one["path"]["low"] < one["path"]["dials"] < one["path"]["high"]
    assert [(week["due"], week["reached"]) for week in one["weeks"][:3]] == [
        (pytest.approx(60 * 2 / 22), 6),
        (pytest.approx(60 * 7 / 22), 21),
        (pytest.approx(60 * 12 / 22), 33),
    ]
    assert one["weeks"][3]["reached"] is None
    needed = dialled.http.get("/api/v1/targets/needed?value=30").json()
    assert needed["low"] < 30 * 20 < needed["high"]
    assert needed["steps"]["成交"] == 30
    wrong = dialled.http.get("/api/v1/targets/needed?value=30&metric=aht")
    assert wrong.json()["error"]["code"] == "bad_target"


def test_a_rate_has_no_funnel_and_says_so(dialled: Service) -> None:
    made = make(dialled, metric="connect_rate", value=0.4, baseline=0.38)["target"]
    one = dialled.http.get(f"/api/v1/targets/{made['id']}").json()
    assert one["path"] is None
    assert "不在外呼漏斗" in one["path_refused"]


def test_a_split_is_previewed_then_saved_and_adds_up(dialled: Service) -> None:
    """By history T1 has two thirds of the sales: two agents of three with one a day each."""
    made = make(dialled)["target"]
    url = f"/api/v1/targets/{made['id']}/split"
    preview = dialled.http.post(url, json={}).json()
    assert [(one["key"], one["value"]) for one in preview["portions"]] == [("T1", 40), ("T2", 20)]
    assert preview["saved"] == []
    edited = dialled.http.post(url, json={"shares": {"T1": 0.5, "T2": 0.5}, "save": True}).json()
    assert len(edited["saved"]) == 2
    below = dialled.http.get(f"/api/v1/targets/{made['id']}").json()["children"]
    assert [(one["scope_id"], one["value"]) for one in below] == [("T1", 30), ("T2", 30)]
    assert dialled.http.post(url, json={"save": True}).status_code == 409
    off = dialled.http.post(f"/api/v1/targets/{edited['saved'][0]}/split", json={"shares": {"1001": 0.9}})
    assert off.json()["error"]["code"] == "bad_target"


def test_edits_calibration_withdrawal_and_return_are_logged(dialled: Service) -> None:
    engine = open_database(dialled.settings.database_url)
    with session(engine) as opened:
        declare_rule(opened, DeclaredRule(Rule.OUTAGE, date(2026, 10, 1)), by="王经理")
    engine.dispose()
    url = f"/api/v1/targets/{make(dialled)['target']['id']}"
    assert dialled.http.patch(url, json={"value": 80, "by": "", "reason": "x"}).status_code == 422
    assert dialled.http.patch(url, json={"value": 80, **BY}).json()["value"] == 80
    outage = {"rule": "outage", "happened": "2026-10-05", "amount": 48, "base": 480, **BY}
    assert dialled.http.post(f"{url}/calibrate", json=outage).json()["value"] == pytest.approx(72)
    market = outage | {"rule": "market"}
    undeclared = dialled.http.post(f"{url}/calibrate", json=market)
    assert (undeclared.status_code, undeclared.json()["error"]["code"]) == (409, "undeclared_rule")
    assert dialled.http.post(f"{url}/withdraw", json=BY).json()["withdrawn_at"]
    assert dialled.http.get("/api/v1/targets").json() == []
    assert len(dialled.http.get("/api/v1/targets?withdrawn=true").json()) == 1
    assert dialled.http.patch(url, json={"value": 90, **BY}).status_code == 409
    assert dialled.http.post(f"{url}/restore", json=BY).json()["withdrawn_at"] is None
    log = dialled.http.get(url).json()["log"]
    assert [(one["rule"], one["before"], one["after"]) for one in log] == [
        ("edit", 60, 80),
        ("outage", 80, pytest.approx(72)),
        ("withdraw", pytest.approx(72), pytest.approx(72)),
        ("restore", pytest.approx(72), pytest.approx(72)),
    ]
