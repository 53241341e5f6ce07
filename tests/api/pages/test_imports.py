"""Pages of imports: what came, what did not and why; the command where nothing came."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from api.app import create_app
from api.cli.pull import pull_now
from api.pages.languages import messages
from api.rejected_csv import safe_cell
from models.dial_input import SYSTEMS
from models.import_run import Via
from qa_engine.dialer.records import Notice, Reason
from qa_engine.errors import NotFound
from tests.api.conftest import Service
from tests.conftest import make_settings
from tests.models.dialer import Dialer

LOG = "uniqueid,lead_id,campaign_id,call_date,length_in_sec,status,phone_number,user,user_group\n"


@pytest.fixture
def imported(service: Service, tmp_path: Path) -> Service:
    dialer = Dialer(service.settings, tmp_path / "export", "vicidial")
    dialer.write(
        "vicidial_log.csv",
        LOG
        + "u1,11,C,2026-11-02 09:00:00,60,SALE,13900000011,1001,T1\n"
        + "u2,11,C,=HYPERLINK(1),60,SALE,13900000011,1001,T1\n"
        + "u3,11,C,2026-11-02 09:00:00,60,SALE,1390000001x,1001,T1\n",
    )
    dialer.write(
        "recording_log.csv",
        "recording_id,start_time,length_in_sec,filename,lead_id,user,vicidial_id\n"
        "r2,2026-11-02 15:00:01,58,13900000099-two.wav,99,1002,gone\n",
    )
    dialer.load()
    return service


@pytest.mark.parametrize(
    ("language", "word"), [("zh-Hans", "还没有"), ("zh-Hant", "還沒有"), ("en", "Nothing")]
)
def test_without_imports_the_page_says_the_command(service: Service, language: str, word: str) -> None:
    page = service.http.get(f"/imports?lang={language}")
    assert page.status_code == 200
    assert word in page.text
    assert "callqa import" in page.text


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_the_list_and_the_report(imported: Service, language: str) -> None:
    page = BeautifulSoup(imported.http.get(f"/imports?lang={language}").text, "html.parser")
    (run_link,) = page.select('td a[href^="/imports/"]')
    report = imported.http.get(str(run_link["href"]))
    assert report.status_code == 200
    rows = [
        [cell.text for cell in row.select("td")]
        for row in BeautifulSoup(report.text, "html.parser").select("tr")
    ]
    assert [cell for row in rows if "=HYPERLINK(1)" in row for cell in (row[0], row[1], row[4])] == [
        "vicidial_log",
        "2",
        "=HYPERLINK(1)",
    ]
    assert "1390000001" not in report.text
    assert "13900000099" not in report.text
    assert "r2" in report.text
    assert "None" not in report.text


def test_the_table_of_rejected_rows_runs_no_formula(imported: Service) -> None:
    run = imported.http.get("/api/v1/imports").json()["imports"][0]
    reply = imported.http.get(f"/api/v1/imports/{run['id']}/rejected.csv")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.content.startswith(b"\xef\xbb\xbf")
    lines = reply.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "file,row,reason,column,found,expected"
    assert "vicidial_log,2,bad_time,call_date,'=HYPERLINK(1)," in lines


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx"])
def test_cells_that_spreadsheets_would_run(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_the_report_over_http(imported: Service) -> None:
    found = imported.http.get("/api/v1/imports?source=vicidial").json()
    assert found["total"] == 1
    run = found["imports"][0]
    assert (run["rows_in"], run["stored"], run["rejected"], run["via"]) == (4, 2, 2, Via.CLI)
    report = imported.http.get(f"/api/v1/imports/{run['id']}").json()
    assert [one["reason"] for one in report["rejections"]] == ["bad_time", "bad_phone"]
    assert report["orphans"] == {"recordings_without_call": 1, "calls_without_recording": 1}
    (source,) = imported.http.get("/api/v1/sources").json()
    assert (source["name"], source["freshness"], source["last_day"]) == ("vicidial", "manual", "2026-11-02")


@pytest.mark.parametrize("path", ["/imports/7", "/api/v1/imports/7", "/api/v1/imports/7/rejected.csv"])
def test_an_unknown_import_is_not_found(service: Service, path: str) -> None:
    assert service.http.get(path).status_code == 404


@pytest.fixture
def scheduled(tmp_path: Path, sqlite_url: str) -> Iterator[Service]:
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "a.csv").write_text(
        "id,started_at,agent_id,status,connected\n1,2026-11-02 09:00:00,a,x,1\n"
    )
    (tmp_path / "sources.yaml").write_text(
        "sources: [{name: 云呼, dialer: csv, every: 5m, folder: exports}]", "utf-8"
    )
    settings = make_settings(tmp_path, sqlite_url, sources=tmp_path / "sources.yaml")
    with TestClient(create_app(settings)) as http:
        yield Service(settings, http, {})


def badges(service: Service, path: str) -> list[str]:
    page = BeautifulSoup(service.http.get(path).text, "html.parser")
    return [badge.text for badge in page.select(".verdict .word")]


def test_freshness_on_the_board_and_the_list(scheduled: Service, capsys: pytest.CaptureFixture[str]) -> None:
    assert "尚未拉取" in badges(scheduled, "/board")
    assert pull_now(scheduled.settings, "云呼", as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["云呼"]["files"]["a"]["stored"] == 1
    assert "新鲜" in badges(scheduled, "/board")
    assert badges(scheduled, "/imports") == ["新鲜", "完成"]
    (scheduled.settings.sources.parent / "exports" / "a.csv").unlink()
    assert pull_now(scheduled.settings, None, as_json=False) == 1
    assert "失败" in badges(scheduled, "/board")
    with pytest.raises(NotFound):
        pull_now(scheduled.settings, "x", as_json=True)


def test_a_broken_file_of_sources_is_said(scheduled: Service) -> None:
    scheduled.settings.sources.write_text("sources: [", "utf-8")
    assert "来源文件不可用" in scheduled.http.get("/imports").text
    assert scheduled.http.get("/board").status_code == 200
    assert scheduled.http.get("/api/v1/sources").json() == []


def test_every_reason_and_notice_is_worded() -> None:
    needed = {
        *(f"reject.{reason}" for reason in Reason),
        *(f"import.warning.{notice}" for notice in Notice),
        *(f"import.kind.{system}" for system in (*SYSTEMS, "people")),
    }
    assert needed <= set(messages())
