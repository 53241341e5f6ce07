"""Generic tables: CSV, TSV and workbooks of any dialer, by a mapping file or by the usual names of their columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from types import MappingProxyType

from qa_engine.dialer.cells import clean, moment, phone, seconds, yes
from qa_engine.dialer.mapping import FIELDS, ColumnMap, unknown_columns
from qa_engine.dialer.outcomes import Level, level_of, normal
from qa_engine.dialer.reader import KEYLESS, Cells, Context, TableKind
from qa_engine.dialer.records import Dial, Notice, Reason, Rejected
from qa_engine.dialer.tables import BadTable, names
from qa_engine.errors import Where

_MASKED = re.compile(r"\d{2,7}[*xX]{2,8}\d{0,4}$")
_ORDER = (Level.NOT_CONNECTED, Level.CONNECTED, Level.CONTACT, Level.SALE)
_INBOUND = frozenset({"呼入", "来电", "inbound", "in", "incoming", "入呼"})


class _Reader:
    """Parses rows under one mapping. `knows_outcome`: the table's dispositions tell contacts; without any such word a
    table knows connections only, and contacts and sales stay unknown."""

    def __init__(self, mapping: ColumnMap, *, knows_contact: bool, knows_sale: bool) -> None:
        self._mapping = mapping
        self._knows_contact, self._knows_sale = knows_contact, knows_sale

    def _time(self, text: str, context: Context) -> datetime | None:
        zone = self._mapping.zone or context.zone
        if text and self._mapping.time_format:
            try:
                found = datetime.strptime(text, self._mapping.time_format)  # noqa: DTZ007 (`moment` adds the zone)
            except ValueError as error:
                raise Rejected(Reason.BAD_TIME) from error
            return moment(found.isoformat(), zone)
        return moment(text, zone)

    def _level(self, text: str) -> Level | None:
        return self._mapping.statuses.get(normal(text)) if self._mapping.statuses else level_of(text)

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
        started_at = self._time(row["started_at"] or f"{row['date']} {row['time']}".strip(), context)
        if started_at is None:
            raise Rejected(Reason.BAD_TIME)
        self._time(row["answered_at"], context)
        self._time(row["ended_at"], context)
        duration_s, talk_s, hold_s, acw_s = (
            seconds(row[name]) for name in ("duration_s", "talk_s", "hold_s", "acw_s")
        )
        number = None if _MASKED.match(row["phone"]) else phone(row["phone"])
        level = self._level(row["status"]) if row["status"] else None
        connected = self._connected(row, level, talk_s)
        agent_id = row["agent_id"] or row["agent_name"] or None
        notices = () if agent_id else (Notice.MISSING_AGENT,)
        if row["status"] and level is None:
            notices = (*notices, Notice.UNKNOWN_STATUS)
        reached = _ORDER.index(level) if level else 0
        return Dial(
            row["key"][:200] or f"row:{content}",
            content,
            started_at,
            duration_s,
            agent_id=agent_id and agent_id[:100],
            agent_name=row["agent_name"][:200] or None,
            team_id=row["team_id"][:100] or None,
            campaign=row["campaign"][:200] or None,
            lead=row["lead"][:200] or context.pseudonym(number),
            status=row["status"][:100] or None,
            outbound=row["direction"].lower() not in _INBOUND,
            connected=connected,
            contact=reached >= 2 if self._knows_contact else None,
            sale=reached >= 3 if self._knows_sale else None,
            talk_s=talk_s,
            hold_s=hold_s,
            acw_s=acw_s,
            notices=notices,
        )


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
    missing = unknown_columns(mapping, header)
    if missing:
        raise BadTable(
            f"映射文件中的列不在表中:{'、'.join(missing)[:200]};表的列:{'、'.join(header)[:300]}",
            hint="列名须与表的第一行一致",
            where=Where(file, 1),
        )
    aliases = {column: found for column in header if (found := mapping.field_of(column))}
    fields = set(aliases.values())
    if not fields & {"started_at", "date"}:
        raise BadTable(
            f"没有认出呼叫时间列;表的列:{'、'.join(header)[:300]}",
            hint="请用 --mapping 指出 started_at 是哪一列,例子见 docs/dialers.md",
            where=Where(file, 1),
        )
    # a column that is a field's own name but is mapped elsewhere, or not at all, must not be read as that field
    aliases |= {column: "#unread" for column in header if column in FIELDS and column not in aliases}
    place = next((place for place, column in enumerate(header) if aliases.get(column) == "status"), -1)
    contact, sale = _knowledge(
        mapping, lambda: _found_levels(rows(), place, len(header)), has_status=place >= 0
    )
    reader = _Reader(mapping, knows_contact=contact, knows_sale=sale)
    return TableKind(name, FIELDS, reader.parse, frozenset(), MappingProxyType(aliases), keyless="key")
