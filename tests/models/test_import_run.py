"""Every import leaves a run that accounts for its rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.columns import utc_now
from models.database import open_database, reading
from models.dial_import import ImportOrder, run_import
from models.dial_store import KEPT_OF_A_REASON
from models.import_orphans import orphan_lists
from models.import_run import ImportRunRow, RunState, Via, get_run, list_runs, recorded, rejections, state_of
from models.import_source import list_sources
from models.settings import Settings
from qa_engine.dialer.freshness import Freshness, freshness
from qa_engine.errors import BadInput, NotFound
from tests.conftest import make_settings
from tests.models.builders import add_call
from tests.models.dialer import Dialer

LOG = "uniqueid,lead_id,campaign_id,call_date,length_in_sec,status,phone_number,user,user_group\n"
ROWS = (
    "u1,11,C,2026-11-02 09:00:00,60,SALE,13900000011,1001,T1\n"
    "u1,11,C,2026-11-02 09:00:00,60,SALE,13900000011,1001,T1\n"
    "u2,12,C,2026-11-31 09:00:00,60,SALE,13900000012,1001,T1\n"
    "u3,13,C,13900000013,60,SALE,13900000013,1001,T1\n"
    "u4,14,C,2026-11-03 09:00:00,60,SALE,1390000001x4,1001,T1\n"
    "u5,15,C,2026-11-03 09:00:00,60,SALE,13900000015,1001\n"
)


@pytest.fixture
def dialer_on_each(tmp_path: Path, database_url: str) -> Dialer:
    return Dialer(make_settings(tmp_path, database_url), tmp_path / "export", "vicidial")


def test_a_run_accounts_for_every_row_and_shows_no_number(dialer_on_each: Dialer, engine: Engine) -> None:
    dialer_on_each.write("vicidial_log.csv", LOG + ROWS)
    dialer_on_each.load()
    with reading(engine) as opened:
        (run,), total = list_runs(opened)
        kept = rejections(opened, run.id or 0)
    assert total == 1
    assert (run.source, run.kind, run.via, run.state) == ("vicidial", "vicidial", "cli", "done")
    assert (run.rows_in, run.stored, run.rejected) == (6, 1, 5)
    assert run.files["vicidial_log"]["rejected_by_reason"] == {
        "duplicate": 1, "bad_time": 2, "bad_phone": 1, "column_count": 1,
    }  # fmt: skip
    assert (run.first_day, run.last_day) == (date(2026, 11, 2), date(2026, 11, 2))
    assert {(one.row, one.reason, one.column, one.found, one.expected) for one in kept} == {
        (2, "duplicate", "", "u1", ""),
        (3, "bad_time", "call_date", "2026-11-31 09:00:00", ""),
        (4, "bad_time", "call_date", "139▇▇▇▇0013", ""),
        (5, "bad_phone", "phone_number", "************", ""),
        (6, "column_count", "", "8", "9"),
    }


def test_of_each_reason_the_first_rows_are_kept_and_all_are_counted(
    settings: Settings, tmp_path: Path, engine_of: Engine
) -> None:
    dialer = Dialer(settings, tmp_path / "export", "vicidial")
    bad = "".join(f"u{at},1,C,soon,60,SALE,13900000012,1001,T1\n" for at in range(KEPT_OF_A_REASON + 50))
    dialer.write("vicidial_log.csv", LOG + bad + ",1,C,2026-11-02 09:00:00,60,SALE,13900000012,1001,T1\n")
    dialer.load()
    with reading(engine_of) as opened:
        (run,), _ = list_runs(opened)
        kept = rejections(opened, run.id or 0)
    assert run.files["vicidial_log"]["rejected_by_reason"] == {
        "bad_time": KEPT_OF_A_REASON + 50,
        "missing_key": 1,
    }
    assert [one.reason for one in kept].count("bad_time") == KEPT_OF_A_REASON
    assert kept[-1].reason == "missing_key"  # the many do not push out the few
    assert kept[-1].row == KEPT_OF_A_REASON + 51


def test_a_dry_run_leaves_no_run(settings: Settings, tmp_path: Path, engine_of: Engine) -> None:
    dialer = Dialer(settings, tmp_path / "export", "vicidial")
    dialer.write("vicidial_log.csv", LOG + ROWS)
    run_import(settings, ImportOrder("vicidial", [str(dialer.folder)], "vicidial", dry_run=True))
    with reading(engine_of) as opened:
        assert list_runs(opened) == ([], 0)


def test_what_cannot_be_read_is_in_the_run(settings: Settings, tmp_path: Path, engine_of: Engine) -> None:
    dialer = Dialer(settings, tmp_path / "export", "vicidial")
    dialer.write("vicidial_log.csv", LOG + ROWS)
    (dialer.folder / "vicidial_agent_log.csv").write_bytes(b"\xff\xfe\0\0")
    dialer.load()
    with reading(engine_of) as opened:
        (run,), _ = list_runs(opened)
    assert run.state == RunState.PARTIAL
    assert [one["code"] for one in run.problems] == ["bad_encoding"]
    assert run.stored == 1
    dialer.load(path=str(tmp_path / "nowhere"))
    with reading(engine_of) as opened:
        run = list_runs(opened)[0][0]
    assert (run.state, run.problems[0]["code"]) == (RunState.FAILED, "not_found")


def test_an_error_closes_the_run_and_goes_on(engine: Engine) -> None:
    with pytest.raises(BadInput), recorded(engine, source="x", kind="csv", via=Via.API) as notes:  # noqa: PT012 (both are the case)
        notes.days.add(date(2026, 11, 2))
        raise BadInput("坏了")
    with pytest.raises(ZeroDivisionError), recorded(engine, source="x", kind="csv"):
        raise ZeroDivisionError
    with reading(engine) as opened:
        second, first = list_runs(opened)[0]
    assert (first.state, first.problems[0]["message"], first.first_day) == (
        "failed",
        "坏了",
        date(2026, 11, 2),
    )
    assert (second.state, second.problems[0]["message"]) == ("failed", "ZeroDivisionError")


def test_a_run_whose_process_is_gone_does_not_go_on_for_ever() -> None:
    now = utc_now()
    row = ImportRunRow(source="x", kind="csv", via="cli", started_at=now - timedelta(hours=13))
    assert state_of(row, now) is RunState.CUT_OFF
    row.started_at = now - timedelta(hours=1)
    assert state_of(row, now) is RunState.RUNNING


def test_an_unknown_run_is_named(engine_of: Engine) -> None:
    with reading(engine_of) as opened, pytest.raises(NotFound):
        get_run(opened, 7)


NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age_s", "last_failed", "interval_s", "expected"),
    [
        (599, False, 300.0, Freshness.FRESH),
        (600, False, 300.0, Freshness.FRESH),  # one pull may be missed
        (601, False, 300.0, Freshness.LATE),
        (1, True, 300.0, Freshness.FAILED),
        (1, True, None, Freshness.FAILED),
        (9e6, False, None, Freshness.MANUAL),  # nothing is scheduled, so nothing is late
        (None, False, 300.0, Freshness.NEVER),
    ],
)
def test_freshness(
    age_s: float | None, last_failed: bool, interval_s: float | None, expected: Freshness
) -> None:
    good = None if age_s is None else NOON - timedelta(seconds=age_s)
    assert freshness(good, last_failed=last_failed, interval_s=interval_s, now=NOON) is expected


def test_sources_know_their_last_good_run_and_day(engine: Engine) -> None:
    with recorded(engine, source="a", kind="vicidial"):
        pass
    with pytest.raises(BadInput), recorded(engine, source="a", kind="vicidial"):
        raise BadInput("x")
    with reading(engine) as opened:
        found = {one.name: one for one in list_sources(opened, {"b": ("csv", 60.0)}, now=utc_now())}
    assert (found["a"].kind, found["a"].freshness, found["a"].last_good_at is None) == (
        "vicidial",
        "failed",
        False,
    )
    assert (found["b"].kind, found["b"].freshness, found["b"].last_run_id) == ("csv", "never", None)


def test_orphans_both_ways(dialer_on_each: Dialer, engine: Engine) -> None:
    dialer_on_each.write(
        "vicidial_log.csv",
        LOG
        + "a,11,C,2026-11-02 09:00:00,60,NI,13900000011,1001,T1\n"
        + "b,12,C,2026-11-02 10:00:00,60,NI,13900000012,1001,T1\n"
        + "c,13,C,2026-11-02 11:00:00,0,NA,13900000013,1001,T1\n",  # nobody answered: no recording is missing
    )
    dialer_on_each.write(
        "recording_log.csv",
        "recording_id,start_time,length_in_sec,filename,lead_id,user,vicidial_id\n"
        "r1,2026-11-02 09:00:01,58,one.wav,11,1001,a\n"
        "r2,2026-11-02 15:00:01,58,two.wav,99,1002,gone\n",
    )
    dialer_on_each.load()
    settings, day = dialer_on_each.settings, date(2026, 11, 2)
    with reading(engine) as opened:
        found = orphan_lists(opened, "vicidial", day, day, settings.zone, 10)
        assert {kind: [one.key for one in some] for kind, some in found.items()} == {
            "recordings_without_call": ["r2"],
            "calls_without_recording": ["b"],
            "recordings_not_taken_in": ["r1"],
        }
        assert orphan_lists(opened, "other", day, day, settings.zone, 10) == {}
    add_call(engine, external_id="one.wav")
    with reading(engine) as opened:
        found = orphan_lists(opened, "vicidial", day, day, settings.zone, 10)
    assert found["recordings_not_taken_in"] == []


@pytest.fixture
def engine_of(settings: Settings) -> Iterator[Engine]:
    opened = open_database(settings.database_url)
    yield opened
    opened.dispose()
