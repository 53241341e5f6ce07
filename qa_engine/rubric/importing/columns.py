"""Which row names the columns, and which column holds what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from qa_engine.language.normalize import normalize
from qa_engine.rubric.importing.scores import amount
from qa_engine.rubric.importing.sheet import BadForm, Cell, Sheet
from qa_engine.rubric.yaml_nodes import read_yaml

HEADER_ROWS = 30
"""The names of the columns stand within the first rows, below titles and instructions."""


class Role(StrEnum):
    """What a column holds."""

    SECTION = "一级指标"
    SUBSECTION = "二级指标"
    TITLE = "评分项"
    CONTENT = "考核内容"
    STANDARD = "评分标准"
    DEDUCT = "扣分标准"
    FAULT = "扣分项"
    LOSS = "扣分值"
    SCORE = "分值"
    WEIGHT = "权重"
    KIND = "类型"
    NOTE = "备注"
    SCRIPT = "话术示例"
    BAD_SCRIPT = "错误示例"
    CODE = "编号"
    RATER = "评分栏"


COLUMNS = Path(__file__).parent.parent / "data" / "import-columns.yaml"
_BRACKETED = re.compile(r"[((【\[][^))】\]]*[))】\]]")
_KIND_VALUE = re.compile("致命|否决|红线|普通|一般|关键|严重|轻微|critical|fatal", re.IGNORECASE)
MAX_NAME_CHARS = 14
_DECIDING = frozenset({Role.TITLE, Role.CONTENT, Role.STANDARD, Role.SUBSECTION, Role.DEDUCT, Role.FAULT})
"""Columns of which a form has at least one."""
JOINED = frozenset({Role.STANDARD, Role.DEDUCT, Role.NOTE, Role.SCRIPT})
"""Several columns of such a role are read together; of the others the first counts."""


@dataclass(frozen=True, slots=True)
class Header:
    """`last_row` (1-based) is the last row that names columns; `columns` are 0-based positions by role."""

    first_row: int
    last_row: int
    columns: Mapping[Role, tuple[int, ...]]

    def text(self, row: Sequence[Cell], role: Role) -> str:
        """What a row says under a role, columns of the same role joined."""
        found = dict.fromkeys(row[index].text for index in self.columns.get(role, ()) if row[index].text)
        return "\n".join(found)

    def cell(self, row: Sequence[Cell], role: Role) -> Cell | None:
        """The cell of the role's first column; None where the form has no such column."""
        places = self.columns.get(role)
        return row[places[0]] if places else None


@lru_cache(maxsize=1)
def _names() -> Mapping[str, Role]:
    """Every known name of a column, the longest first."""
    table = read_yaml(COLUMNS.read_bytes(), COLUMNS.name).data
    assert isinstance(table, dict)
    found = {
        str(name): Role[role.upper()]
        for role, names in table.items()
        for name in (names if isinstance(names, list) else ())
    }
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def find_header(sheet: Sheet) -> Header:
    """The names of the columns. Raises `BadForm` that shows what stood there instead."""
    best: tuple[int, int] | None = None
    for index, row in enumerate(sheet.rows[:HEADER_ROWS]):
        roles = _roles(row)
        decides = roles.keys() & _DECIDING
        if decides and (best is None or len(roles) > best[0]) and _is_names(row, roles):
            best = len(roles), index
    if best is None:
        raise BadForm(_no_header(sheet), hint=_HINT, where=sheet.where(1))
    count, index = best
    columns = _roles(sheet.rows[index])
    last = index
    if index + 1 < len(sheet.rows):
        below = _roles(sheet.rows[index + 1])
        own = [cell.text for cell in sheet.rows[index + 1] if cell.text and cell.row == index + 2]
        if len(below) >= 2 and all(role_of(text) for text in own):
            columns, last = _stacked(sheet.rows[index], sheet.rows[index + 1]), index + 1
    alone = _texts(sheet.rows[index])
    if count < 2 and (len(alone) > 1 or _key(alone[0]) not in _names()):
        raise BadForm(_no_header(sheet), hint=_HINT, where=sheet.where(index + 1))
    return _settled(Header(index + 1, last + 1, columns), sheet)


_HINT = (
    "要有一行列名,至少有“评分项”(或质检项、考核项、评分标准),最好还有:一级指标、扣分标准、分值、类型、备注"
)


def _no_header(sheet: Sheet) -> str:
    rows = (_texts(row) for row in sheet.rows[:HEADER_ROWS])
    shown = next((texts for texts in rows if len(texts) > 1), next(iter(map(_texts, sheet.rows)), []))
    return f"找不到列名;读到:{'|'.join(text[:12] for text in shown[:8]) or '空行'}"


def _texts(row: Iterable[Cell]) -> list[str]:
    return list(dict.fromkeys(cell.text for cell in row if cell.text))


def _is_names(row: Sequence[Cell], roles: Mapping[Role, tuple[int, ...]]) -> bool:
    """Most of the row is names of columns, not sentences that happen to hold such a word."""
    named = sum(len(places) for places in roles.values())
    return 2 * named >= len({(cell.row, cell.column) for cell in row if cell.text})


def _key(text: str) -> str:
    bare = _BRACKETED.sub("", normalize(text).text)
    return re.sub(r"[\s::/*·、]+", "", bare).lower()


def role_of(text: str) -> Role | None:
    """What a column of this name holds."""
    key = _key(text)
    names = _names()
    if key in names:
        return names[key]
    if not key or len(key) > MAX_NAME_CHARS:
        return None
    near = next((name for name in names if len(name) >= 2 and key.endswith(name)), None)
    near = near or next((name for name in names if len(name) >= 3 and name in key), None)
    return names[near] if near else None


def _roles(row: Sequence[Cell]) -> dict[Role, tuple[int, ...]]:
    found: dict[Role, tuple[int, ...]] = {}
    for index, cell in enumerate(row):
        role = role_of(cell.text)
        if role is not None and (role not in found or role in JOINED):
            found[role] = (*found.get(role, ()), index)
    return found


def _stacked(upper: Sequence[Cell], lower: Sequence[Cell]) -> dict[Role, tuple[int, ...]]:
    """Two rows of names: the lower name counts where there is one."""
    row = [low if role_of(low.text) else high for high, low in zip(upper, lower, strict=True)]
    return _roles(row)


def _settled(header: Header, sheet: Sheet) -> Header:
    """Names that mean different things in different forms are settled by what else there is and what stands below."""
    columns = dict(header.columns)
    body = sheet.rows[header.last_row :]
    kinds = columns.get(Role.KIND, ())
    if kinds and not any(_KIND_VALUE.search(row[kinds[0]].text) or _yes(row[kinds[0]].text) for row in body):
        del columns[Role.KIND]
        columns.setdefault(Role.SECTION, kinds)
    if Role.CONTENT in columns:
        target = Role.STANDARD if Role.TITLE in columns else Role.TITLE
        columns[target] = (*columns.pop(Role.CONTENT), *columns.get(target, ()))
    if Role.FAULT in columns:
        target = Role.DEDUCT if Role.TITLE in columns else Role.TITLE
        columns[target] = (*columns.pop(Role.FAULT), *columns.get(target, ()))
    if Role.LOSS in columns:
        numbers = [row[columns[Role.LOSS][0]].text for row in body]
        worth = any(amount(text) for text in numbers) and Role.SCORE not in columns
        target = Role.SCORE if worth else Role.DEDUCT
        columns[target] = (*columns.get(target, ()), *columns[Role.LOSS])
        if not worth:
            del columns[Role.LOSS]
    if Role.TITLE not in columns:
        for role in (Role.SUBSECTION, Role.STANDARD, Role.DEDUCT):
            if role in columns:
                columns[Role.TITLE] = columns.pop(role)[:1]
                break
    if Role.SECTION not in columns and Role.SUBSECTION in columns:
        columns[Role.SECTION] = columns.pop(Role.SUBSECTION)
    return Header(header.first_row, header.last_row, columns)


def _yes(text: str) -> bool:
    return text in {"是", "√", "✓", "Y", "y", "yes", "Yes"}
