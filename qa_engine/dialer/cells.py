"""Cells as people and dialers write them: times, durations, telephone numbers, yes and no."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from qa_engine.dialer.records import Reason, Rejected

EMPTY = frozenset({"", "NULL", "null", "\\N", "None", "<null>"})
LONGEST_S = 30 * 86_400  # more is a broken counter, and would not fit the column
EARLIEST, LATEST = 1990, 2100  # a year outside is a broken clock, not a call
_CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?\s*")
_CHINESE_CLOCK = re.compile(r"(\d{1,2})[时点](?:(\d{1,2})分)?(?:(\d{1,2})秒?)?$")
_LOOSE = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?$"
)
_HALF = re.compile(r"(上午|下午|晚上|中午|凌晨|早上|AM|PM|am|pm)\s*")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?$")
_CLOCK = re.compile(r"(-)?(\d+):([0-5]?\d)(?::([0-5]?\d))?(?:\.\d+)?$")
_WORDS = re.compile(
    r"(-)?(?:(\d+)\s*(?:小时|时|h|H|hours?))?\s*(?:(\d+)\s*(?:分钟|分|′|'|m|min))?\s*(?:(\d+(?:\.\d+)?)\s*(?:秒钟|秒|″|\"|s|S|sec))?$"
)
FULL_WIDTH = str.maketrans("０１２３４５６７８９：／－．＋，（）", "0123456789:/-.+,()")
YES = frozenset({"y", "yes", "1", "true", "t", "是", "有", "对", "√", "已接通", "接通", "成功"})
NO = frozenset({"n", "no", "0", "false", "f", "否", "无", "没有", "×", "x", "未接通", "失败"})


def clean(text: str) -> str:
    """The cell without surrounding space; what databases write for NULL is empty."""
    text = text.replace("\0", "").strip()  # PostgreSQL refuses NUL
    return "" if text in EMPTY else text


def _epoch(text: str) -> datetime | None:
    """Unix seconds, milliseconds or microseconds, told apart by their number of digits."""
    whole = text.split(".", maxsplit=1)[0]
    scale = {10: 1, 9: 1, 13: 1_000, 16: 1_000_000}.get(len(whole))
    return None if scale is None else datetime.fromtimestamp(int(whole) // scale, UTC)


def _digits(text: str) -> datetime | None:
    if len(text) == 14:
        return datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007 (the zone is added by the caller)
    if len(text) == 8:
        return datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007
    return None


def _half_day(text: str) -> tuple[str, str]:
    found = _HALF.search(text)
    return (
        (text, "") if not found else ((text[: found.start()] + text[found.end() :]).strip(), found[1].lower())
    )


def _with_half(moment: datetime, half: str) -> datetime:
    if half in {"下午", "晚上", "pm"} and moment.hour < 12:
        return moment + timedelta(hours=12)
    if half in {"凌晨", "上午", "am"} and moment.hour == 12:
        return moment - timedelta(hours=12)
    return moment


def _written(text: str) -> datetime:
    """A time with punctuation, naive. Raises ValueError."""
    text, half = _half_day(text.translate(FULL_WIDTH))
    date_part = _CHINESE_DATE.match(text)
    if date_part:
        rest = text[date_part.end() :].strip()
        clock = _CHINESE_CLOCK.match(rest)
        if clock:
            rest = ":".join((part or "0") for part in clock.groups())
        text = f"{date_part[1]}-{date_part[2]}-{date_part[3]} {rest}".strip()
    found = _LOOSE.match(text)
    if not found:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    if (hour, minute, second) == (24, 0, 0):
        return datetime(year, month, day) + timedelta(days=1)  # noqa: DTZ001
    return _with_half(datetime(year, month, day, hour, minute, second), half)  # noqa: DTZ001


def moment(text: str, zone: ZoneInfo) -> datetime | None:
    """The instant in UTC; a time without offset is local in `zone` (in the hour that autumn repeats, the first).

    None for an empty cell. Raises `Rejected` bad_time."""
    if not text:
        return None
    try:
        found = _parsed(text)
    except (ValueError, OverflowError, OSError) as error:
        raise Rejected(Reason.BAD_TIME, text) from error
    if not EARLIEST <= found.year < LATEST:
        raise Rejected(Reason.BAD_TIME, text)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _parsed(text: str) -> datetime:
    if text.replace(".", "", 1).isdigit() and text[:5].isdigit():
        found = _epoch(text) or _digits(text)
        if found is None:
            raise ValueError(text)
        return found
    try:
        return datetime.fromisoformat(text).replace(microsecond=0)
    except ValueError:
        return _written(text)


def _rounded(number: float) -> int:
    return int(number + 0.5)  # half up, as people round


def seconds(text: str) -> int | None:
    """`_seconds`, within what a call or a shift can last. Raises `Rejected` negative_duration or bad_duration."""
    found = _seconds(text)
    if found is not None and found > LONGEST_S:
        raise Rejected(Reason.BAD_DURATION, text)
    return found


def _seconds(text: str) -> int | None:
    """A duration in whole seconds: `65`, `1:05`, `0:01:05`, `1分5秒`, `1小时2分`, `65秒`. None for an empty cell.

    Two parts with a colon are minutes and seconds."""
    if not text:
        return None
    if text.isdigit() and text.isascii():
        return int(text)
    text = text.translate(FULL_WIDTH).replace(" ", "")
    if _NUMBER.match(text):
        number = float(text)
        if number < 0:
            raise Rejected(Reason.NEGATIVE_DURATION, text)
        return _rounded(number)
    clock = _CLOCK.match(text)
    if clock:
        parts = [int(part) for part in clock.groups()[1:] if part is not None]
        total = parts[0] * 60 + parts[1] if len(parts) == 2 else (parts[0] * 60 + parts[1]) * 60 + parts[2]
        minus = clock[1]
    else:
        words = _WORDS.match(text)
        if not words or not any(words.groups()[1:]):
            raise Rejected(Reason.BAD_DURATION, text)
        total = int(words[2] or 0) * 3600 + int(words[3] or 0) * 60 + _rounded(float(words[4] or 0))
        minus = words[1]
    if minus:
        raise Rejected(Reason.NEGATIVE_DURATION, text)
    return total


_PHONE_MARKS = str.maketrans("", "", " -().+\u00a0\u2010\u2011\u2013")
_MOBILE = re.compile(r"1[3-9]\d{9}$")


def phone(text: str) -> str | None:
    """The number as it is dialled inside the country: without +86 and 0086, without the 0 before a mobile.
    Landlines keep their area code, 95 and 400 numbers stay as they are. None for an empty cell.

    Raises `Rejected` bad_phone."""
    if not text:
        return None
    plus = text.lstrip().startswith(("+", "＋"))
    digits = text.translate(FULL_WIDTH).translate(_PHONE_MARKS)
    if not (digits.isdigit() and digits.isascii()):
        raise Rejected(Reason.BAD_PHONE, text)
    if digits.startswith("0086"):
        digits = digits[4:]
    elif digits.startswith("86") and (plus or len(digits) > 11):
        digits = digits[2:]
    if digits.startswith("0") and _MOBILE.match(digits[1:]):
        digits = digits[1:]
    if (
        plus
        and digits
        and digits[0] in "2345678"
        and len(digits) in (9, 10, 11)
        and text.translate(FULL_WIDTH).startswith("+86")
    ):
        digits = "0" + digits  # +86 21 6000 1234 is 021 6000 1234
    if not 3 <= len(digits) <= 18 or not digits.strip("0"):
        raise Rejected(Reason.BAD_PHONE, text)
    return digits


def yes(text: str) -> bool | None:
    """Whether a cell says yes; None where it is empty or says something else."""
    low = text.lower()
    return True if low in YES else False if low in NO else None
