"""Generic tables: CSV, TSV and workbooks of any dialer, by a mapping file or by the usual names of their columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from types import MappingProxyType

from qa_engine.dialer.cells import clean, phone, seconds, yes
from qa_engine.dialer.mapping import FIELDS, ColumnMap
from qa_engine.dialer.outcomes import Level, level_of, normal
from qa_engine.dialer.reader import KEYLESS, Cells, Context, TableKind
from qa_engine.dialer.records import Dial, Notice, Reason, Rejected
from qa_engine.dialer.tables import BadTable, names
from qa_engine.errors import Where

MASKED = re.compile(r"\d{2,7}[*xX]{2,8}\d{0,4}$")
TITLE_ROWS = 10  # above the column names, at most
_ORDER = (Level.NOT_CONNECTED, Level.CONNECTED, Level.CONTACT, Level.SALE)
_INBOUND = frozenset({"呼入", "来电", "inbound", "in", "incoming", "入呼"})


class _Reader:
    """Parses rows under one mapping. `knows_outcome`: the table's dispositions tell contacts; without any such word a
    table knows connections only, and contacts and sales stay unknown."""

    def __init__(self, mapping: ColumnMap, *, knows_contact: bool, knows_sale: bool) -> None:
        self._mapping = mapping
        self._knows_contact, self._knows_sale = knows_contact, knows_sale

    def _level(self, text: str) -> Level | None:
        return self._mapping.statuses.get(normal(text)) if self._mapping.statuses else level_of(text)

    @staticmethod
    def _flag(dispositions: frozenset[str], status: str, level: Level | None) -> bool | None:
        """Whether a disposition carries a flag; None where the mapping has no such flag, or not this disposition."""
        return normal(status) in dispositions if dispositions and level is not None else None

    def _connected(self, row: Cells, level: Level | None, talk_s: int | None) -> bool | None:
        said = yes(row["connected"])
        if said is not None:
            return said
        if level is not None:
            return level is not Level.NOT_CONNECTED
        if row["answered_at"] or talk_s:
            return True
        return False if talk_s == 0 or row["status"] or row["duration_s"] else None

    def parse(self, row: Cells, context: Context) -> Dial:
        """One call. Raises `Rejected`."""
        content = context.fingerprint(*(row[name] for name in FIELDS))
        if not row["key"] and KEYLESS not in row:
            raise Rejected(Reason.MISSING_KEY)
        started_at = self._mapping.time(
            row["started_at"] or f"{row['date']} {row['time']}".strip(), context.zone
        )
        if started_at is None:
            raise Rejected(Reason.BAD_TIME)
        self._mapping.time(row["answered_at"], context.zone)
        self._mapping.time(row["ended_at"], context.zone)
        duration_s, talk_s, hold_s, acw_s = (
            seconds(row[name]) for name in ("duration_s", "talk_s", "hold_s", "acw_s")
        )
        number = None if MASKED.match(row["phone"]) else phone(row["phone"])
        level = self._level(row["status"]) if row["status"] else None
        connected = self._connected(row, level, talk_s)
        agent_id = row["agent_id"] or row["agent_name"] or None
        notices = () if agent_id else (Notice.MISSING_AGENT,)
        if row["status"] and level is None:
            notices = (*notices, Notice.UNKNOWN_STATUS)
        reached = _ORDER.index(level) if level else 0
        pseudonym = context.pseudonym(number)
        return Dial(
            row["key"][:200] or f"row:{content}",
            content,
            started_at,
            duration_s,
            agent_id=agent_id and agent_id[:100],
            agent_name=row["agent_name"][:200] or None,
            team_id=row["team_id"][:100] or None,
            campaign=row["campaign"][:200] or None,
            lead=row["lead"][:200] or pseudonym,
            number=pseudonym if row["lead"] else None,
            status=row["status"][:100] or None,
            outbound=row["direction"].lower() not in _INBOUND,
            connected=connected,
            contact=reached >= 2 if self._knows_contact else None,
            sale=reached >= 3 if self._knows_sale else None,
            right_party=self._flag(self._mapping.right_party, row["status"], level),
            intent=self._flag(self._mapping.intent, row["status"], level),
            talk_s=talk_s,
            hold_s=hold_s,
            acw_s=acw_s,
            notices=notices,
        )


def rows_above(rows: Iterable[Sequence[str]], mapping: ColumnMap) -> int:
    """How many rows stand above the column names: a report's title, the day it was made. 0 where none of the first rows
    names the columns that are needed."""
    for place, cells in enumerate(islice(rows, TITLE_ROWS)):
        header = names(cells)
        fields = {found for column in header if (found := mapping.field_of(column))}
        if fields & {"started_at", "date"} and len(fields) > 1 and set(mapping.columns) <= set(header):
            return place
    return 0


def _found_levels(rows: Iterable[Sequence[str]], place: int, width: int) -> set[Level]:
    words = {cells[place] for cells in rows if len(cells) == width}
    return {level for word in words if (level := level_of(clean(word))) is not None}


def _knowledge(
    mapping: ColumnMap, levels: Callable[[], set[Level]], *, has_status: bool
) -> tuple[bool, bool]:
    """(contacts are known, sales are known)"""
    if not has_status:
        return False, False
    if mapping.statuses:
        known = set(mapping.statuses.values())
        return bool(known & {Level.CONTACT, Level.SALE}), Level.SALE in known
    outcome = bool(levels() & {Level.CONTACT, Level.SALE})
    return outcome, outcome


def table_kind(
    rows: Callable[[], Iterable[Sequence[str]]], mapping: ColumnMap, *, name: str, file: str
) -> TableKind:
    """How to read a table; `rows` gives all of its rows anew at each call, the first being the column names.

    Raises `BadTable` where the columns of the mapping, or a time, are missing."""
    first = next(iter(rows()), None)
    header = names(first or ())
    aliases = mapping.aliases(header, file=file)
    fields = set(aliases.values())
    if not fields & {"started_at", "date"}:
        raise BadTable(
            f"没有认出呼叫时间列;表的列:{'、'.join(header)[:300]}",
            hint="请用 --mapping 指出 started_at 是哪一列,例子见 docs/dialers.md",
            where=Where(file, 1),
        )
    place = next((place for place, column in enumerate(header) if aliases.get(column) == "status"), -1)
    contact, sale = _knowledge(
        mapping, lambda: _found_levels(rows(), place, len(header)), has_status=place >= 0
    )
    reader = _Reader(mapping, knows_contact=contact, knows_sale=sale)
    return TableKind(name, FIELDS, reader.parse, frozenset(), MappingProxyType(aliases), keyless="key")
