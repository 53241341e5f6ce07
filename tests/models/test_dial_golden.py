"""Exports of four dialers lead to the figures that their builder added up by itself, to the last digit."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from fixtures.builders.dialer.__main__ import build
from models.database import open_database, reading
from models.dial_import import ImportOrder, run_import
from models.dial_kpi import GROUPINGS, By, kpi_sums
from models.settings import Settings
from qa_engine.dialer.mapping import AS_NAMED, parse_mapping
from qa_engine.kpi.registry import DIALER_METRICS, document
from qa_engine.kpi.sums import Sums
from tests.conftest import make_settings

FOLDER = Path(__file__).parents[2] / "fixtures/dialer"
DIALERS = ("vicidial", "asterisk", "freeswitch", "csv")


def expected(dialer: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / dialer / "expected.yaml").read_text("utf-8"))
    return loaded


def order(dialer: str, folder: Path = FOLDER, *, dry_run: bool = False) -> ImportOrder:
    zone = expected(dialer).get("timezone")
    mapping = folder / dialer / "mapping.yaml"
    return ImportOrder(
        dialer,
        [str(folder / dialer)],
        dialer,
        parse_mapping(mapping.read_bytes(), file="mapping.yaml") if mapping.exists() else AS_NAMED,
        ZoneInfo(zone) if zone else None,
        dry_run,
    )


def figures(settings: Settings) -> dict[str, Any]:
    engine = open_database(settings.database_url)
    with reading(engine) as opened:
        made = kpi_sums(opened, GROUPINGS)
    engine.dispose()
    groups = {
        f"by_{by.value}": {key: document(sums) for key, sums in group.items()} for by, group in made.items()
    }
    return {"total": groups["by_total"][""], **groups}


@pytest.mark.parametrize("dialer", DIALERS)
def test_figures_and_counts_are_the_builders(dialer: str, database_url: str, tmp_path: Path) -> None:
    settings, wanted = make_settings(tmp_path, database_url), expected(dialer)
    report = run_import(settings, order(dialer)).document()
    assert report["files"] == wanted["import"]
    assert report["orphans"] == wanted.get("orphans", {})
    found = figures(settings)
    for grouping, value in wanted["kpi"].items():
        assert found[grouping] == value, grouping


@pytest.mark.parametrize("dialer", DIALERS)
def test_importing_again_stores_nothing_and_changes_no_figure(dialer: str, settings: Settings) -> None:
    first = run_import(settings, order(dialer))
    before = figures(settings)
    again = run_import(settings, order(dialer))
    assert [count.stored for count in again.files.values()] == [0] * len(again.files)
    assert {name: count.rows_in for name, count in again.files.items()} == {
        name: count.rows_in for name, count in first.files.items()
    }
    assert figures(settings) == before


@pytest.mark.parametrize("dialer", DIALERS)
def test_a_dry_run_reports_the_same_and_stores_nothing(dialer: str, settings: Settings) -> None:
    dry = run_import(settings, order(dialer, dry_run=True)).document()
    assert figures(settings)["total"]["dials"] == 0
    assert run_import(settings, order(dialer)).document() == dry
    after = run_import(settings, order(dialer, dry_run=True))
    assert [count.stored for count in after.files.values()] == [0] * len(after.files)


@pytest.mark.parametrize("dialer", DIALERS)
@pytest.mark.parametrize("by", GROUPINGS)
def test_groups_add_up_to_the_total(dialer: str, by: By, settings: Settings) -> None:
    run_import(settings, order(dialer))
    engine = open_database(settings.database_url)
    with reading(engine) as opened:
        made = kpi_sums(opened, [by])
    total, added = made[By.TOTAL][""], sum(made[by].values(), Sums())
    engine.dispose()
    for metric in DIALER_METRICS:
        if "leads" not in metric.id and metric.denominator is None:  # a lead may be dialled by two agents
            assert metric.of(added) == metric.of(total), metric.id


def test_the_fixtures_are_what_the_builder_makes(tmp_path: Path) -> None:
    build(tmp_path)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {path.relative_to(FOLDER): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    assert made == kept


def test_files_in_any_order_of_imports_give_the_same_figures(settings: Settings, tmp_path: Path) -> None:
    """Statuses that come after the calls give them their meaning."""
    folder = tmp_path / "late"
    shutil.copytree(FOLDER / "vicidial", folder)
    for name in ("vicidial_log.csv", "vicidial_agent_log.tsv", "recording_log.csv", "vicidial_statuses.csv"):
        run_import(settings, ImportOrder("vicidial", [str(folder / name)], "vicidial"))
    assert figures(settings)["total"] == expected("vicidial")["kpi"]["total"]


LONG = "长" * 400  # stands where ~ does
LONG_TABLES = {
    "vicidial": {
        "vicidial_log.csv": "uniqueid,lead_id,campaign_id,call_date,status,user,user_group\n~,~,~,2026-11-02 09:00,~,~,~\n",
        "vicidial_agent_log.csv": "agent_log_id,user,event_time,campaign_id,user_group,uniqueid\n~,~,2026-11-02 09:00,~,~,~\n",
        "recording_log.csv": "recording_id,start_time,filename,lead_id,user,vicidial_id\n~,2026-11-02 09:00,~,~,~,~\n",
        "vicidial_statuses.csv": "status,status_name,human_answered,campaign_id\n~,~,Y,~\n",
        "vicidial_users.csv": "user,full_name,user_group\n~,~,~\n",
        "vicidial_user_groups.csv": "user_group,group_name\n~,~\n",
    },
    "asterisk": {
        "cdr.csv": "uniqueid,linkedid,sequence,accountcode,src,dst,start,duration,billsec,disposition\n"
        "~,~,~,~,~,13900000011,2026-11-02 09:00,1,1,ANSWERED\n",
        "cel.csv": "eventtype,eventtime,channame,linkedid\n~,2026-11-02 09:00,~,~\n",
    },
    "freeswitch": {
        "cdr.csv": "uuid,bleg_uuid,accountcode,destination_number,start_stamp,duration,billsec,hangup_cause\n"
        "~,~,~,13900000011,2026-11-02 09:00,1,1,A~\n",
    },
    "csv": {
        "x.csv": "key,started_at,agent_id,agent_name,team_id,campaign,lead,status\n~,2026-11-02 09:00,~,~,~,~,~,~\n"
    },
}


@pytest.mark.parametrize("dialer", DIALERS)
def test_text_that_no_column_holds_is_cut(dialer: str, database_url: str, tmp_path: Path) -> None:
    for name, content in LONG_TABLES[dialer].items():
        (tmp_path / name).write_text(content.replace("A~", "A" * 400).replace("~", LONG), "utf-8")
    settings = make_settings(tmp_path, database_url)
    paths = [str(tmp_path / name) for name in LONG_TABLES[dialer]]
    report = run_import(settings, ImportOrder(dialer, paths, dialer))
    assert report.problems == ()
    assert {count.stored for count in report.files.values()} == {1}
