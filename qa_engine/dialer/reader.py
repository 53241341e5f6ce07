"""From rows to records: what a dialer's module says about its tables, and the loop that accounts for every row."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from types import MappingProxyType
from typing import TypeAlias
from zoneinfo import ZoneInfo

from qa_engine.crm.records import CrmRecord
from qa_engine.dialer.cells import clean
from qa_engine.dialer.records import Reason, Record, Refusal, Rejected
from qa_engine.dialer.refusal import refusal
from qa_engine.dialer.tables import BadTable, names
from qa_engine.errors import Where

Cells: TypeAlias = Mapping[str, str]
Outcome: TypeAlias = Record | CrmRecord | Refusal
WIDTH_ROWS = 50  # rows by which the width of a file without column names is judged: its first may be broken
KEYLESS = "#keyless"  # present in the cells of a file that has no key column at all


@dataclass(frozen=True, slots=True)
class Context:
    """What parsing needs besides the row. `zone` is the dialer server's; `secret` keys pseudonyms of numbers, so
    that a stored table tells none of them."""

    zone: ZoneInfo
    secret: bytes

    def pseudonym(self, number: str | None) -> str | None:
        """Who a number is, without the number."""
        if number is None:
            return None
        return "p" + hashlib.blake2b(number.encode(), key=self.secret, digest_size=10).hexdigest()

    def fingerprint(self, *parts: object) -> str:
        """The content of a row, for telling a repetition from a contradiction."""
        text = "\x1f".join(["" if part is None else str(part) for part in parts])
        return hashlib.blake2b(text.encode(), key=self.secret, digest_size=8).hexdigest()


Parse: TypeAlias = Callable[[Cells, Context], Record | CrmRecord]


NONE: Mapping[str, str] = MappingProxyType({})
NO_WIDTHS: Mapping[int, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TableKind:
    """One table of a dialer. `columns` is an allow-list, in the order of files without a header: no other column is
    read. `marks` are columns by which a file of another name is recognised; `aliases` name other spellings of columns;
    `widths` gives the columns of a file without header by their number, `layout` its columns in the table's own order,
    of which an older version has fewer, at least `least`, and a newer one more, both at the end; `key` is the column that a
    header must have; `keyless` the key column that a file may lack altogether; `clocks` columns of a database table, one
    of which says when a row was written."""

    name: str
    columns: tuple[str, ...]
    parse: Parse
    marks: frozenset[str]
    aliases: Mapping[str, str] = field(default_factory=lambda: NONE)
    key: str = ""
    keyless: str = ""
    widths: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: NO_WIDTHS)
    clocks: frozenset[str] = frozenset()
    layout: tuple[str, ...] = ()
    least: int = 0

    def columns_of(self, width: int) -> tuple[str, ...] | None:
        """The columns of a file without header that is so wide; None where no version of the table is."""
        if self.layout:
            more = ("",) * (width - len(self.layout))
            return (*self.layout[:width], *more) if width >= self.least else None
        return self.widths.get(width) or (self.columns if width == len(self.columns) else None)


def _positions(kind: TableKind, header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, name in enumerate(header):
        column = kind.aliases.get(name, name)
        if column in kind.columns and column not in found:
            found[column] = place
    return found


def is_header(kind: TableKind, cells: Sequence[str]) -> bool:
    """Whether a row names columns rather than holding data."""
    found = _positions(kind, names(cells))
    key = kind.key or ("" if kind.keyless else kind.columns[0])
    return len(found) >= min(2, len(kind.columns)) and (not key or key in found)


def usual_width(rows: Iterable[Sequence[str]]) -> int:
    """The number of cells that most of the first rows have, of equally many the larger; 0 where there are none."""
    widths = Counter(len(cells) for cells in islice(rows, WIDTH_ROWS))
    return max(widths, key=lambda width: (widths[width], width), default=0)


def read_records(
    kind: TableKind,
    rows: Iterable[Sequence[str]],
    context: Context,
    *,
    file: str,
) -> Iterator[Outcome]:
    """A record or a refusal for each data row. Without a header, the kind's own order names the cells.

    Raises `BadTable` where the first row is neither a header nor as wide as expected."""
    source = iter(rows)
    first = next(source, None)
    if first is None:
        return
    if is_header(kind, first):
        header = names(first)
    else:
        ahead = [first, *islice(source, WIDTH_ROWS - 1)]
        width = usual_width(ahead)
        found = kind.columns_of(width)
        if found is None:
            expected = f"至少 {kind.least}" if kind.layout else str(len(kind.columns))
            raise BadTable(
                f"第一行不是 {kind.name} 的列名,列数({width})也不是 {expected}",
                hint="请导出带列名的表;各表的列见 docs/dialers.md",
                where=Where(file, 1),
            )
        header = found
        source = chain(ahead, source)
    positions = _positions(kind, header)
    picked = tuple((name, positions[name]) for name in positions)
    absent = dict.fromkeys((name for name in kind.columns if name not in positions), "")
    if kind.keyless and kind.keyless not in positions:
        absent[KEYLESS] = "1"
    for cells in source:
        if len(cells) != len(header):
            yield Refusal(Reason.COLUMN_COUNT, found=str(len(cells)), expected=str(len(header)))
        elif names(cells[:1])[0] == header[0] and names(cells) == header:
            yield Refusal(Reason.REPEATED_HEADER)
        else:
            row = dict(absent)
            for name, place in picked:
                row[name] = clean(cells[place])
            yield _parsed(kind, row, context)


def _parsed(kind: TableKind, row: Cells, context: Context) -> Outcome:
    try:
        return kind.parse(row, context)
    except Rejected as rejected:
        return refusal(rejected, row)
