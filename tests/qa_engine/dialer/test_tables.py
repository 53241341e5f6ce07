"""Delimited files: encodings, delimiters, quotes, and that no row gets lost."""

from __future__ import annotations

import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.dialer.reader import Context, read_records
from qa_engine.dialer.records import Reason, Refusal
from qa_engine.dialer.tables import (
    BadEncoding,
    BadTable,
    decode_table,
    delimiter_of,
    split_rows,
    table_encoding,
)
from qa_engine.dialer.vicidial import TABLES

CONTEXT = Context(ZoneInfo("Asia/Shanghai"), b"k" * 32)
STATUSES = next(kind for kind in TABLES if kind.name == "vicidial_statuses")
LOG = next(kind for kind in TABLES if kind.name == "vicidial_log")


def rows(text: str) -> list[list[str]]:
    return list(split_rows(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("line", "wanted"),
    [("a,b,c", ","), ("a\tb,c\td", "\t"), ("a;b;c", ";"), ('"x;y;z",b', ","), ("a|b|c", "|"), ("a", ",")],
)
def test_the_delimiter_is_the_commonest_outside_quotes(line: str, wanted: str) -> None:
    assert delimiter_of(line) == wanted


def test_blank_lines_are_no_rows_and_quoted_line_breaks_are_no_ends() -> None:
    assert rows('a,b\n\n1,"x\ny"\r\n\n2,z\n') == [["a", "b"], ["1", "x\ny"], ["2", "z"]]


def test_a_quote_that_is_never_closed_costs_its_own_row_only() -> None:
    assert rows('a,b\n1,x\n2,"y\n3,z\n4,w\n') == [
        ["a", "b"],
        ["1", "x"],
        ["2", "y\n"],
        ["3", "z"],
        ["4", "w"],
    ]
    long = "\n".join(f"{n},x" for n in range(40_000))  # more than the csv module's longest field
    assert len(rows(f'a,b\n1,"x\n{long}\n')) == 40_002


@pytest.mark.parametrize("size", [1, 3, 7, 1_000])
@pytest.mark.parametrize(
    ("codec", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_encodings_are_told_apart_whatever_the_chunks(codec: str, named: str, size: int) -> None:
    data = "坐席,团队\n王芳,一组\n李伟,二组\n".encode(codec)
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    assert table_encoding(lambda: chunks, file="x.csv") == named
    assert decode_table(data, file="x.csv")[0].startswith("坐席")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("坐席,团队\n王芳,一组\n".encode("utf-16")[:-1], "不完整"),
        (BOM_UTF16_LE + "王".encode("utf-16-le") + b"\x00\xd8" + "芳".encode("utf-16-le"), "损坏"),
        ("坐席,团队\n王芳,一组\n".encode("utf-32"), "UTF-32"),
        ("坐席,团队\n王芳,一组\n".encode("utf-16-le"), "没有字节顺序标记"),
    ],
)
def test_what_only_begins_like_utf16_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(BadEncoding, match=said):
        decode_table(data, file="x.csv")


def test_big_endian_unicode_text_is_read_too() -> None:
    data = BOM_UTF16_BE + "坐席\t团队\n王芳\t一组\n".encode("utf-16-be")
    assert decode_table(data, file="x.csv") == ("坐席\t团队\n王芳\t一组\n", "utf-16")


def test_a_character_cut_off_at_the_end_is_no_utf8() -> None:
    with pytest.raises(BadEncoding):
        decode_table("坐席,团队\n王芳".encode()[:-1] + b"\xff", file="x.csv")


def test_nothing_is_dropped_silently() -> None:
    table = [
        ["status", "human_answered"],
        ["A", "N"],
        ["B"],
        ["STATUS", "Human_Answered"],
        ["", "Y"],
        ["C", "Y"],
    ]
    outcomes = list(read_records(STATUSES, table, CONTEXT, file="x.csv"))
    reasons = Counter(outcome.reason for outcome in outcomes if isinstance(outcome, Refusal))
    assert len(outcomes) == 5
    assert reasons == {Reason.COLUMN_COUNT: 1, Reason.REPEATED_HEADER: 1, Reason.MISSING_KEY: 1}


def test_a_first_row_that_is_neither_header_nor_data_is_refused() -> None:
    with pytest.raises(BadTable, match="列数"):
        list(read_records(LOG, [["x", "y"], ["1", "2"]], CONTEXT, file="x.csv"))


@given(st.lists(st.lists(st.text(max_size=8), max_size=20), max_size=8))
def test_every_row_ends_as_a_record_or_a_reason(junk: list[list[str]]) -> None:
    outcomes = list(read_records(LOG, [list(LOG.columns), *junk], CONTEXT, file="x.csv"))
    assert len(outcomes) == len(junk)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a\tb\tc\n1\tx\\\ny\t3\n4\t\\N\t6\n", [["1", "x\ny", "3"], ["4", "\\N", "6"]]),
        ('a,b,c\n"1","said \\"no, thanks\\" twice","3"\n', [["1", 'said "no, thanks" twice', "3"]]),
        ('a,b,c\n\\N,"p\\",q",5\n', [["", 'p",q', "5"]]),
        ('a,b,c\n"7","C:\\",9\n', [["7", "C:\\", "9"]]),  # a path is no escape
        ("a,b\n1,C:\\\n2,3\n", [["1", "C:\\"], ["2", "3"]]),
        ("a,b\n1\\\n2,3\n", [["1\n2", "3"]]),
        ("a,b\n1,2,3\\\n4,5\n", [["1", "2", "3\\"], ["4", "5"]]),  # no row either way: what was read stays
    ],
)
def test_rows_as_mysql_escapes_them(text: str, wanted: list[list[str]]) -> None:
    assert list(split_rows(text.splitlines(keepends=True)))[1:] == wanted


def test_a_space_before_a_quote_is_no_part_of_the_cell() -> None:
    assert list(split_rows(['"a","b", "c"\n', '1, "x, y",3\n'])) == [["a", "b", "c"], ["1", "x, y", "3"]]
