"""Asterisk and FreeSWITCH: legs become calls, checked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.dial_kpi import By, Period
from models.settings import Settings
from tests.models.dialer import Dialer


def cdr(
    uniqueid: str,
    *,
    src: str = "1001",
    dst: str = "13900000011",
    context: str = "from-internal",
    channel: str = "SIP/1001-00000001",
    to: str = "SIP/trunk-00000002",
    start: str = "2026-11-02 09:00:00",
    answer: str = "",
    duration: int | str = 20,
    bill: int | str = 0,
    disposition: str = "NO ANSWER",
    linkedid: str = "",
    sequence: str = "",
) -> str:
    """A row of 21 columns."""
    cells = (
        *(
            "",
            src,
            dst,
            context,
            f'"""{src}"""',
            channel,
            to,
            "Dial",
            "",
            start,
            answer,
            "",
            str(duration),
            str(bill),
        ),
        *(disposition, "DOCUMENTATION", uniqueid, "", "", linkedid, sequence),
    )
    return ",".join(cells) + "\n"


HEADER = (
    "accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,answer,end,duration,billsec,disposition,"
    "amaflags,uniqueid,userfield,peeraccount,linkedid,sequence\n"
)


@pytest.fixture
def asterisk(settings: Settings, tmp_path: Path) -> Dialer:
    return Dialer(settings, tmp_path / "cdr", "asterisk")


@pytest.fixture
def freeswitch(settings: Settings, tmp_path: Path) -> Dialer:
    return Dialer(settings, tmp_path / "fs", "freeswitch")


def test_a_dial_is_a_group_of_rows(asterisk: Dialer) -> None:
    asterisk.write(
        "Master.csv",
        cdr("1.1", linkedid="1.1", to="SIP/spare-00000009", disposition="FAILED", sequence="1")
        + cdr(
            "1.1",
            linkedid="1.1",
            disposition="ANSWERED",
            answer="2026-11-02 09:00:05",
            duration=35,
            bill=30,
            sequence="2",
        )
        + cdr(
            "1.2",
            linkedid="1.1",
            disposition="ANSWERED",
            start="2026-11-02 09:00:35",
            duration=10,
            bill=10,
            sequence="3",
        )
        + cdr("2.1", linkedid="2.1", sequence="4"),
    )
    asterisk.load()
    total = asterisk.kpi()
    assert (total["dials"], total["connects"], total["talk_s"]) == (2, 1, 40)
    assert total["connect_rate"] == {"num": 1, "den": 2, "value": 0.5}
    assert total["att"] == {"num": 40, "den": 1, "value": 40.0}
    unknown = (
        "contacts",
        "sales",
        "acw_s",
        "wait_s",
        "pause_s",
        "hold_s",
        "aht",
        "occupancy",
        "abandon_rate",
        "leads_contacted",
    )
    assert [total[name] for name in unknown] == [None] * len(unknown)
    assert {agent: found["dials"] for agent, found in asterisk.kpi(By.AGENT).items()} == {"1001": 2}


def test_legs_beside_each_other_are_not_talked_twice(asterisk: Dialer) -> None:
    row = cdr(
        "1.1",
        linkedid="1",
        disposition="ANSWERED",
        answer="2026-11-02 09:00:05",
        duration=35,
        bill=30,
        sequence="1",
    )
    beside = cdr(
        "1.2",
        linkedid="1",
        disposition="ANSWERED",
        answer="2026-11-02 09:00:10",
        duration=35,
        bill=40,
        sequence="2",
    )
    asterisk.write("Master.csv", row + beside)
    asterisk.load()
    assert asterisk.kpi()["talk_s"] == 45


def test_the_team_of_a_plain_cdr_is_the_agents_membership(
    asterisk: Dialer, settings: Settings, tmp_path: Path
) -> None:
    other = Dialer(settings, tmp_path / "vici", "vicidial")
    other.write(
        "vicidial_log.csv",
        "uniqueid,call_date,status,user,user_group\n1,2026-11-01 09:00:00,NI,1001,T1\n2,2026-11-03 09:00:00,NI,1001,T2\n",
    )
    other.load()
    asterisk.write("Master.csv", cdr("1.1") + cdr("2.1", start="2026-11-04 09:00:00"))
    asterisk.load()
    found = asterisk.kpi(By.TEAM, Period(source="asterisk"))
    assert {team: figures["dials"] for team, figures in found.items()} == {"T1": 1, "T2": 1}


def test_a_playback_of_the_pbx_is_no_customer(asterisk: Dialer) -> None:
    asterisk.write("Master.csv", cdr("1.1", to="", disposition="ANSWERED", bill=12))
    asterisk.load()
    assert (asterisk.kpi()["dials"], asterisk.kpi()["connects"], asterisk.kpi()["talk_s"]) == (1, 0, 0)


@pytest.mark.parametrize(
    "row",
    [
        cdr(
            "1.1",
            src="13900000011",
            dst="1001",
            context="from-trunk",
            channel="SIP/trunk-00000001",
            to="SIP/1001-00000002",
        ),
        cdr(
            "1.1",
            src="13900000011",
            dst="02160001234",
            context="from-pstn",
            channel="SIP/trunk-00000001",
            to="SIP/1001-00000002",
        ),
        cdr(
            "1.1",
            src="13900000011",
            dst="02160001234",
            context="default",
            channel="SIP/trunk-00000001",
            to="SIP/1001-00000002",
        ),
        cdr("1.1", dst="1002", to="SIP/1002-00000002"),
        cdr("1.1", dst="*97", to=""),
    ],
    ids=[
        "inbound to extension",
        "inbound to number",
        "trunk to extension",
        "between extensions",
        "voicemail box",
    ],
)
def test_what_does_not_lead_out_is_no_dial(asterisk: Dialer, row: str) -> None:
    asterisk.write("Master.csv", row)
    assert asterisk.load().files["Master"].stored == 1
    assert asterisk.kpi()["dials"] == 0


def test_a_dialled_call_that_rings_the_agent_is_a_dial(asterisk: Dialer) -> None:
    asterisk.write(
        "Master.csv",
        cdr(
            "1.1",
            src="02160001234",
            context="outbound-dialer",
            channel="SIP/trunk-00000001",
            to="SIP/1001-00000002",
        ),
    )
    asterisk.load()
    assert list(asterisk.kpi(By.AGENT)) == ["1001"]


@pytest.mark.parametrize("columns", [16, 17, 18, 21])
@pytest.mark.parametrize("header", [True, False])
def test_master_csv_with_and_without_names_and_extra_columns(
    asterisk: Dialer, columns: int, header: bool
) -> None:
    def cut(line: str) -> str:
        return ",".join(line.strip().split(",")[:columns]) + "\n"

    rows = cut(cdr("1.1", disposition="ANSWERED", bill=9)) + cut(cdr("2.1", start="2026-11-02 09:30:00"))
    asterisk.write("Master.csv", (cut(HEADER) if header else "") + rows)
    report = asterisk.load().files["Master"]
    assert (report.rows_in, report.stored) == (2, 2)
    assert (asterisk.kpi()["dials"], asterisk.kpi()["connects"], asterisk.kpi()["talk_s"]) == (2, 1, 9)
    assert asterisk.reasons() == {"duplicate": 2}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (cdr("1.1", linkedid="1.1"), "duplicate"),
        (cdr("1.1", linkedid="1.1", duration=21), "duplicate_conflict"),
        (cdr("9.9", start="2026-11-02 09:61:00"), "bad_time"),
        (cdr("9.9", answer="soon"), "bad_time"),
        (cdr("9.9", duration=-20), "negative_duration"),
        (cdr("9.9", bill="?"), "bad_duration"),
        (cdr("9.9", disposition="MAYBE"), "bad_disposition"),
        (cdr("9.9", dst="1390000ABCD"), "bad_phone"),
        (cdr(""), "missing_key"),
        ("a,b,c\n", "column_count"),
        (HEADER, "repeated_header"),
    ],
)
def test_reasons_of_asterisk(asterisk: Dialer, row: str, reason: str) -> None:
    asterisk.write("Master.csv", HEADER + cdr("1.1", linkedid="1.1") + row)
    assert asterisk.reasons() == {reason: 1}
    assert asterisk.kpi()["dials"] == 1


def test_other_files_of_the_folder_are_named_and_left_alone(asterisk: Dialer) -> None:
    asterisk.write("Master.csv", cdr("1.1"))
    asterisk.write("Master.csv.2026-11-01", cdr("2.1", start="2026-11-01 09:00:00"))
    asterisk.write("notes.txt", "queue,members\nsales,3\n")
    asterisk.write("old.csv.gz", "")
    report = asterisk.load()
    assert {name: count.stored for name, count in report.files.items()} == {
        "Master": 1,
        "Master.csv.2026-11-01": 1,
    }
    assert (report.problems, report.unread) == ((), ("notes", "old.csv.gz"))


def test_dispositions_as_numbers(asterisk: Dialer) -> None:
    asterisk.write(
        "cdr.csv",
        HEADER
        + cdr("1.1", disposition="8", bill=7)
        + cdr("2.1", disposition="1", start="2026-11-02 10:00:00"),
    )
    asterisk.load()
    assert asterisk.kpi()["connects"] == 1


def test_holds_come_from_cel_whenever_it_is_read(asterisk: Dialer) -> None:
    events = (
        "eventtype,eventtime,channame,uniqueid,linkedid\n"
        "HOLD,2026-11-02 09:00:10,SIP/1001-1,1.1,1.1\nUNHOLD,2026-11-02 09:00:25,SIP/1001-1,1.1,1.1\n"
        "HOLD,2026-11-02 09:00:50,SIP/1001-1,1.1,1.1\n"  # never taken back: to the end, at 09:01:00
    )
    cdr_file = asterisk.write(
        "Master.csv", cdr("1.1", linkedid="1.1", disposition="ANSWERED", duration=60, bill=55)
    )
    asterisk.load()
    assert asterisk.kpi()["hold_s"] is None
    cdr_file.unlink()
    asterisk.write("cel.csv", events)
    asterisk.load()
    assert asterisk.kpi()["hold_s"] == 25


def leg(
    uuid: str,
    bleg: str = "",
    *,
    caller: str = "1001",
    number: str = "13900000011",
    start: str = "2026-11-02 09:00:00",
    answer: str = "",
    duration: int | str = 30,
    bill: int | str = 0,
    cause: str = "NORMAL_CLEARING",
) -> str:
    """A row of the template `example`."""
    cells = (
        "agent",
        caller,
        number,
        "default",
        start,
        answer,
        "2026-11-02 09:00:30",
        str(duration),
        str(bill),
        cause,
        uuid,
        bleg,
    )
    return ",".join(f'"{cell}"' for cell in (*cells, "", "PCMA", "PCMA")) + "\n"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["a first", "b first"])
@pytest.mark.parametrize("mutual", [False, True], ids=["a names b", "each names the other"])
def test_connection_and_talk_come_from_the_b_leg(
    freeswitch: Dialer, order: tuple[int, int], mutual: bool
) -> None:
    first = leg("a1", "b1", answer="2026-11-02 09:00:01", bill=29)
    second = leg(
        "b1",
        "a1" if mutual else "",
        start="2026-11-02 09:00:01",
        answer="2026-11-02 09:00:10",
        duration=29,
        bill=20,
    )
    freeswitch.write("Master.csv", "".join((first, second)[place] for place in order))
    freeswitch.load()
    total = freeswitch.kpi()
    assert (total["dials"], total["connects"], total["talk_s"]) == (1, 1, 20)
    assert list(freeswitch.kpi(By.AGENT)) == ["1001"]


def test_early_media_is_no_connection(freeswitch: Dialer) -> None:
    freeswitch.write(
        "Master.csv",
        leg("a1", "b1", answer="2026-11-02 09:00:01", bill=29)
        + leg("b1", cause="NO_ANSWER")
        + leg("a2", answer="2026-11-02 09:00:01", bill=9),
    )
    freeswitch.load()
    assert (freeswitch.kpi()["dials"], freeswitch.kpi()["connects"], freeswitch.kpi()["talk_s"]) == (2, 0, 0)


def test_a_b_leg_that_was_not_exported_leaves_the_connection_open(freeswitch: Dialer) -> None:
    freeswitch.write("Master.csv", leg("a1", "b1", answer="2026-11-02 09:00:01", bill=29))
    assert freeswitch.load().warnings == {"missing_b_leg": 1}
    assert (freeswitch.kpi()["dials"], freeswitch.kpi()["connects"], freeswitch.kpi()["connect_rate"]) == (
        1,
        None,
        None,
    )
    freeswitch.write("Master.csv", leg("b1", answer="2026-11-02 09:00:10", bill=20))  # it comes later
    freeswitch.load()
    assert (freeswitch.kpi()["dials"], freeswitch.kpi()["connects"], freeswitch.kpi()["talk_s"]) == (1, 1, 20)


def test_a_source_without_any_b_legs_cannot_know_connections(freeswitch: Dialer) -> None:
    freeswitch.write(
        "Master.csv", leg("a1", answer="2026-11-02 09:00:01", bill=29) + leg("a2", cause="NO_ANSWER")
    )
    freeswitch.load()
    assert (freeswitch.kpi()["dials"], freeswitch.kpi()["connects"], freeswitch.kpi()["talk_s"]) == (
        2,
        None,
        None,
    )


def document(uuid: str, other: str, direction: str, *, answer: str, bill: int) -> str:
    variables = {
        "uuid": uuid,
        "direction": direction,
        "bridge_uuid": other,
        "start_stamp": "2026-11-02%2009%3A00%3A00",
        "start_epoch": "1793581200",
        "answer_epoch": answer,
        "duration": "30",
        "billsec": str(bill),
        "hangup_cause": "NORMAL_CLEARING",
    }
    profile = {"caller_id_number": "1001", "destination_number": "13900000011", "context": "default"}
    return json.dumps({"variables": variables, "callflow": [{"caller_profile": profile}]})


def test_json_documents_in_files_lines_and_lists(freeswitch: Dialer) -> None:
    one, two = (
        document("a", "b", "inbound", answer="1793581201", bill=29),
        document("b", "a", "outbound", answer="1793581210", bill=20),
    )
    three = document("c", "", "inbound", answer="0", bill=0)
    freeswitch.write("a_11111111-2222-3333-4444-555555555555.cdr.json", one)
    freeswitch.write("b_11111111-2222-3333-4444-555555555556.cdr.json", two)
    freeswitch.write("lines.jsonl", f"{three}\n{{oops}}\n[]\n")
    freeswitch.write("list.json", f"[{three}]")
    report = freeswitch.load()
    assert {
        name: (count.rows_in, count.stored, dict(count.rejected)) for name, count in report.files.items()
    } == {
        "json_cdr": (2, 2, {}),
        "lines": (3, 1, {"bad_json": 2}),
        "list": (1, 0, {"duplicate": 1}),
    }
    assert (freeswitch.kpi()["dials"], freeswitch.kpi()["connects"], freeswitch.kpi()["talk_s"]) == (2, 1, 20)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (leg("a1", "b1"), "duplicate"),
        (leg("a1", "b1", bill=3), "duplicate_conflict"),
        (leg("x", start="gestern"), "bad_time"),
        (leg("x", duration=-1), "negative_duration"),
        (leg("x", bill="viel"), "bad_duration"),
        (leg("x", cause="?"), "bad_disposition"),
        (leg("x", number="12ab"), "bad_phone"),
        (leg(""), "missing_key"),
        ("1,2\n", "column_count"),
    ],
)
def test_reasons_of_freeswitch(freeswitch: Dialer, row: str, reason: str) -> None:
    freeswitch.write("Master.csv", leg("a1", "b1") + row)
    assert freeswitch.reasons() == {reason: 1}


def test_a_b_leg_may_name_the_a_leg_that_names_another(freeswitch: Dialer) -> None:
    """Two gateways are tried in one second: the a-leg, billed for early media, stays the a-leg."""
    freeswitch.write(
        "Master.csv",
        leg("m1", "z1", answer="2026-11-02 09:00:01", duration=60, bill=59)
        + leg("b1", "m1", cause="CALL_REJECTED", duration=5)
        + leg("z1", start="2026-11-02 09:00:05", answer="2026-11-02 09:00:20", duration=55, bill=40)
        + leg(
            "y1", answer="2026-11-02 09:00:01", number="13900000012", duration=60, bill=59
        )  # only its b-leg names it
        + leg(
            "c1",
            "y1",
            number="13900000012",
            start="2026-11-02 09:00:05",
            answer="2026-11-02 09:00:40",
            duration=55,
            bill=20,
        ),
    )
    freeswitch.load()
    assert (freeswitch.kpi()["dials"], freeswitch.kpi()["connects"], freeswitch.kpi()["talk_s"]) == (2, 2, 60)


@pytest.mark.parametrize(
    ("template", "connects"),
    [
        ('{a},{b},{c},{d},{e},{f},{g},{h},{i},{j},{k},{l}, "acc"\n', 1),  # mod_cdr_csv's own default
        (
            '{a},{b},{c},{d},{e},{f},{g},{h},{i},{j},{k},{l},"acc","PCMA","PCMA","agent/1","stat"\n',
            1,
        ),  # linksys
        (
            '{a},{b},{c},{d},{e},{f},{g},{h},{i},{j},{k},{l}, "acc","P","P","agent","code","rx","tx","f.wav"\n',
            1,
        ),  # snom
        (
            '"acc",{b},{c},{d},"x","sofia/internal/1001","","bridge","x",{e},{f},{g},{h},{i},{j},"DOC",{k},""\n',
            None,
        ),
    ],
    ids=["default", "linksys", "snom", "asterisk"],
)
def test_the_shipped_templates_of_cdr_csv(freeswitch: Dialer, template: str, connects: int | None) -> None:
    legs = (
        leg("a1", "b1", answer="2026-11-02 09:00:01", bill=29),
        leg("b1", start="2026-11-02 09:00:01", answer="2026-11-02 09:00:10", duration=29, bill=20),
    )
    rows = (
        template.format(**dict(zip("abcdefghijkl", one.strip().split(","), strict=False))) for one in legs
    )
    freeswitch.write("Master.csv", "broken,row\n" + "".join(rows))
    assert freeswitch.reasons() == {"column_count": 1}
    assert (freeswitch.kpi()["connects"], freeswitch.kpi()["talk_s"]) == (connects, connects and 20)


def test_a_template_of_ones_own_may_name_the_other_leg_as_the_switch_does(freeswitch: Dialer) -> None:
    freeswitch.write(
        "calls.csv",
        "uuid,direction,originating_leg_uuid,caller_id_number,destination_number,start_epoch,answer_epoch,duration,billsec,"
        "hangup_cause\n"
        "a1,inbound,,1001,13900000011,1793581200,1793581201,60,59,NORMAL_CLEARING\n"
        "b1,outbound,a1,1001,13900000011,1793581200,1793581220,60,40,NORMAL_CLEARING\n",
    )
    freeswitch.load()
    assert (freeswitch.kpi()["dials"], freeswitch.kpi()["connects"], freeswitch.kpi()["talk_s"]) == (1, 1, 40)
