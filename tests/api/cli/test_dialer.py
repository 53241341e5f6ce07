"""`callqa import` and `callqa kpi` at the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from api.cli import run

FIXTURES = Path(__file__).parents[3] / "fixtures/dialer"
COUNTS = (
    *("dials", "connects", "contacts", "sales", "handled", "talk_s", "hold_s", "acw_s", "wait_s", "pause_s"),
    *("leads_dialled", "leads_contacted"),
)
RATIOS = (
    *("connect_rate", "contact_rate_leads", "conversion_contacts", "conversion_dials", "conversion_leads"),
    *("conversion_connects", "abandon_rate", "aht", "att", "occupancy"),
)


@pytest.fixture(autouse=True)
def database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "data/callqa.sqlite3"
    monkeypatch.setenv("CALLQA_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.chdir(tmp_path)
    return path


def printed(capfd: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert run(arguments) == code
    return json.loads(capfd.readouterr().out)


def test_import_prints_its_contract(capfd: pytest.CaptureFixture[str]) -> None:
    made = printed(capfd, "import", "vicidial", str(FIXTURES / "vicidial"), "--json")
    assert list(made) == ["format", "files", "warnings", "orphans"]
    assert made["format"] == "callqa.import/1"
    assert made["files"]["vicidial_log"]["rejected_by_reason"]["duplicate"] == 3
    for count in made["files"].values():
        assert count["rows_in"] == count["stored"] + count["rejected"]
        assert count["rejected"] == sum(count["rejected_by_reason"].values())


def test_a_dry_run_makes_no_database(capfd: pytest.CaptureFixture[str], database: Path) -> None:
    made = printed(capfd, "import", "vicidial", str(FIXTURES / "vicidial"), "--json", "--dry-run")
    assert made["files"]["vicidial_log"]["stored"] == 485
    assert not database.exists()


def test_kpi_prints_its_contract(capfd: pytest.CaptureFixture[str]) -> None:
    printed(capfd, "import", "vicidial", str(FIXTURES / "vicidial"), "--json")
    made = printed(capfd, "kpi", "--json")
    assert list(made) == ["format", "total", "by_agent", "by_team", "by_day", "by_campaign"]
    assert made["format"] == "callqa.kpi/1"
    assert set(made["total"]) == {*COUNTS, *RATIOS}
    assert all(isinstance(made["total"][name], int) or made["total"][name] is None for name in COUNTS)
    assert all(set(made["total"][name]) == {"num", "den", "value"} for name in RATIOS)
    days = printed(capfd, "kpi", "--by", "day", "--from", "2026-11-03", "--to", "2026-11-03", "--json")
    assert list(days) == ["format", "total", "by_day"]
    assert list(days["by_day"]) == ["2026-11-03"]
    assert days["by_day"]["2026-11-03"] == days["total"]
    assert list(printed(capfd, "kpi", "--by", "total", "--json")) == ["format", "total"]


def test_kpi_of_nothing_knows_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    total = printed(capfd, "kpi", "--json", "--source", "nobody")["total"]
    assert total.pop("dials") == 0
    assert set(total.values()) == {None}


def test_several_paths_a_source_and_a_mapping(capfd: pytest.CaptureFixture[str]) -> None:
    folder = FIXTURES / "csv"
    mapping = str(folder / "mapping.yaml")
    made = printed(
        capfd, "import", "csv", str(folder / "calls.csv"), "--mapping", mapping, "--source", "云呼", "--json"
    )
    assert made["files"]["calls"]["stored"] == 490
    assert printed(capfd, "kpi", "--json", "--source", "云呼")["total"]["dials"] == 490
    log, users = FIXTURES / "vicidial/vicidial_log.csv", FIXTURES / "vicidial/vicidial_users.csv"
    assert list(printed(capfd, "import", "vicidial", str(log), str(users), "--json")["files"]) == [
        "vicidial_users",
        "vicidial_log",
    ]


def test_rejected_rows_are_no_failure_but_unreadable_files_are(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["import", "asterisk", str(FIXTURES / "asterisk")]) == 0
    assert "列数不对" in capfd.readouterr().out
    assert run(["import", "asterisk", str(tmp_path / "missing.csv")]) == 1
    assert "找不到" in capfd.readouterr().err


def test_a_password_in_a_url_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "vicidial", "mysql://cron:s3cretword@127.0.0.1:1/asterisk", "--json"]) == 1
    shown = capfd.readouterr()
    assert "s3cretword" not in shown.out + shown.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "avaya", "x.csv"),
        ("import", "vicidial"),
        ("kpi", "--by", "moon"),
    ],
)
def test_wrong_use_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert run(arguments) == 2


@pytest.mark.parametrize(
    "arguments", [("kpi", "--from", "gestern"), ("import", "csv", "x.csv", "--timezone", "Mars/Base")]
)
def test_values_that_mean_nothing_are_named(
    arguments: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 1
    assert "例如" in capfd.readouterr().err


def test_figures_for_people_come_with_both_numbers(capfd: pytest.CaptureFixture[str]) -> None:
    run(["import", "vicidial", str(FIXTURES / "vicidial")])
    capfd.readouterr()
    assert run(["kpi", "--by", "team"]) == 0
    shown = capfd.readouterr().out
    assert "210/485" in shown
    assert "TEAM1" in shown


def test_a_period_that_ends_before_it_begins_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["kpi", "--from", "2026-11-03", "--to", "2026-11-02", "--json"]) == 1
    assert "2026-11-03 晚于 --to 2026-11-02" in capfd.readouterr().err


def test_an_unknown_source_is_named_with_those_that_there_are(capfd: pytest.CaptureFixture[str]) -> None:
    run(["import", "vicidial", str(FIXTURES / "vicidial")])
    capfd.readouterr()
    assert run(["kpi", "--source", "vicidail", "--json"]) == 0
    said = capfd.readouterr().err
    assert "没有名为 vicidail 的来源" in said
    assert "已有的来源:vicidial" in said


@pytest.mark.parametrize("arguments", [("kpi",), ("kpi", "--by", "total")])
def test_without_calls_the_figures_say_what_to_do_next(
    capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert run(arguments) == 0
    printed = capfd.readouterr()
    assert "callqa import" in printed.err
    assert printed.out == ""


def test_kpi_as_files(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The same figures as the document's; the ending decides, and another ending is refused."""
    assert run(("import", "vicidial", str(FIXTURES / "vicidial"), "--json")) == 0
    capfd.readouterr()
    whole = printed(capfd, "kpi", "--by", "team", "--json")
    text, book = tmp_path / "k.csv", tmp_path / "k.xlsx"
    assert run(("kpi", "--by", "team", "--csv", str(text), "--xlsx", str(book))) == 0
    with text.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["metric"] == "connect_rate"]
    found = {
        row["key"]: (int(row["numerator"]), int(row["denominator"]))
        for row in rows
        if row["grouping"] == "team"
    }
    assert found == {
        key: (one["connect_rate"]["num"], one["connect_rate"]["den"]) for key, one in whole["by_team"].items()
    }
    assert book.read_bytes().startswith(b"PK")
    assert run(("kpi", "--csv", str(tmp_path / "k.pdf"))) != 0
