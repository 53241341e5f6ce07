"""Generic tables: by a mapping file, or by the usual names of columns and words of dispositions."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from models.dial_kpi import By
from models.settings import Settings
from qa_engine.dialer.columns import BadMapping
from qa_engine.dialer.mapping import parse_mapping
from tests.models.dialer import Dialer

TABLE = """通话编号,呼叫时间,客户号码,坐席工号,班组,通话时长(秒),通话结果
c1,2026-11-02 09:00:00,13900000011,1001,甲组,65,成交
c2,2026-11-02 09:05:00,13900000012,1001,甲组,1分5秒,拒绝
c3,2026-11-02 09:10:00,13900000013,1002,乙组,0,拒接
c4,2026-11-02 09:15:00,13900000013,1002,乙组,0:10,号码错误
"""


@pytest.fixture
def dialer(settings: Settings, tmp_path: Path) -> Dialer:
    return Dialer(settings, tmp_path / "export", "csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_usual_names_need_no_mapping(dialer: Dialer, encoding: str) -> None:
    dialer.write("calls.csv", TABLE, encoding)
    dialer.load()
    total = dialer.kpi()
    assert {
        name: total[name] for name in ("dials", "connects", "contacts", "sales", "talk_s", "leads_dialled")
    } == {
        "dials": 4,
        "connects": 3,  # 拒接 was never answered
        "contacts": 2,  # 拒绝 was said in talk
        "sales": 1,
        "talk_s": 140,
        "leads_dialled": 3,
    }
    assert total["conversion_contacts"] == {"num": 1, "den": 2, "value": 0.5}
    assert {team: found["connects"] for team, found in dialer.kpi(By.TEAM).items()} == {"甲组": 2, "乙组": 1}


def test_a_table_that_tells_connections_only_knows_no_sales(dialer: Dialer) -> None:
    dialer.write(
        "calls.csv",
        "呼叫时间,号码,通话状态\n2026-11-02 09:00:00,13900000011,接通\n2026-11-02 09:01:00,13900000012,无人接听\n",
    )
    dialer.load()
    total = dialer.kpi()
    assert (total["dials"], total["connects"], total["contacts"], total["sales"]) == (2, 1, None, None)


MAPPINGS = {
    "field first": "columns: {key: 号, started_at: [日, 点], agent_id: 人, talk_s: 长, status: 果}\n"
    "statuses: {好: sale, 聊: contact, 没: no_answer}",
    "column first": "columns: {号: key, 日: date, 点: time, 人: agent_id, 长: talk_s, 果: status}\n"
    "statuses: {sale: [好], contact: [聊], not_connected: [没]}",
    "flags": "columns: {号: key, 日: date, 点: time, 人: agent, 长: talk, 果: disposition}\n"
    "status_map: {好: {connected: true, sale: true}, 聊: {connected: true, contact: true}, 没: {connected: false}}",
    "lists of flags": "columns: {号: unique_id, 日: date, 点: time, 人: agent, 长: talk_sec, 果: disposition}\n"
    "statuses: {好: [connect, contact, sale], 聊: [connect, contact], 没: [not_connected]}",
}


@pytest.mark.parametrize("mapping", MAPPINGS.values(), ids=MAPPINGS.keys())
def test_a_mapping_may_be_written_either_way(dialer: Dialer, mapping: str) -> None:
    dialer.write(
        "x.tsv",
        "号\t日\t点\t人\t长\t果\n1\t2026-11-02\t09:00\tA\t10\t好\n2\t2026-11-02\t09:01\tA\t20\t聊\n3\t2026-11-02\t09:02\tA\t0\t没\n",
    )
    dialer.load(mapping=mapping)
    total = dialer.kpi()
    assert [total[name] for name in ("dials", "connects", "contacts", "sales", "talk_s")] == [3, 2, 2, 1, 30]


def test_the_mapping_gives_zone_and_format_of_times(dialer: Dialer) -> None:
    dialer.write("x.csv", "id,when\n1,02/11/2026 20:00\n")
    dialer.load(
        mapping="timezone: America/New_York\ntime_format: '%d/%m/%Y %H:%M'\ncolumns: {key: id, started_at: when}"
    )
    assert list(dialer.kpi(By.DAY)) == ["2026-11-03"]  # 20:00 there is 09:00 of the next day here


def test_columns_that_the_mapping_does_not_name_are_not_read(dialer: Dialer) -> None:
    dialer.write("x.csv", "id,when,status,talk_s\n1,2026-11-02 09:00:00,成交,oops\n")
    assert dialer.reasons(mapping="columns: {key: id, started_at: when}") == {}
    assert dialer.kpi()["sales"] is None


@pytest.mark.parametrize(
    ("mapping", "named"),
    [
        ("columns: {key: 没有这列, started_at: 呼叫时间}", "没有这列"),
        ("columns: {key: 通话编号}", "呼叫时间"),
    ],
)
def test_a_mapping_that_does_not_fit_names_the_column(dialer: Dialer, mapping: str, named: str) -> None:
    dialer.write("calls.csv", TABLE)
    ((_, error),) = dialer.load(mapping=mapping).problems
    assert error.code == "bad_table"
    assert named in error.message


@pytest.mark.parametrize(
    "text",
    [
        "- a",
        "columns: {x: nonsense}",
        "columns: x",
        "statuses: {好: great}",
        "timezone: Mars/Base",
        "a: &x 1\nb: *x",
        "{",
        "columns: {key: [1",
    ],
)
def test_bad_mappings_are_refused(text: str) -> None:
    with pytest.raises(BadMapping):
        parse_mapping(text.encode(), file="mapping.yaml")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("c1,2026-11-02 09:00:00,13900000011,1001,甲组,65,成交", "duplicate"),
        ("c1,2026-11-02 09:00:00,13900000011,1001,甲组,66,成交", "duplicate_conflict"),
        ("x,大前天,13900000011,1001,甲组,65,成交", "bad_time"),
        ("x,,13900000011,1001,甲组,65,成交", "bad_time"),
        ("x,2026-11-02 09:00:00,不详,1001,甲组,65,成交", "bad_phone"),
        ("x,2026-11-02 09:00:00,13900000011,1001,甲组,-65,成交", "negative_duration"),
        ("x,2026-11-02 09:00:00,13900000011,1001,甲组,很久,成交", "bad_duration"),
        (",2026-11-02 09:00:00,13900000011,1001,甲组,65,成交", "missing_key"),
        ("x,2026-11-02 09:00:00,13900000011", "column_count"),
        (TABLE.partition("\n")[0], "repeated_header"),
    ],
)
def test_reasons(dialer: Dialer, row: str, reason: str) -> None:
    dialer.write("calls.csv", TABLE + row + "\n")
    assert dialer.reasons() == {reason: 1}
    assert dialer.kpi()["dials"] == 4


def test_an_unknown_disposition_is_stored_with_a_warning(dialer: Dialer) -> None:
    dialer.write("calls.csv", TABLE + "c5,2026-11-02 10:00:00,13900000015,,甲组,12,天知道\n")
    report = dialer.load()
    assert report.warnings == {"missing_agent": 1, "unknown_status": 1}
    assert (dialer.kpi()["dials"], dialer.kpi()["connects"]) == (5, 4)  # somebody talked for 12 seconds


def test_a_workbook_is_read_like_its_export(dialer: Dialer) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["通话编号", "呼叫时间", "客户号码", "坐席工号", "通话时长", "通话结果", None])
    sheet.append(["c1", datetime(2026, 11, 2, 9, 0), 13900000011, 1001, 65, "成交"])  # noqa: DTZ001 (as Excel has it)
    sheet.append([])
    sheet.append(["c2", "2026/11/2 9:05", "13900000012", "1001", time(0, 1, 5), "拒绝"])
    sheet.append(["c1", "2026-11-02 09:00:00", "13900000011", "1001", "65", "成交"])
    book.save(dialer.folder / "calls.xlsx")
    assert dialer.reasons() == {"duplicate": 1}
    total = dialer.kpi()
    assert (total["dials"], total["connects"], total["sales"], total["talk_s"]) == (2, 2, 1, 130)


def test_a_broken_workbook_is_named(dialer: Dialer) -> None:
    (dialer.folder / "calls.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    ((name, error),) = dialer.load().problems
    assert (name, error.code) == ("calls", "bad_table")


def test_inbound_calls_are_no_dials(dialer: Dialer) -> None:
    dialer.write(
        "x.csv", "id,呼叫时间,呼叫类型,通话时长\n1,2026-11-02 09:00,呼出,5\n2,2026-11-02 09:01,呼入,7\n"
    )
    dialer.load()
    assert (dialer.kpi()["dials"], dialer.kpi()["talk_s"]) == (1, 5)


def test_dispositions_that_yaml_takes_for_something_else(dialer: Dialer) -> None:
    dialer.write(
        "x.csv", "id,time,result\n1,2026-11-02 09:00,NO\n2,2026-11-02 09:01,on\n3,2026-11-02 09:02,007\n"
    )
    dialer.load(
        mapping="columns: {key: id, started_at: time, status: result}\n"
        "statuses: {NO: contact, 007: sale, on: {connected: yes, sale: no, contact: false}}"
    )
    total = dialer.kpi()
    assert [total[name] for name in ("dials", "connects", "contacts", "sales")] == [3, 3, 2, 1]


def test_a_title_above_the_column_names_is_no_row(dialer: Dialer) -> None:
    table = [
        ["通话编号", "呼叫时间", "坐席工号", "通话结果"],
        ["1", "2026-11-02 09:00", "7", "成交"],
        ["2", "2026-11-02 09:01", "7", ""],
    ]
    titles = ["外呼明细表", "导出时间 2026-11-03 08:00"]
    book = Workbook()
    for cells in ([titles[0]], [titles[1]], *table):
        book.active.append(cells)
    book.save(dialer.folder / "x.xlsx")
    assert dialer.reasons() == {"column_count": 2}
    assert dialer.kpi()["dials"] == 2
    (dialer.folder / "x.xlsx").unlink()
    rows = [[titles[0], "", "", ""], *table]
    dialer.write("x.csv", "".join(",".join(cells) + "\n" for cells in rows), "gb18030")
    assert dialer.reasons() == {"column_count": 1, "duplicate": 2}
