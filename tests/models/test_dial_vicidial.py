"""VICIdial: rows checked by hand."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from models.agent import AgentRow, MembershipRow, TeamRow, team_on
from models.database import open_database, reading
from models.dial_kpi import By, Period
from models.settings import Settings
from tests.models.dialer import Dialer

LOG = "uniqueid,lead_id,campaign_id,call_date,start_epoch,length_in_sec,status,phone_number,user,user_group\n"
AGENT = "agent_log_id,user,event_time,campaign_id,pause_sec,wait_sec,talk_sec,dispo_sec,dead_sec,user_group,uniqueid\n"
STATUSES = """status,human_answered,sale,customer_contact
SALE,Y,Y,N
NI,Y,N,Y
DROP,Y,N,N
NA,N,N,N
"""
CALLS = """u1,11,C,2026-11-02 09:00:00,,60,SALE,13900000011,1001,T1
u2,11,C,2026-11-02 09:05:00,,30,NI,13900000011,1001,T1
u3,12,C,2026-11-02 09:10:00,,0,NA,13900000012,VDAD,
u4,13,C,2026-11-02 23:59:59,,90,NI,13900000013,1002,T2
u5,14,C,2026-11-03 00:00:00,,5,DROP,13900000014,VDAD,
"""
TIMES = """1,1001,2026-11-02 09:00:00,C,0,20,60,10,5,T1,u1
2,1001,2026-11-02 09:05:00,C,100,30,30,20,0,T1,u2
3,1002,2026-11-02 23:59:59,C,0,7,90,3,0,T2,u4
4,1002,2026-11-03 00:03:00,C,0,50,0,0,0,T2,
"""


@pytest.fixture
def dialer(settings: Settings, tmp_path: Path) -> Dialer:
    return Dialer(settings, tmp_path / "export", "vicidial")


def test_figures_by_hand(dialer: Dialer) -> None:
    dialer.write("vicidial_log.csv", LOG + CALLS)
    dialer.write("vicidial_agent_log.csv", AGENT + TIMES)
    dialer.write("vicidial_statuses.csv", STATUSES)
    dialer.load()
    total = dialer.kpi()
    assert {name: total[name] for name in ("dials", "connects", "contacts", "sales", "handled")} == {
        "dials": 5,
        "connects": 4,  # SALE, NI, NI, DROP
        "contacts": 3,  # a sale is a contact, whatever its flag says
        "sales": 1,
        "handled": 3,
    }
    assert total["talk_s"] == 55 + 30 + 90
    assert total["acw_s"] == 15 + 20 + 3
    assert (total["wait_s"], total["pause_s"], total["hold_s"]) == (107, 100, None)
    assert (total["leads_dialled"], total["leads_contacted"]) == (4, 2)
    assert total["aht"] == {"num": 70 + 50 + 93, "den": 3, "value": 71.0}
    assert total["att"] == {"num": 175, "den": 3, "value": 175 / 3}
    assert total["occupancy"] == {"num": 213, "den": 320, "value": 213 / 320}  # pause is outside
    assert total["abandon_rate"] == {"num": 1, "den": 4, "value": 0.25}
    assert total["conversion_leads"] == {"num": 1, "den": 4, "value": 0.25}


def test_a_call_over_midnight_belongs_to_the_day_of_its_start(dialer: Dialer) -> None:
    dialer.write("vicidial_log.csv", LOG + CALLS)
    dialer.write("vicidial_agent_log.csv", AGENT + TIMES)
    dialer.load()
    days = dialer.kpi(By.DAY)
    assert {day: (found["dials"], found["talk_s"]) for day, found in days.items()} == {
        "2026-11-02": (4, 175),
        "2026-11-03": (1, 0),
    }
    later = dialer.kpi(period=Period(first=date(2026, 11, 3)))
    assert (later["dials"], later["wait_s"]) == (1, 50)


def test_without_a_status_table_vicidials_own_meanings_hold(dialer: Dialer) -> None:
    dialer.write("vicidial_log.csv", LOG + CALLS)
    dialer.load()
    total = dialer.kpi()
    assert (total["connects"], total["contacts"], total["sales"]) == (4, 3, 1)


def test_without_an_agent_log_times_are_unknown(dialer: Dialer) -> None:
    dialer.write("vicidial_log.csv", LOG + CALLS)
    dialer.load()
    total = dialer.kpi()
    names = ("handled", "talk_s", "acw_s", "wait_s", "pause_s", "aht", "att", "occupancy")
    assert [total[name] for name in names] == [None] * len(names)


def test_the_team_is_that_of_the_call(dialer: Dialer, settings: Settings) -> None:
    dialer.write(
        "vicidial_log.csv",
        LOG
        + "a,1,C,2026-11-02 09:00:00,,9,NI,13900000011,1001,T1\nb,1,C,2026-11-09 09:00:00,,9,NI,13900000011,1001,T2\n",
    )
    dialer.write("vicidial_users.csv", "user,pass,full_name,user_group\n1001,geheim,王芳,T2\n", "gb18030")
    dialer.load()
    assert {team: found["dials"] for team, found in dialer.kpi(By.TEAM).items()} == {"T1": 1, "T2": 1}
    engine = open_database(settings.database_url)
    with reading(engine) as opened:
        assert opened.get_one(AgentRow, "1001").name == "王芳"
        assert team_on(opened, "1001", date(2026, 11, 8)) == "T1"
        assert team_on(opened, "1001", date(2026, 11, 9)) == "T2"
        assert opened.get(TeamRow, "T2") is not None
        assert opened.get(MembershipRow, ("1001", date(2026, 11, 2))) is not None
    engine.dispose()


def test_epochs_are_utc_and_win_over_local_time(dialer: Dialer) -> None:
    """New York, the night in which 01:30 comes twice: the second is an hour later, and another day in Shanghai's noon."""
    dialer.write("vicidial_log.csv", LOG + "a,1,C,2026-11-01 01:30:00,1793514600,9,NI,13900000011,1001,T1\n")
    dialer.load(zone="America/New_York")
    assert list(dialer.kpi(By.DAY)) == ["2026-11-01"]
    assert dialer.kpi(By.DAY)["2026-11-01"]["dials"] == 1


def test_agents_time_begins_at_its_event_whatever_the_servers_zone(dialer: Dialer) -> None:
    head = "agent_log_id,user,event_time,pause_epoch,wait_sec\n"
    dialer.write(
        "vicidial_agent_log.csv",
        head
        + "1,1001,2026-11-01 10:30:00,1793543400,5\n"  # New York; the epoch agrees, and here it is the 1st, 22:30
        + "2,1001,2026-11-01 11:30:00,1793547000,7\n"  # 23:30
        + "3,1001,2026-11-01 12:00:00,0,11\n",  # 01:00 of the 2nd
    )
    dialer.load(zone="America/New_York")
    assert {day: found["wait_s"] for day, found in dialer.kpi(By.DAY).items()} == {
        "2026-11-01": 12,
        "2026-11-02": 11,
    }


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("u1,11,C,2026-11-02 09:00:00,,60,SALE,13900000011,1001,T1", "duplicate"),
        ("u1,11,C,2026-11-02 09:00:00,,61,SALE,13900000011,1001,T1", "duplicate_conflict"),
        ("u1,11,C,2026/11/2 9:00:00,,60,SALE,+86 139 0000 0011,1001,T1", "duplicate"),
        ("x,11,C,2026-11-31 09:00:00,,60,SALE,13900000011,1001,T1", "bad_time"),
        ("x,11,C,,,60,SALE,13900000011,1001,T1", "bad_time"),
        ("x,11,C,2026-11-02 09:00:00,,60,SALE,13900000011,1001", "column_count"),
        ("x,11,C,2026-11-02 09:00:00,,-1,SALE,13900000011,1001,T1", "negative_duration"),
        ("x,11,C,2026-11-02 09:00:00,,1x,SALE,13900000011,1001,T1", "bad_duration"),
        ("x,11,C,2026-11-02 09:00:00,,65535,SALE,13900000011,1001,T1", "seconds_capped"),
        ("x,11,C,2026-11-02 09:00:00,,60,SALE,abc,1001,T1", "bad_phone"),
        (",11,C,2026-11-02 09:00:00,,60,SALE,13900000011,1001,T1", "missing_key"),
        (LOG.strip().upper(), "repeated_header"),
    ],
)
def test_reasons(dialer: Dialer, row: str, reason: str) -> None:
    dialer.write("vicidial_log.csv", f"{LOG}{CALLS}{row}\n")
    assert dialer.reasons() == {reason: 1}
    assert dialer.kpi()["dials"] == 5


def test_odd_calls_are_stored_with_a_warning(dialer: Dialer) -> None:
    dialer.write("vicidial_users.csv", "user,full_name\n1001,王芳\n")
    dialer.write(
        "vicidial_log.csv",
        LOG
        + "a,1,C,2026-11-02 09:00:00,,9,QQQ,13900000011,1001,T1\n"
        + "b,1,C,2026-11-02 09:01:00,,9,NI,13900000011,,T1\n"
        + "c,1,C,2026-11-02 09:02:00,,9,NI,13900000011,7777,T1\n"
        + "d,1,C,2026-11-02 09:03:00,,,NA,13900000011,VDAD,\n",
    )
    report = dialer.load()
    assert report.files["vicidial_log"].stored == 4
    assert report.warnings == {"unknown_status": 1, "missing_agent": 1, "unknown_agent": 1}
    assert {agent: found["dials"] for agent, found in dialer.kpi(By.AGENT).items()} == {
        "": 2,
        "1001": 1,
        "7777": 1,
    }


def test_recordings_find_their_calls_and_orphans_are_counted(dialer: Dialer) -> None:
    dialer.write("vicidial_log.csv", LOG + CALLS)
    dialer.write("vicidial_statuses.csv", STATUSES)
    dialer.write(
        "recording_log.csv",
        "recording_id,start_time,length_in_sec,filename,lead_id,user,vicidial_id\n"
        "1,2026-11-02 09:00:02,58,r1,11,1001,u1\n"
        "2,2026-11-02 09:05:05,20,r2,11,1001,\n"  # by lead and time: u2, not u1
        "3,2026-11-02 12:00:00,20,r3,11,1001,\n"  # nobody called this lead then
        "4,2026-11-02 12:00:00,20,r4,99,1001,gone\n",
    )
    report = dialer.load()
    assert report.orphans == {"recordings_without_call": 2, "calls_without_recording": 2}  # u4 and u5


def test_passwords_are_never_read(dialer: Dialer, settings: Settings) -> None:
    dialer.write(
        "vicidial_users.csv", "user,pass,full_name,phone_pass,user_group\n1001,hunter2x,王芳,sipsecret9,T1\n"
    )
    dialer.write("phones.csv", "extension,pass,conf_secret\n8001,hunter2x,sipsecret9\n")
    dialer.write(
        "vicidial_list.csv",
        "lead_id,list_id,status,first_name,security_phrase\n11,101,NI,sipsecret9,hunter2x\n",
    )
    dialer.write("vicidial_lists.csv", "list_id,list_name,campaign_id\n101,十一月,C\n")
    dialer.write("old.sql", "")
    report = dialer.load()
    assert report.unread == ("phones", "old.sql")
    assert {name: count.stored for name, count in report.files.items()} == {
        "vicidial_users": 1,
        "vicidial_lists": 1,
        "vicidial_list": 1,
    }
    url = settings.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(url) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "王芳" in dump
    assert "hunter2x" not in dump
    assert "sipsecret9" not in dump


def test_numbers_are_kept_as_pseudonyms_only(dialer: Dialer, settings: Settings) -> None:
    dialer.write("vicidial_log.csv", LOG + "a,0,C,2026-11-02 09:00:00,,9,NI,13900000011,1001,T1\n")
    dialer.load()
    with sqlite3.connect(settings.database_url.removeprefix("sqlite:///")) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "13900000011" not in dump
    assert dialer.kpi()["leads_dialled"] == 1


def test_a_database_is_read_by_its_url(dialer: Dialer, tmp_path: Path) -> None:
    path = tmp_path / "asterisk.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE vicidial_log ({LOG.strip()}, `processed` TEXT)")
        for line in CALLS.splitlines():
            cells = [cell or None for cell in line.split(",")]
            connection.execute(f"INSERT INTO vicidial_log VALUES ({','.join('?' * len(cells))}, 'N')", cells)
        connection.execute("CREATE TABLE vicidial_users (user, pass, full_name, user_group)")
        connection.execute("INSERT INTO vicidial_users VALUES ('1001', 'geheim', '王芳', 'T1')")
    connection.close()
    report = dialer.load(path=f"sqlite:///{path}")
    assert {name: count.stored for name, count in report.files.items()} == {
        "vicidial_users": 1,
        "vicidial_log": 5,
    }
    dialer.write("vicidial_log.csv", LOG + CALLS)
    assert dialer.reasons() == {"duplicate": 5}  # the export of the same rows brings nothing new


def test_a_file_that_cannot_be_read_does_not_stop_the_others(dialer: Dialer) -> None:
    dialer.write("vicidial_log.csv", LOG + CALLS)
    (dialer.folder / "vicidial_agent_log.csv").write_bytes(b"\x00\xff\xfe\x00a")
    report = dialer.load()
    assert report.files["vicidial_log"].stored == 5
    assert [error.code for _, error in report.problems] == ["bad_encoding"]


def test_an_agent_knows_what_the_agents_own_dialer_knows(
    dialer: Dialer, settings: Settings, tmp_path: Path
) -> None:
    dialer.write("vicidial_log.csv", LOG + CALLS)
    dialer.load()
    other = Dialer(settings, tmp_path / "other", "csv")
    other.write("x.csv", "id,呼叫时间,工号,通话时长\n1,2026-11-02 09:00,2001,5\n")
    other.load()
    agents = dialer.kpi(By.AGENT)
    assert (agents["2001"]["sales"], agents["2001"]["talk_s"]) == (None, 5)
    assert (agents["1002"]["sales"], agents["1002"]["talk_s"]) == (0, None)
    total = dialer.kpi()
    assert (total["dials"], total["sales"], total["talk_s"]) == (6, 1, 5)
    assert total["conversion_dials"] == {"num": 1, "den": 5, "value": 0.2}  # of dials whose outcome is known


def test_sources_are_kept_apart(dialer: Dialer, settings: Settings) -> None:
    dialer.write("vicidial_log.csv", LOG + CALLS)
    dialer.load()
    Dialer(settings, dialer.folder, "vicidial", "北京").load()
    assert dialer.kpi()["dials"] == 10
    assert dialer.kpi()["leads_dialled"] == 8  # lead 11 here is not lead 11 there
    assert dialer.kpi(period=Period(source="北京"))["dials"] == 5


def test_other_logs_with_a_uniqueid_are_no_calls(dialer: Dialer) -> None:
    dialer.write("vicidial_log.csv", LOG + CALLS)
    dialer.write(
        "vicidial_carrier_log.csv",
        "uniqueid,call_date,server_ip,lead_id,dialstatus\nu9,2026-11-02 09:00:00,x,99,BUSY\n",
    )
    dialer.write(
        "vicidial_log_extended.csv", "uniqueid,server_ip,call_date,lead_id\nu8,x,2026-11-02 09:00:00,98\n"
    )
    dialer.write(
        "inbound.csv",
        "closecallid,lead_id,call_date,status,user,uniqueid\n7,97,2026-11-02 09:00:00,SALE,1009,u7\n",
    )
    report = dialer.load()
    assert set(report.files) == {"vicidial_log", "inbound"}
    assert report.warnings["unread_file"] == 2
    assert dialer.kpi()["dials"] == 5
    assert set(dialer.kpi(By.AGENT)) == {"", "1001", "1002"}  # who only took inbound calls dialled nobody


def test_tables_of_older_and_newer_versions_without_column_names(dialer: Dialer) -> None:
    epoch = 1_793_581_200
    call = f"u1\t11\t998\tC\t2026-11-02 09:00:00\t{epoch}\t{epoch + 60}\t60\t{{status}}\t86\t13900000011\t1001\t\\N\tN\tT1"
    dialer.write("vicidial_log.tsv", "broken\trow\n" + call.format(status="OK1") + "\n")
    times = f"1\t1001\tip\t2026-11-02 09:00:00\t11\tC\t{epoch}\t5\t{epoch}\t7\t{epoch}\t60\t{epoch}\t10\tOK1\tT1\t\t\t\\N\t4"
    dialer.write("vicidial_agent_log.tsv", times + "\tN\tu1\tAGENT\tPAUSECAMP\n")
    dialer.write("vicidial_statuses.tsv", "OK1\tDeal\tY\tY\tUNDEFINED\tN\tN\tN\tN\tN\tN\tN\t0\t0\tN\n")
    dialer.write("vicidial_campaign_statuses.tsv", "OK1\tDeal\tY\tC\tY\tUNDEFINED\tY\tN\tN\tN\tN\tN\tN\n")
    dialer.write("vicidial_users.tsv", "1\t1001\tSecret77\tZhang\t1\tT1\t1001\tSecret78\tY\n")
    report = dialer.load()
    assert report.files["vicidial_log"].rejected == {"column_count": 1}
    assert report.warnings == {}
    total = dialer.kpi()
    assert {
        name: total[name] for name in ("dials", "connects", "contacts", "sales", "talk_s", "acw_s", "wait_s")
    } == {
        **dict.fromkeys(("dials", "connects", "contacts", "sales"), 1),
        "talk_s": 56,
        "acw_s": 14,
        "wait_s": 7,
    }
    stored = dialer.settings.database_url.removeprefix("sqlite:///")
    assert b"Secret7" not in Path(stored).read_bytes()
