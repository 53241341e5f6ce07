"""`callqa scorecard` and `callqa target` at the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from api.cli import run
from tests.models.test_scorecard import TEXT, calls


@pytest.fixture(autouse=True)
def imported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CALLQA_DATABASE_URL", f"sqlite:///{tmp_path / 'x.sqlite3'}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("api.cli.target.today_of", lambda _settings: date(2026, 11, 4))
    rows = (calls("a", 40, 20) + calls("b", 40, 10)).replace("2026-11", "2026-10")
    Path("calls.csv").write_text("id,started_at,agent_id,status,connected\n" + rows, "utf-8")
    Path("weights.yaml").write_text(TEXT, "utf-8")
    assert run(["import", "csv", "calls.csv"]) == 0
    capfd.readouterr()


def printed(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(arguments) == 0, capfd.readouterr().err
    return capfd.readouterr().out


def test_from_weights_to_scores(capfd: pytest.CaptureFixture[str]) -> None:
    printed(capfd, "scorecard", "schedule", "weights.yaml")
    printed(capfd, "scorecard", "approve", "telesales", "1", "--by", "王经理")
    shown = json.loads(printed(capfd, "scorecard", "show", "2026-10", "--json"))
    assert [(card["key"], card["score"], card["rank"]["place"]) for card in shown["cards"]] == [
        ("a", pytest.approx(45), 1),
        ("b", pytest.approx(32.5), 2),
    ]
    assert "45.0 ±" in printed(capfd, "scorecard", "show", "2026-10")
    assert (
        json.loads(printed(capfd, "scorecard", "preview", "weights.yaml", "2026-10", "--json"))[0]["change"]
        == 0
    )


def test_from_target_to_path(capfd: pytest.CaptureFixture[str]) -> None:
    days = ("--from", "2026-01-01", "--to", "2099-12-31")
    target = printed(
        capfd, "target", "add", "connects", "400", *days, "--owner", "王经理", "--baseline", "30"
    ).strip()
    (listed,) = json.loads(printed(capfd, "target", "list", "--json"))
    assert (listed["id"], listed["actual"]) == (target, 30)
    path = json.loads(printed(capfd, "target", "path", target, "--json"))
    assert path["path"]["left"] == 370
    assert "周里程碑" in printed(capfd, "target", "path", target)
    assert json.loads(printed(capfd, "target", "log", target, "--json")) == []


def test_a_rule_that_was_not_declared_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    days = ("--from", "2026-01-01", "--to", "2026-12-31")
    target = printed(
        capfd, "target", "add", "connects", "400", *days, "--owner", "王", "--baseline", "30"
    ).strip()
    inputs = ("--on", "2026-10-05", "--amount", "48", "--base", "480", "--reason", "线路故障", "--by", "王")
    assert run(["target", "calibrate", target, "outage", *inputs]) == 1
    assert "undeclared_rule" in capfd.readouterr().err
