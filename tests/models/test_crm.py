"""Orders and tickets: versions, whose they are, and what late news changes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from models.alert import AlertRow
from models.call import CallRow
from models.clock import today_of
from models.database import open_database, reading, session
from models.dial_kpi import By
from models.settings import Settings
from qa_engine.kpi.registry import Ratio
from tests.conftest import make_settings
from tests.models.crm import Crm, figures
from tests.models.dialer import Dialer

ORDERS = "order_id,phone,lead_id,agent_id,amount,status,created_at,closed_at,updated_at,call_id\n"
TICKETS = "ticket_id,phone,agent_id,kind,status,opened_at,closed_at,reopened_at,reopened,call_id\n"
DIALS = "id,started_at,phone,lead_id,agent_id,team_id,campaign,talk_s,status,direction\n"
WON = "o1,13900000011,,,100.10,won,2026-11-02 10:00,2026-11-05 09:00,2026-11-05 09:00,\n"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Both databases: versions are written by statements of their own."""
    return make_settings(tmp_path, database_url)


@pytest.fixture
def orders(settings: Settings, tmp_path: Path) -> Crm:
    return Crm(settings, tmp_path / "orders", "orders")


@pytest.fixture
def tickets(settings: Settings, tmp_path: Path) -> Crm:
    return Crm(settings, tmp_path / "tickets", "tickets")


@pytest.fixture
def dialer(settings: Settings, tmp_path: Path) -> Dialer:
    return Dialer(settings, tmp_path / "dials", "csv")


def test_the_later_version_counts_whatever_the_order_of_files(orders: Crm, settings: Settings) -> None:
    newer = WON.replace("100.10", "250").replace("05 09:00,\n", "06 09:00,\n")
    assert orders.add(ORDERS + newer) == (1, {}, {"missing_agent": 1})
    assert orders.add(ORDERS + WON) == (0, {"outdated": 1}, {})
    assert orders.add(ORDERS + newer) == (0, {"duplicate": 1}, {})
    newest = newer.replace("won", "refunded").replace("06 09:00,\n", "07 09:00,\n")
    assert orders.add(ORDERS + newest) == (1, {}, {"missing_agent": 1, "updated": 1})
    assert figures(settings, "sales_value", "orders")[""] == {"sales_value": 0.0, "orders": 0}


def test_without_a_time_the_later_import_wins_and_the_replaced_never_returns(orders: Crm) -> None:
    text = "order_id,amount,status,created_at\no1,{},{},2026-11-02\n"
    for amount, status in (("1", "open"), ("2", "won")):
        assert orders.add(text.format(amount, status))[0] == 1
    assert orders.add(text.format("1", "open"))[:2] == (0, {"outdated": 1})
    assert orders.add(text.format("2", "won"))[:2] == (0, {"duplicate": 1})
    assert orders.row("o1").amount_c == 200


def test_two_versions_in_one_file(orders: Crm, settings: Settings) -> None:
    later = WON.replace("05 09:00,\n", "06 09:00,\n").replace("100.10", "90")
    stored, rejected, warnings = orders.add(ORDERS + WON + later + WON + later)
    assert (stored, rejected, warnings["updated"]) == (2, {"outdated": 1, "duplicate": 1}, 1)
    assert figures(settings, "sales_value")[""]["sales_value"] == 90.0


def test_a_better_mapping_makes_another_version(orders: Crm) -> None:
    text = "单,额,进度,录\n1,5,承保啦,2026-11-02\n"
    columns = "columns: {key: 单, amount: 额, status: 进度, created_at: 录}\n"
    assert orders.add(text, mapping=columns)[2] == {"missing_agent": 1, "unknown_status": 1}
    stored, _rejected, warnings = orders.add(text, mapping=columns + "statuses: {won: [承保啦]}")
    assert (stored, warnings["updated"], orders.row("1").status) == (1, 1, "won")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",13900000011,,a,1,won,2026-11-02,,,", "missing_key"),
        ("o,13900000011,,a,1,won,,,,", "bad_time"),
        ("o,13900000011,,a,1,won,2026-11-05,2026-11-02,,", "bad_time"),
        ("o,13900000011,,a,1,won,2026-11-05,2026-11-06,昨天,", "bad_time"),
        ("o,call me,,a,1,won,2026-11-02,,,", "bad_phone"),
        ("o,13900000011,,a,-1,won,2026-11-02,,,", "bad_amount"),
        ("o,13900000011,,a,1,won,2026-11-02,,", "column_count"),
        (ORDERS.strip(), "repeated_header"),
    ],
)
def test_reasons(orders: Crm, row: str, reason: str) -> None:
    assert orders.add(ORDERS + row + "\n")[:2] == (0, {reason: 1})


def test_a_dry_run_tells_the_same_and_stores_nothing(orders: Crm, settings: Settings) -> None:
    orders.add(ORDERS + WON)
    newer = WON.replace("05 09:00,\n", "06 09:00,\n").replace(",,,100.10", ",,a,90")
    told = orders.add(ORDERS + newer + WON, dry_run=True)
    assert told == (1, {"outdated": 1}, {"updated": 1})
    assert (orders.row("o1").amount_c, figures(settings, "orders")[""]["orders"]) == (10_010, 1)
    assert orders.add(ORDERS + newer) == (told[0], {}, told[2])


def test_an_order_is_the_agents_of_the_last_handled_call(orders: Crm, dialer: Dialer) -> None:
    """Not of the later one that nobody answered, nor of the one after the closing; the team is that of the call."""
    dialer.write(
        "calls.csv",
        DIALS
        + "c1,2026-10-20 10:00:00,13900000011,L1,a1,t1,k1,60,,\n"
        + "c2,2026-11-04 10:00:00,13900000011,L1,a2,t2,k2,60,,\n"
        + "c3,2026-11-04 11:00:00,13900000011,L1,a3,t3,k3,0,,\n"
        + "c4,2026-11-05 09:01:00,13900000011,L1,a4,t4,k4,60,,\n",
    )
    dialer.load()
    assert orders.add(ORDERS + WON)[2] == {}
    row = orders.row("o1")
    assert (row.agent_id, row.team_id, row.campaign, row.dial_key) == ("a2", "t2", "k2", "c2")
    assert row.cycle_days == 16  # 2026-10-20 to 2026-11-05


def test_the_named_call_goes_before_the_last_and_the_row_before_both(orders: Crm, dialer: Dialer) -> None:
    dialer.write(
        "calls.csv",
        DIALS
        + "c1,2026-11-01 10:00:00,13900000011,,a1,t1,k1,60,,\nc2,2026-11-04 10:00:00,13900000011,,a2,t2,k2,60,,\n",
    )
    dialer.load()
    orders.add(ORDERS + WON.replace("09:00,\n", "09:00,c1\n"))
    assert (orders.row("o1").agent_id, orders.row("o1").campaign) == ("a1", "k1")
    said = WON.replace("o1", "o2").replace(",,,100", ",,a2,100").replace("09:00,\n", "09:00,c1\n")
    orders.add(ORDERS + said)
    row = orders.row("o2")
    assert (row.agent_id, row.team_id, row.campaign) == ("a2", "t2", "k1")  # a2's own team on that day
    lost = WON.replace("o1", "o3").replace("09:00,\n", "09:00,c9\n")
    assert orders.add(ORDERS + lost)[2] == {"unknown_call": 1}
    assert orders.row("o3").agent_id == "a2"


def test_a_call_of_long_ago_led_to_nothing(orders: Crm, dialer: Dialer) -> None:
    dialer.write("calls.csv", DIALS + "c1,2026-10-06 08:59:00,13900000011,,a1,t1,k1,60,,\n")
    dialer.load()
    assert orders.add(ORDERS + WON)[2] == {"missing_agent": 1}
    assert (orders.row("o1").agent_id, orders.row("o1").cycle_days) == (None, 30)  # 30 days and a minute


def test_late_calls_reach_their_order(orders: Crm, dialer: Dialer, settings: Settings) -> None:
    orders.add(ORDERS + WON)
    assert figures(settings, "sales_value", by=By.TEAM) == {"": {"sales_value": 100.1}}
    dialer.write("calls.csv", DIALS + "c1,2026-11-04 10:00:00,+86 139 0000 0011,,a1,t1,k1,60,,\n")
    dialer.load()
    found = figures(settings, "sales_value", "deal_cycle_days", by=By.TEAM)
    assert found == {"t1": {"sales_value": 100.1, "deal_cycle_days": Ratio(1, 1)}}


def test_an_agent_without_complaints_has_none_and_an_unknown_day_is_unknown(
    tickets: Crm, dialer: Dialer, settings: Settings
) -> None:
    dialer.write(
        "calls.csv",
        DIALS
        + "c1,2026-11-02 10:00:00,13900000011,,a1,t1,k1,60,,\nc2,2026-11-03 10:00:00,13900000012,,a2,t1,k1,60,,\n",
    )
    dialer.load()
    assert figures(settings, "complaint_rate")[""]["complaint_rate"] is None
    tickets.add(
        TICKETS
        + "t1,13900000011,a1,投诉,处理中,2026-11-02 11:00,,,,\nt2,,a1,咨询,处理中,2026-11-05 11:00,,,,\n"
        + "t3,,a1,投诉,已作废,2026-11-05 11:00,,,,\n"
    )
    assert figures(settings, "complaint_rate", by=By.AGENT) == {
        "": {"complaint_rate": None},
        "a1": {"complaint_rate": Ratio(1, 1, 1000.0)},
        "a2": {"complaint_rate": Ratio(0, 1, 1000.0)},
    }
    one = figures(settings, "complaint_rate", where={By.AGENT: "a2"})
    assert one[""]["complaint_rate"] == Ratio(0, 1, 1000.0)
    quiet = figures(settings, "complaint_rate", first=date(2026, 11, 3), last=date(2026, 11, 3))
    assert quiet[""]["complaint_rate"] == Ratio(0, 1, 1000.0)
    before = figures(settings, "complaint_rate", first=date(2026, 11, 1), last=date(2026, 11, 1))
    assert before[""]["complaint_rate"] is None


NEWS = "end,13900000099,,其他,处理中,2026-11-{day} 12:00,,,,\n"
SOLVED = "t1,13900000011,a1,服务,已解决,2026-11-02 10:00,2026-11-03 12:00,{reopened},,\n"


def _resolved(tickets: Crm, rows: str, *, day: int = 10) -> bool | None:
    tickets.add(TICKETS + rows + NEWS.format(day=f"{day:02}"))
    found = tickets.row("t1")
    return None if found is None else bool(found.first_contact) if found.first_contact is not None else None


@pytest.mark.parametrize(
    ("rows", "solved"),
    [
        (SOLVED.format(reopened=""), True),
        (SOLVED.format(reopened="2026-11-10 12:00"), False),  # on the seventh day
        (SOLVED.format(reopened="2026-11-10 12:01"), True),
        (SOLVED.format(reopened="") + "t2,13900000011,,咨询,处理中,2026-11-10 12:00,,,,\n", False),
        (SOLVED.format(reopened="") + "t2,13900000011,,咨询,作废,2026-11-09 12:00,,,,\n", True),
        (SOLVED.format(reopened="") + "t2,13900000012,,咨询,处理中,2026-11-09 12:00,,,,\n", True),
        (SOLVED.format(reopened="").replace(",,\n", ",1,\n"), False),  # opened again, nobody knows when
        (SOLVED.format(reopened="").replace("13900000011", ""), None),  # nobody knows who
        (SOLVED.format(reopened="").replace("已解决", "处理中"), None),
    ],
)
def test_first_call_resolution(tickets: Crm, rows: str, solved: bool | None) -> None:
    assert _resolved(tickets, rows) is solved


def test_it_is_told_after_seven_days_and_not_before(tickets: Crm, settings: Settings) -> None:
    assert _resolved(tickets, SOLVED.format(reopened=""), day=9) is None
    assert figures(settings, "first_call_resolution")[""]["first_call_resolution"] == Ratio(0, 0)
    tickets.add(TICKETS + NEWS.format(day=20).replace("end", "later"))
    closing = {"first": date(2026, 11, 3), "last": date(2026, 11, 3)}
    assert figures(settings, "first_call_resolution", **closing)[""]["first_call_resolution"] == Ratio(1, 1)


def test_a_customer_who_calls_in_was_not_helped(tickets: Crm, dialer: Dialer, settings: Settings) -> None:
    assert _resolved(tickets, SOLVED.format(reopened="")) is True
    dialer.write("calls.csv", DIALS + "c1,2026-11-09 10:00:00,13900000011,,a1,t1,k1,60,,呼入\n")
    dialer.load()
    assert tickets.row("t1").first_contact is False
    assert figures(settings, "first_call_resolution")[""]["first_call_resolution"] == Ratio(0, 1)


def test_right_party_and_intent_come_from_the_mapping_or_are_unknown(
    dialer: Dialer, settings: Settings
) -> None:
    rows = "id,at,talk,who\n1,2026-11-02 09:00,60,成交\n2,2026-11-02 09:01,60,家人接\n3,2026-11-02 09:02,20,有兴趣\n"
    dialer.write("calls.csv", rows + "4,2026-11-02 09:03,0,没人\n5,2026-11-02 09:04,40,别的\n")
    mapping = "columns: {key: id, started_at: at, talk_s: talk, status: who}\nstatuses: "
    dialer.load(
        mapping=mapping + "{成交: [sale, right_party, intent], 家人接: contact, 没人: none,"
        " 有兴趣: {contact: true, right_party: true, intent: true}}"
    )
    assert figures(settings, "right_party_rate", "intent_rate")[""] == {
        "right_party_rate": Ratio(2, 3),
        "intent_rate": Ratio(1, 2),  # the call of 20 s is no effective one, 别的 is not in the mapping
    }


def test_a_mapping_without_flags_knows_neither(dialer: Dialer, settings: Settings) -> None:
    dialer.write("calls.csv", "id,started_at,talk_s,status\n1,2026-11-02 09:00,60,有意向\n")
    dialer.load()
    assert figures(settings, "right_party_rate", "intent_rate")[""] == {
        "right_party_rate": None,
        "intent_rate": None,
    }


def test_a_complaint_that_names_a_call_alerts_once(tickets: Crm, settings: Settings) -> None:
    day = today_of(settings)
    engine = open_database(settings.database_url)
    with session(engine) as opened:
        heard = {"source": "t", "sha256": "x", "day": day - timedelta(days=60)}
        opened.add_all([CallRow(id=f"id{n}", external_id=f"c{n}", **heard) for n in range(5)])
    row = "t{n},,,{kind},{status},{day} 00:00,,,,c{n}\n"
    old = day - timedelta(days=8)
    rows = [
        row.format(n=0, kind="投诉", status="处理中", day=day),
        row.format(n=1, kind="咨询", status="处理中", day=day),
        row.format(n=2, kind="投诉", status="作废", day=day),
        row.format(n=3, kind="投诉", status="处理中", day=old),
    ]
    for text in (rows, rows, [rows[0].replace("处理中", "已解决")]):
        tickets.add(TICKETS + "".join(text))
    with reading(engine) as opened:
        found = [(alert.rule, alert.scope_key, alert.repeats) for alert in opened.exec(select(AlertRow))]
    engine.dispose()
    assert found == [("complaint-ticket", "id0", 1)]
