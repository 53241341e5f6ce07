"""Which column of a table is which field: the usual names of one kind of table, or a mapping file of one's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from qa_engine.dialer.cells import moment
from qa_engine.dialer.records import Reason, Rejected
from qa_engine.dialer.tables import BadTable
from qa_engine.errors import BadInput, Where

MAX_MAPPING_BYTES = 200_000
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_SECTIONS = ("columns", "fields", "mapping", "map")
_ZONES = ("timezone", "time_zone", "tz", "zone")
_FORMATS = ("time_format", "format")
Document = Mapping[str, object]
T = TypeVar("T")


class BadMapping(BadInput):
    """A mapping file that cannot be used."""

    code = "bad_mapping"


class Vocabulary:
    """The fields of one kind of table, with the names under which tables usually have them; brackets with units are
    left out before the look-up. `sections` are the parts of a mapping file that give words a meaning; `docs` tells
    where the format is described."""

    def __init__(self, synonyms: Mapping[str, str], *, sections: Sequence[str], docs: str) -> None:
        self.fields = tuple(synonyms)
        self.sections = tuple(sections)
        self.docs = docs
        self._field_of = {name: key for key, names in synonyms.items() for name in names.split()}

    def usual(self, column: str) -> str | None:
        """The field of a column by its usual name."""
        bare = _BRACKETS.sub("", column).strip().replace(" ", "_")
        return self._field_of.get(bare) or self._field_of.get(bare.replace("_", ""))

    def canonical(self, name: object) -> str | None:
        """The field that a mapping file means."""
        text = str(name).strip().lower()
        return text if text in self.fields else self._field_of.get(text)


@dataclass(frozen=True, slots=True)
class Columns:
    """`columns`: column name (lower case) → field; empty = by their usual names. `zone` None = the tenant's;
    `time_format` is strptime's, None = as usually written."""

    vocabulary: Vocabulary
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    zone: ZoneInfo | None = None
    time_format: str | None = None

    def field_of(self, column: str) -> str | None:
        """The field of a column of the table."""
        return self.columns.get(column) if self.columns else self.vocabulary.usual(column)

    def time(self, text: str, zone: ZoneInfo) -> datetime | None:
        """The instant in UTC of a cell, local in the mapping's zone, else in `zone`. Raises `Rejected` bad_time."""
        zone = self.zone or zone
        if text and self.time_format:
            try:
                found = datetime.strptime(text, self.time_format)  # noqa: DTZ007 (`moment` adds the zone)
            except ValueError as error:
                raise Rejected(Reason.BAD_TIME, text) from error
            return moment(found.isoformat(), zone)
        return moment(text, zone)

    def aliases(self, header: Sequence[str], *, file: str) -> dict[str, str]:
        """Column → field of a table with this header. Raises `BadTable` where columns of the mapping are missing."""
        missing = [column for column in self.columns if column not in header]
        if missing:
            raise BadTable(
                f"映射文件中的列不在表中:{'、'.join(missing)[:200]};表的列:{'、'.join(header)[:300]}",
                hint="列名须与表的第一行一致",
                where=Where(file, 1),
            )
        found = {column: name for column in header if (name := self.field_of(column))}
        # a column that is a field's own name but is mapped elsewhere, or not at all, must not be read as that field
        unread = {
            column: "#unread" for column in header if column in self.vocabulary.fields and column not in found
        }
        return found | unread


@dataclass(frozen=True, slots=True)
class Mapped:
    """What every mapping file holds, whatever its kind of table."""

    columns: Mapping[str, str]
    zone: ZoneInfo | None
    time_format: str | None


def section(document: Document, *keys: str) -> Mapping[object, object]:
    """The first of these sections that is there. Raises ValueError where it is no section."""
    for key in keys:
        value = document.get(key)
        if isinstance(value, dict):
            return value
        if value is not None:
            raise ValueError(f"{key}: {value}")
    return {}


class _Words(yaml.SafeLoader):
    """Reads every word as it is written: a disposition may be NO, ON or 0010, which YAML takes for other things."""


_NULL = "tag:yaml.org,2002:null"
_Words.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in (_NULL, "tag:yaml.org,2002:merge")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _pairs(vocabulary: Vocabulary, name: object, value: object) -> list[tuple[str, str]]:
    """(column, field) of one line, written either way round: `started_at: 呼叫时间` or `呼叫时间: started_at`."""
    if str(name) in vocabulary.fields:
        columns = value if isinstance(value, list) else [value]
        if str(name) == "started_at" and len(columns) == 2:
            return [(str(columns[0]), "date"), (str(columns[1]), "time")]
        return [(str(column), str(name)) for column in columns if column is not None]
    target = vocabulary.canonical(value)
    if target is None:
        raise ValueError(f"{name}: {value}")
    return [(str(name), target)]


def _columns(vocabulary: Vocabulary, document: Document) -> Mapping[object, object]:
    """The section of columns; a file without any sections is one itself."""
    if any(name in document for name in (*_SECTIONS, *vocabulary.sections)):
        return section(document, *_SECTIONS)
    settings = {*_ZONES, *_FORMATS}
    return {name: value for name, value in document.items() if name not in settings}


def _zone(document: Document) -> ZoneInfo | None:
    name = next((document[key] for key in _ZONES if document.get(key)), None)
    return ZoneInfo(str(name)) if name else None


def parse_mapping_file(
    data: bytes, vocabulary: Vocabulary, words: Callable[[Document], T], *, file: str
) -> tuple[Mapped, T]:
    """Reads a mapping file (YAML, or JSON as its subset); `words` reads the sections that are the kind's own, and
    raises ValueError for what it cannot. Raises `BadMapping`."""
    where = Where(file)
    hint = f"格式与例子见 {vocabulary.docs}"
    if len(data) > MAX_MAPPING_BYTES:
        raise BadMapping(f"映射文件超过 {MAX_MAPPING_BYTES // 1000} kB", hint=hint, where=where)
    try:
        text = data.decode("utf-8-sig")
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise ValueError("不支持 YAML 别名")  # noqa: TRY301 (one way out for all faults)
        document = yaml.load(text, Loader=_Words)  # noqa: S506 (a SafeLoader)
        if not isinstance(document, dict):
            raise ValueError("应为键值结构")  # noqa: TRY004, TRY301 (as above)
        pairs = [
            pair
            for name, value in _columns(vocabulary, document).items()
            for pair in _pairs(vocabulary, name, value)
        ]
        found = words(document)
        zone = _zone(document)
    except (ValueError, yaml.YAMLError, ZoneInfoNotFoundError, UnicodeDecodeError) as error:
        raise BadMapping(f"映射文件无法使用:{str(error)[:200]}", hint=hint, where=where) from error
    time_format = document.get("time_format")
    columns = MappingProxyType({column.strip().lower(): name for column, name in pairs})
    return Mapped(columns, zone, str(time_format) if time_format else None), found
