"""A people file, row by row: a period, or the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from qa_engine.dialer.cells import clean, moment
from qa_engine.dialer.records import Refusal, Rejected
from qa_engine.dialer.refusal import shown
from qa_engine.dialer.tables import BadTable, names
from qa_engine.errors import Where
from qa_engine.people.periods import SINCE_EVER, PeoplePeriod

COLUMNS = ("agent_id", "name", "team_id", "team_name", "region", "role", "from", "to")
HEADERS = ("工号", "姓名", "团队", "团队名称", "区域", "岗位", "开始日期", "结束日期")
"""Of an exported file, in the order of `COLUMNS`."""
SYNONYMS: Mapping[str, str] = MappingProxyType(
    {
        "agent_id": "agent_id agent user id 工号 坐席工号 坐席编号 座席工号 坐席 员工号 员工工号 员工编号 坐席id",
        "name": "name full_name agent_name 姓名 坐席姓名 员工姓名 名字",
        "team_id": "team_id team group user_group 团队 班组 小组 组别 部门 所属团队 团队编号",
        "team_name": "team_name group_name 团队名称 班组名称 小组名称",
        "region": "region area 区域 大区 地区 分公司 职场 区域名称",
        "role": "role position title 岗位 职位 职务 角色",
        "from": "from since start first 开始日期 开始 入组日期 生效日期 起始日期 自 从 入职日期",
        "to": "to until end last 结束日期 结束 离组日期 失效日期 截止日期 至 到 离职日期",
    }
)
_FIELD_OF = MappingProxyType({name: field for field, said in SYNONYMS.items() for name in said.split()})
_NEEDED = ("agent_id", "team_id")
_LONGEST: Mapping[str, int] = MappingProxyType({"agent_id": 100, "team_id": 100, "region": 100, "role": 100})
_UTC = ZoneInfo("UTC")


class PeopleReason(StrEnum):
    """Why a row of a people file is not stored."""

    DUPLICATE = "duplicate"
    COLUMN_COUNT = "column_count"
    REPEATED_HEADER = "repeated_header"
    MISSING_KEY = "missing_key"
    MISSING_TEAM = "missing_team"
    TOO_LONG = "too_long"
    BAD_DAY = "bad_day"
    INVERTED_PERIOD = "inverted_period"
    OVERLAPPING_PERIOD = "overlapping_period"
    REGION_CONFLICT = "region_conflict"
    AGENT_IN_ERROR = "agent_in_error"


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One row: a period, and what the row says of the agent and the team; "" = nothing. `row` is 1-based."""

    row: int
    period: PeoplePeriod
    name: str
    team_name: str
    region: str


class _Bad(Exception):
    def __init__(self, reason: PeopleReason, column: str = "", found: str = "", expected: str = "") -> None:
        super().__init__(reason.value)
        self.refusal = Refusal(reason, column, shown(found), expected)


def _day(row: Mapping[str, str], column: str) -> date | None:
    """A day as people write it. Raises `_Bad`."""
    text = row[column]
    if not text:
        return None
    try:
        found = moment(text, _UTC)
    except Rejected:
        found = None
    if found is None or found.date() < SINCE_EVER:
        raise _Bad(PeopleReason.BAD_DAY, column, text)
    return found.date()


def _line(number: int, row: Mapping[str, str]) -> PersonLine:
    for column, reason in (("agent_id", PeopleReason.MISSING_KEY), ("team_id", PeopleReason.MISSING_TEAM)):
        if not row[column]:
            raise _Bad(reason, column)
    for column, longest in _LONGEST.items():
        if len(row[column]) > longest:
            raise _Bad(PeopleReason.TOO_LONG, column, row[column], str(longest))
    first, last = _day(row, "from") or SINCE_EVER, _day(row, "to")
    if last is not None and last < first:
        raise _Bad(PeopleReason.INVERTED_PERIOD, "to", str(last), f"≥ {first}")
    period = PeoplePeriod(row["agent_id"], row["team_id"], first, last, row["role"])
    return PersonLine(number, period, row["name"][:200], row["team_name"][:200], row["region"])


def _columns(header: Sequence[str], file: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, name in enumerate(names(header)):
        field = _FIELD_OF.get(re.sub(r"[(（\[【].*?[)）\]】]|\s", "", name))
        if field is not None:
            found.setdefault(field, place)
    missing = [name for name in _NEEDED if name not in found]
    if missing:
        said = "、".join(HEADERS[COLUMNS.index(name)] for name in missing)
        raise BadTable(f"人员表缺少列:{said}", hint=f"第一行写:{','.join(HEADERS)}", where=Where(file, 1))
    return found


def _lines(rows: Iterable[Sequence[str]], file: str) -> Iterator[tuple[int, str, PersonLine | Refusal]]:
    """Number, agent's id as far as it can be read, and what the row is."""
    source = iter(rows)
    header = next(source, None)
    if header is None:
        raise BadTable("人员表是空的", hint=f"第一行写:{','.join(HEADERS)}", where=Where(file))
    places = _columns(header, file)
    for number, cells in enumerate(source, start=1):
        if len(cells) != len(header):
            width = Refusal(PeopleReason.COLUMN_COUNT, found=str(len(cells)), expected=str(len(header)))
            at = places["agent_id"]
            yield number, clean(cells[at]) if at < len(cells) else "", width
        elif names(cells) == names(header):
            yield number, "", Refusal(PeopleReason.REPEATED_HEADER)
        else:
            row = {name: clean(cells[places[name]]) if name in places else "" for name in COLUMNS}
            try:
                line: PersonLine | Refusal = _line(number, row)
            except _Bad as bad:
                line = bad.refusal
            yield number, row["agent_id"], line


def _against(line: PersonLine, earlier: Sequence[PersonLine], regions: Mapping[str, str]) -> Refusal | None:
    """What keeps a row from standing beside the rows before it."""
    for other in earlier:
        if (other.period, other.region) == (line.period, line.region):
            return Refusal(PeopleReason.DUPLICATE, found=shown(line.period.agent_id))
        if other.period.overlaps(line.period):
            held = f"{line.period.first} – {line.period.last or '…'}"
            return Refusal(
                PeopleReason.OVERLAPPING_PERIOD,
                "from",
                held,
                f"≠ {other.period.first} – {other.period.last or '…'} (#{other.row})",
            )
    known = regions.get(line.period.team_id, "")
    if known and line.region and known != line.region:
        return Refusal(PeopleReason.REGION_CONFLICT, "region", shown(line.region), known)
    return None


def read_people(
    rows: Iterable[Sequence[str]], *, file: str
) -> tuple[int, Sequence[PersonLine], Sequence[tuple[int, Refusal]]]:
    """(rows read, lines that may be stored, refused rows by number). An agent with a row in error has none of its
    rows stored: half a history would be a wrong one. Raises `BadTable` where the columns are missing."""
    read = 0
    by_agent: dict[str, list[PersonLine]] = {}
    regions: dict[str, str] = {}
    refused: list[tuple[int, Refusal]] = []
    in_error: set[str] = set()
    for number, agent_id, line in _lines(rows, file):
        read = number
        if isinstance(line, Refusal):
            refused.append((number, line))
            in_error.add(agent_id)
            continue
        fault = _against(line, by_agent.get(agent_id, ()), regions)
        if fault is not None:
            refused.append((number, fault))
            if fault.reason is not PeopleReason.DUPLICATE:
                in_error.add(agent_id)
            continue
        if line.region:
            regions.setdefault(line.period.team_id, line.region)
        by_agent.setdefault(agent_id, []).append(line)
    kept = [line for lines in by_agent.values() for line in lines]
    refused += [
        (line.row, Refusal(PeopleReason.AGENT_IN_ERROR, "agent_id", shown(line.period.agent_id)))
        for line in kept
        if line.period.agent_id in in_error
    ]
    good = sorted((line for line in kept if line.period.agent_id not in in_error), key=lambda one: one.row)
    return read, good, sorted(refused, key=lambda one: one[0])
