"""Alerts over HTTP and on the command line."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from api.cli import run
from models.alert_rules import load_rules
from models.alert_watch import check_figures
from models.columns import utc_now
from models.database import open_database, session
from tests.models.call_days import put_day

RULES = """\
rules:
  - {id: low, title: 接通率低, kind: k_of_n, metric: connect_rate, scope: team, k: 3, n: 3, below: 0.8, target: 0.2, min_n: 50}
"""


@pytest.fixture
def today(service_on_each, tmp_path, monkeypatch):
    (tmp_path / "rules.yaml").write_text(RULES, "utf-8")
    settings = service_on_each.settings
    for name, value in (
        ("DATABASE_URL", settings.database_url),
        ("STORAGE_URL", settings.storage_url),
        ("ALERT_RULES", str(tmp_path / "rules.yaml")),
    ):
        monkeypatch.setenv(f"CALLQA_{name}", value)
    day = utc_now().astimezone(settings.zone).date()
    engine = open_database(settings.database_url)
    with session(engine) as opened:
        for back in range(1, 40):
            put_day(opened, day - timedelta(days=back), dials=60, connects=6 if back < 4 else 12)
    book = load_rules(settings.model_copy(update={"alert_rules": tmp_path / "rules.yaml"}))
    assert check_figures(engine, settings, book, utc_now()) == 1
    engine.dispose()
    return day


def test_list_act_and_ticket(service_on_each, today) -> None:
    http = service_on_each.http
    (alert,) = http.get("/api/v1/alerts?state=open").json()["alerts"]
    assert (alert["rule"], alert["scope_key"], alert["value"], alert["n"]) == ("low", "T1", 0.1, 60)
    path = f"/api/v1/alerts/{alert['id']}"
    change = {"by": "李", "state": "acting", "action": "training", "owner": "王", "due": str(today)}
    assert http.patch(f"{path}/ticket", json=change).json()["state"] == "acting"
    assert http.post(f"{path}/actions", json={"act": "resolve", "by": "李"}).json()["state"] == "resolved"
    again = http.post(f"{path}/actions", json={"act": "resolve", "by": "李"})
    assert again.status_code == 409
    shown = http.get(path).json()
    assert [event["did"] for event in shown["history"]] == ["resolved", "ticket", "opened"]
    assert http.get("/api/v1/alerts/999").status_code == 404


def test_attribution_over_http(service_on_each, today) -> None:
    first, last = today - timedelta(days=3), today - timedelta(days=1)
    query = {"metric": "connect_rate", "from": str(first), "to": str(last), "before_from": str(first - timedelta(35)),
             "before_to": str(first - timedelta(1))}  # fmt: skip
    refused = service_on_each.http.get("/api/v1/attribution", params=query)
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "not_enough_calls"
    query["from"] = str(first - timedelta(3))
    query["before_to"] = str(first - timedelta(4))
    found = service_on_each.http.get("/api/v1/attribution", params=query).json()
    assert sum(part["value"] for part in found["parts"]) == pytest.approx(found["change"])
    bad = service_on_each.http.get("/api/v1/attribution", params={**query, "metric": "aht"})
    assert bad.status_code == 422


def test_the_commands(today, capsys, tmp_path) -> None:
    assert run(["alerts", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert (listed["total"], listed["alerts"][0]["rule"]) == (1, "low")
    assert run(["alerts", "check"]) == 0
    assert "新触发 0 次" in capsys.readouterr().err
    assert run(["alerts", "lead", "T1", "王主管"]) == 0
    assert run(["alerts", "rules"]) == 0
    assert "接通率低" in capsys.readouterr().out
    assert run(["alerts", "send"]) == 0
    assert run(["alerts", "test", "feishu"]) != 0
    first, last = str(today - timedelta(days=10)), str(today - timedelta(days=1))
    capsys.readouterr()
    assert run(["attribute", "connect_rate", "--from", first, "--to", last, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["format"], found["after"]["n"]) == ("callqa.attribution/1", 600)


def test_a_bad_rule_file_names_its_line(today, capsys, tmp_path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(RULES.replace("connect_rate", "conect_rate"), "utf-8")
    assert run(["alerts", "rules", str(bad)]) != 0
    assert "bad.yaml:2" in capsys.readouterr().err
