"""A file of holidays and make-up days, row by row: days and what each is worth, or the reason why a row is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from qa_engine.dialer.cells import clean, moment
from qa_engine.dialer.records import Refusal, Rejected
from qa_engine.dialer.refusal import shown
from qa_engine.dialer.tables import BadTable, names
from qa_engine.errors import Where
from qa_engine.people.periods import SINCE_EVER

HEADERS = ("日期", "结束日期", "类型", "名称")
COLUMNS = ("day", "to", "kind", "note")
_FIELD_OF: Mapping[str, str] = MappingProxyType(
    {
        name: field
        for field, said in {
            "day": "日期 开始日期 开始 起始日期 放假日期 自 从 day date from start first",
            "to": "结束日期 结束 截止日期 至 到 to until end last",
            "kind": "类型 类别 性质 安排 系数 工作量 权重 kind type factor weight",
            "note": "名称 节日 节假日 说明 备注 name holiday note comment",
        }.items()
        for name in said.split()
    }
)
NORMAL = None
"""A day that is again what its weekday says."""
KINDS: Mapping[str, float | None] = MappingProxyType(
    {
        **dict.fromkeys(
            ["休", "休息", "放假", "节假日", "假日", "假期", "法定节假日", "公休", "off", "holiday"], 0.0
        ),
        **dict.fromkeys(
            [
                "班",
                "上班",
                "调休上班",
                "补班",
                "调班",
                "工作日",
                "调休",
                "work",
                "workday",
                "working",
                "make-up",
            ],
            1.0,
        ),
        **dict.fromkeys(["半天", "半日", "half"], 0.5),
        **dict.fromkeys(["正常", "照常", "平日", "取消", "normal", "clear"], NORMAL),
    }
)
MOST_WORTH = 5.0
LONGEST_DAYS = 60
LONGEST_NOTE = 100
_UTC = ZoneInfo("UTC")


class CalendarReason(StrEnum):
    """Why a row of a calendar file is not stored."""

    DUPLICATE = "duplicate"
    DUPLICATE_CONFLICT = "duplicate_conflict"
    COLUMN_COUNT = "column_count"
    REPEATED_HEADER = "repeated_header"
    MISSING_DAY = "missing_day"
    BAD_DAY = "bad_day"
    INVERTED_PERIOD = "inverted_period"
    LONG_PERIOD = "long_period"
    BAD_KIND = "bad_kind"


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """One row: days from `first` to `last`, both included, and what each is worth of a working day; None = as its weekday
    says. `row` is 1-based."""

    row: int
    first: date
    last: date
    factor: float | None
    note: str

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


def _day(text: str) -> date | None:
    try:
        found = moment(text, _UTC)
    except Rejected:
        return None
    return None if found is None or found.date() < SINCE_EVER else found.date()


def _factor(text: str) -> tuple[bool, float | None]:
    """Whether it is understood, and what a day is worth."""
    if text.lower() in KINDS:
        return True, KINDS[text.lower()]
    try:
        value = float(text)
    except ValueError:
        return False, None
    return 0 <= value <= MOST_WORTH, value


def _line(number: int, row: Mapping[str, str]) -> CalendarLine | Refusal:
    if not row["day"]:
        return Refusal(CalendarReason.MISSING_DAY, "day")
    first = _day(row["day"])
    last = _day(row["to"]) if row["to"] else first
    if first is None or last is None:
        column = "day" if first is None else "to"
        return Refusal(CalendarReason.BAD_DAY, column, shown(row[column]), "2026-10-01")
    if last < first:
        return Refusal(CalendarReason.INVERTED_PERIOD, "to", str(last), f"≥ {first}")
    if (last - first).days >= LONGEST_DAYS:
        return Refusal(CalendarReason.LONG_PERIOD, "to", str((last - first).days + 1), f"≤ {LONGEST_DAYS}")
    is_known, factor = _factor(row["kind"])
    if not is_known:
        return Refusal(
            CalendarReason.BAD_KIND, "kind", shown(row["kind"]), f"放假、上班、半天、正常,或 0–{MOST_WORTH:g}"
        )
    return CalendarLine(number, first, last, factor, row["note"][:LONGEST_NOTE])


def _lines(rows: Iterable[Sequence[str]], file: str) -> Iterator[tuple[int, CalendarLine | Refusal]]:
    source = iter(rows)
    header = next(source, None)
    said = () if header is None else names(header)
    places = {_FIELD_OF[name]: at for at, name in reversed([*enumerate(said)]) if name in _FIELD_OF}
    missing = [HEADERS[COLUMNS.index(name)] for name in ("day", "kind") if name not in places]
    if header is None or missing:
        raise BadTable(
            "日历表是空的" if header is None else f"日历表缺少列:{'、'.join(missing)}",
            hint=f"第一行写:{','.join(HEADERS)}",
            where=Where(file),
        )
    for number, cells in enumerate(source, start=1):
        if len(cells) != len(header):
            yield (
                number,
                Refusal(CalendarReason.COLUMN_COUNT, found=str(len(cells)), expected=str(len(header))),
            )
        elif names(cells) == said:
            yield number, Refusal(CalendarReason.REPEATED_HEADER)
        else:
            yield (
                number,
                _line(
                    number, {name: clean(cells[places[name]]) if name in places else "" for name in COLUMNS}
                ),
            )


def read_calendar(
    rows: Iterable[Sequence[str]], *, file: str
) -> tuple[int, Sequence[CalendarLine], Sequence[tuple[int, Refusal]]]:
    """(rows read, lines that may be stored, refused rows by number). Of two rows that name one day the first holds: a
    later one that says the same is a duplicate, one that says otherwise is refused whole. Raises `BadTable` where the
    columns are missing."""
    read, good, refused = 0, list[CalendarLine](), list[tuple[int, Refusal]]()
    told: dict[date, CalendarLine] = {}
    for number, line in _lines(rows, file):
        read = number
        if isinstance(line, Refusal):
            refused.append((number, line))
            continue
        earlier = [told[day] for day in line.days if day in told]
        other = next((one for one in earlier if one.factor != line.factor), None)
        if other is not None:
            found = Refusal(CalendarReason.DUPLICATE_CONFLICT, "day", str(line.first), f"#{other.row}")
            refused.append((number, found))
        elif earlier and len(earlier) == len(line.days):
            refused.append((number, Refusal(CalendarReason.DUPLICATE, "day", str(line.first))))
        else:
            good.append(line)
            told |= {day: line for day in line.days if day not in told}
    return read, good, refused
