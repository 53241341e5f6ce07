"""People files: rows that are periods, and rows that are none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.dialer.tables import BadTable
from qa_engine.people.periods import SINCE_EVER, PeoplePeriod, team_at
from qa_engine.people.table import HEADERS, read_people

HEAD = ["工号", "姓名", "团队", "区域", "开始日期", "结束日期"]


def refused(*rows: list[str]) -> list[tuple[int, str, str]]:
    read, lines, found = read_people([HEAD, *rows], file="x.csv")
    assert read == len(rows) == len(lines) + len(found)
    return [(row, one.reason.value, one.column) for row, one in found]


def test_a_row_is_a_period() -> None:
    _, (line,), found = read_people(
        [HEAD, ["1001", "王芳", "T1", "华东", "2026年11月2日", "2026/11/30"]], file="x"
    )
    assert found == []
    assert line.period == PeoplePeriod("1001", "T1", date(2026, 11, 2), date(2026, 11, 30))
    assert (line.name, line.region) == ("王芳", "华东")


def test_open_ends_hold_for_ever() -> None:
    _, (line,), _ = read_people([["agent", "Team"], ["1001", "T1"]], file="x")
    assert (line.period.first, line.period.last) == (SINCE_EVER, None)


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        (["", "a", "T1", "", "", ""], "missing_key", "agent_id"),
        (["1", "a", "", "", "", ""], "missing_team", "team_id"),
        (["1", "a", "T1", "", "2026-02-30", ""], "bad_day", "from"),
        (["1", "a", "T1", "", "1999-12-31", ""], "bad_day", "from"),
        (["1", "a", "T1", "", "soon", ""], "bad_day", "from"),
        (["1", "a", "T1", "", "2026-02-02", "2026-02-01"], "inverted_period", "to"),
        (["1", "a", "T1", "", "2026-02-02"], "column_count", ""),
        (["1" * 101, "a", "T1", "", "", ""], "too_long", "agent_id"),
        (HEAD, "repeated_header", ""),
    ],
)
def test_rows_in_error(row: list[str], reason: str, column: str) -> None:
    assert refused(row) == [(1, reason, column)]


def test_overlaps_are_found_and_leave_the_agent_alone() -> None:
    assert refused(
        ["1", "a", "T1", "", "2026-01-01", "2026-03-31"],
        ["2", "b", "T1", "", "2026-01-01", "2026-03-31"],
        ["1", "a", "T2", "", "2026-03-31", ""],  # the last day is still T1's
        ["2", "b", "T2", "", "2026-04-01", ""],
    ) == [(1, "agent_in_error", "agent_id"), (3, "overlapping_period", "from")]


def test_a_row_in_error_keeps_the_whole_agent_as_before() -> None:
    found = refused(["1", "a", "T1", "", "2026-01-01", "2026-03-31"], ["1", "a", "T2", "", "x", ""])
    assert [reason for _, reason, _ in found] == ["agent_in_error", "bad_day"]


def test_a_team_has_one_region_and_the_same_row_twice_is_no_error() -> None:
    assert refused(
        ["1", "a", "T1", "华东", "", ""],
        ["1", "a", "T1", "华东", "", ""],
        ["2", "b", "T1", "华南", "", ""],
        ["3", "c", "T1", "", "", ""],
    ) == [(2, "duplicate", ""), (3, "region_conflict", "region")]


@pytest.mark.parametrize("rows", [[], [["姓名", "团队"]], [["a", "b"]]])
def test_without_its_columns_a_file_is_refused(rows: list[list[str]]) -> None:
    with pytest.raises(BadTable):
        read_people(rows, file="x.csv")


def test_the_exported_headers_are_read() -> None:
    _, (line,), _ = read_people([HEADERS, ["1", "a", "T", "一组", "华东", "组长", "", ""]], file="x")
    assert (line.period.role, line.team_name, line.region) == ("组长", "一组", "华东")


DAYS = st.integers(0, 40).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
PERIODS = st.builds(lambda a, b: PeoplePeriod("1", "T", a, b), DAYS, st.none() | DAYS)


@given(PERIODS, PERIODS)
def test_two_periods_overlap_where_a_day_is_in_both(one: PeoplePeriod, other: PeoplePeriod) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(60)]
    for period in (one, other):
        if period.last is not None and period.last < period.first:
            return
    assert (
        one.overlaps(other)
        == other.overlaps(one)
        == any(one.covers(day) and other.covers(day) for day in days)
    )


def test_the_team_of_a_day() -> None:
    periods = [
        PeoplePeriod("1", "T1", date(2026, 1, 1), date(2026, 1, 31)),
        PeoplePeriod("1", "T2", date(2026, 2, 2)),
    ]
    said = {day: team_at(periods, date(2026, *day)) for day in ((1, 1), (1, 31), (2, 1), (2, 2), (12, 1))}
    assert said == {(1, 1): "T1", (1, 31): "T1", (2, 1): None, (2, 2): "T2", (12, 1): "T2"}
