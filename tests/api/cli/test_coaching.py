"""`callqa coaching`, `experiment` and `report` on a store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli import run
from models.database import open_database
from tests.models.coached import RUBRIC, TODAY, add_centre


@pytest.fixture
def centre(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    engine = open_database(sqlite_url)
    add_centre(engine)
    engine.dispose()
    monkeypatch.setenv("CALLQA_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("CALLQA_STORAGE_URL", str(tmp_path / "audio"))
    return tmp_path


def test_findings_as_json(centre, capfd) -> None:
    assert run(["coaching", "findings", "--rubric", RUBRIC, "--day", str(TODAY), "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert document["format"] == "callqa.findings/1"
    assert list(document["by_agent"]) == ["bad"]


def test_checks_run_on_a_store_without_plans(centre, capfd) -> None:
    assert run(["coaching", "check", "--json"]) == 0
    assert run(["experiment", "check", "--json"]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert [json.loads(line).get("plans", json.loads(line).get("experiments")) for line in lines] == [[], []]


def test_size(capfd) -> None:
    assert run(["experiment", "size", "0.05", "0.06"]) == 0
    assert "8,143" in capfd.readouterr().out
    assert run(["experiment", "size", "0.05", "0.05"]) == 1


@pytest.mark.parametrize(("ending", "start"), [(".pdf", b"%PDF-"), (".xlsx", b"PK")])
def test_a_report_is_written(centre: Path, ending: str, start: bytes) -> None:
    file = centre / f"week{ending}"
    assert run(["report", "make", "weekly", "--to", str(file), "--day", str(TODAY)]) == 0
    assert file.read_bytes().startswith(start)


def test_an_unknown_kind_of_file_is_refused(centre: Path, capfd) -> None:
    assert run(["report", "make", "weekly", "--to", str(centre / "week.doc")]) == 1
    assert ".pdf" in capfd.readouterr().err
