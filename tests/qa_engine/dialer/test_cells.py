"""Times, durations and numbers as people and dialers write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from qa_engine.dialer.cells import clean, moment, phone, seconds
from qa_engine.dialer.records import Reason, Rejected

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 11, 2, 7, 5, 8, tzinfo=UTC)  # 15:05:08 in Shanghai


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-02 15:05:08",
        "2026-11-02T15:05:08+08:00",
        "2026-11-02T07:05:08Z",
        "2026/11/2 15:05:08",
        "2026.11.02 15:05:08",
        "20261102150508",
        "1793603108",  # Unix seconds are UTC whatever the zone
        "1793603108123",  # milliseconds
        "1793603108123456",  # microseconds
        "1793603108.42",
        "2026年11月2日 15时5分8秒",
        "2026年11月02日15:05:08",
        "2026年11月2日 下午3:05:08",
        "2026-11-02 03:05:08 PM",
        "２０２６-11-02 15:05:08",
        "2026-11-02 15:05:08.000",
    ],
)
def test_times_are_instants(text: str) -> None:
    assert moment(text, SHANGHAI) == NOON


def test_a_time_without_seconds_and_a_bare_day() -> None:
    assert moment("2026/11/2 15:05", SHANGHAI) == datetime(2026, 11, 2, 7, 5, tzinfo=UTC)
    assert moment("2026-11-02", SHANGHAI) == datetime(2026, 11, 1, 16, 0, tzinfo=UTC)
    assert moment("2026-11-02 24:00:00", SHANGHAI) == datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
    assert moment("", SHANGHAI) is None


def test_local_time_over_the_end_of_summer_time() -> None:
    assert moment("2026-11-01 00:30:00", NEW_YORK) == datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    assert moment("2026-11-01 01:30:00", NEW_YORK) == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )  # the first of two
    assert moment("2026-11-01 03:30:00", NEW_YORK) == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "昨天",
            "2026-13-01 10:00:00",
            "2026-02-30",
            "0000-00-00 00:00:00",
            "12:30",
            "99",
            "1026-01-01 00:00:00",
        ),
        *("11/02/2026 15:05", "2026-11-02 25:00:00", "2026-11-02 10:61:00", "n/a"),  # which is the month?
    ],
)
def test_what_is_no_time_is_said_so(text: str) -> None:
    with pytest.raises(Rejected) as caught:
        moment(text, SHANGHAI)
    assert caught.value.reason is Reason.BAD_TIME


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        *(
            ("65", 65),
            ("65.0", 65),
            ("65.5", 66),
            ("0", 0),
            ("1:05", 65),
            ("01:05", 65),
            ("0:01:05", 65),
            ("1:01:05", 3665),
        ),
        *(
            ("1分5秒", 65),
            ("1分05秒", 65),
            ("1分钟5秒", 65),
            ("65秒", 65),
            ("2分", 120),
            ("1小时", 3600),
            ("1时2分3秒", 3723),
        ),
        *(
            ("1小时5秒", 3605),
            ("1m5s", 65),
            ("00:00:00", 0),
            ("１分５秒", 65),
            ("1 分 5 秒", 65),
            ("100:00", 6000),
        ),
    ],
)
def test_durations_are_whole_seconds(text: str, wanted: int) -> None:
    assert seconds(text) == wanted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *(("-5", "negative_duration"), ("-1:05", "negative_duration"), ("-1分5秒", "negative_duration")),
        *(
            ("很久", "bad_duration"),
            ("1:75", "bad_duration"),
            ("分秒", "bad_duration"),
            ("5x", "bad_duration"),
            ("1:2:3:4", "bad_duration"),
        ),
    ],
)
def test_what_is_no_duration_is_said_so(text: str, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        seconds(text)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        *(
            ("13900001234", "13900001234"),
            ("+8613900001234", "13900001234"),
            ("008613900001234", "13900001234"),
        ),
        *(
            ("8613900001234", "13900001234"),
            ("013900001234", "13900001234"),
            ("139 0000 1234", "13900001234"),
        ),
        *(
            ("+86-139-0000-1234", "13900001234"),
            ("02160001234", "02160001234"),
            ("+862160001234", "02160001234"),
        ),
        *(
            ("(021)6000-1234", "02160001234"),
            ("95588", "95588"),
            ("400-800-1234", "4008001234"),
            ("10086", "10086"),
            ("", None),
        ),
    ],
)
def test_one_number_has_one_spelling(text: str, wanted: str | None) -> None:
    assert phone(text) == wanted


@pytest.mark.parametrize("text", ["不详", "12AB34", "?", "00000000000", "1", "12", "1" * 25])
def test_what_is_no_number_is_said_so(text: str) -> None:
    with pytest.raises(Rejected) as caught:
        phone(text)
    assert caught.value.reason is Reason.BAD_PHONE


@pytest.mark.parametrize("text", ["", "  ", "NULL", "\\N", " NULL "])
def test_what_databases_write_for_nothing_is_empty(text: str) -> None:
    assert clean(text) == ""
