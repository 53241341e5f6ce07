"""Where a dialer's tables come from: folders and files of exports, workbooks, or a database by its URL."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from openpyxl import load_workbook
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from models.crm import CRM_TABLES
from qa_engine.crm.mapping import CrmMap
from qa_engine.crm.reader import crm_table_kind
from qa_engine.dialer import asterisk, freeswitch, vicidial
from qa_engine.dialer.columns import Columns
from qa_engine.dialer.mapped import rows_above, table_kind
from qa_engine.dialer.mapping import ColumnMap
from qa_engine.dialer.reader import Context, Outcome, TableKind, read_records, usual_width
from qa_engine.dialer.records import Reason, Refusal
from qa_engine.dialer.refusal import shown
from qa_engine.dialer.tables import BadTable, names, python_codec, split_rows, table_encoding
from qa_engine.errors import BadInput, CallQAError, NotFound, Unavailable, Where

DIALERS = ("vicidial", "asterisk", "freeswitch", "csv")
SYSTEMS = (*DIALERS, *CRM_TABLES)
"""What can be imported: dialers, and the tables of a CRM."""
KINDS: dict[str, tuple[TableKind, ...]] = {
    "vicidial": vicidial.TABLES,
    "asterisk": asterisk.TABLES,
    "freeswitch": freeswitch.TABLES,
}
TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".tab"})
BOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})
PACKED_SUFFIXES = frozenset({".gz", ".zip", ".bz2", ".xz", ".7z", ".sql", ".xls", ".ods"})
JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})
DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql", "postgresql": "postgresql+psycopg"}
CHUNK_BYTES = 1 << 20
SQL_ROWS = 5_000
JSON_FOLDER = "json_cdr"
_PART = r"(?:[-_. ]?(?:archive|export|dump|part|\d).*)?"
_ONE_CALL = re.compile(r"\.cdr$|[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE)

Rows: TypeAlias = Iterator[list[str]]
Window: TypeAlias = tuple[str | None, str | None]
"""From (included) and to (not), in the local time of the dialer's server as it is written; None = open."""
ALWAYS: Window = (None, None)
_BOUNDS = {"since": ">=", "until": "<"}


@dataclass(frozen=True, slots=True)
class Found:
    """One table to read. `rank` is its place in the order of reading; `read` gives its rows' outcomes."""

    name: str
    rank: int
    read: Callable[[Context], Iterator[Outcome]]


@dataclass(frozen=True, slots=True)
class Tables:
    """What a path holds: tables to read, names that are of no use here, and what cannot be read."""

    found: tuple[Found, ...] = ()
    unread: tuple[str, ...] = ()
    problems: tuple[tuple[str, CallQAError], ...] = ()


def is_url(path: str) -> bool:
    """Whether a path names a database."""
    return "://" in path


def _bytes(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _text_rows(path: Path) -> Rows:
    encoding = table_encoding(lambda: _bytes(path), file=path.name)
    with path.open(encoding=python_codec(encoding), newline="") as file:
        yield from split_rows(file)


def _cell(value: object) -> str:  # noqa: PLR0911 (a line a type)
    """A workbook's or database's value as an export would write it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, time):
        return value.isoformat("seconds")
    if isinstance(value, timedelta):
        return str(int(value.total_seconds()))
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _book_rows(path: Path) -> Rows:
    """The rows of a workbook's first sheet, as wide as its first one of several cells: a title has one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and extensions that concern nobody here
        try:
            book = load_workbook(path, read_only=True, data_only=True)
        except Exception as error:  # the library raises whatever the broken part of the file leads to
            raise BadTable(
                "不是可读取的 xlsx 工作簿", hint="请另存为 xlsx 或 CSV", where=Where(path.name)
            ) from error
        try:
            width = 0
            for values in book.worksheets[0].iter_rows(values_only=True):
                cells = [_cell(value) for value in values]
                if not any(cells):
                    continue
                if not width and sum(map(bool, cells)) > 1:
                    width = max(place for place, cell in enumerate(cells, 1) if cell)
                extra = any(cells[width:])
                yield cells if extra else [*cells[:width], *([""] * (width - len(cells)))]
        finally:
            book.close()


def _rows(path: Path) -> Rows:
    return _book_rows(path) if path.suffix.lower() in BOOK_SUFFIXES else _text_rows(path)


def table_rows(path: Path) -> Rows:
    """The rows of a delimited file or a workbook's first sheet, column names first. Raises `BadTable`."""
    return _rows(path)


def _by_name(kinds: Sequence[TableKind], stem: str) -> TableKind | None:
    named = [kind for kind in kinds if re.fullmatch(rf"(?:.*[.\-])?{kind.name}{_PART}", stem.lower())]
    return max(named, key=lambda kind: len(kind.name), default=None)


def _by_columns(kinds: Sequence[TableKind], path: Path) -> TableKind | None:
    header = set(names(next(_rows(path), [])))
    fitting = [kind for kind in kinds if kind.marks and kind.marks <= header]
    return max(fitting, key=lambda kind: len(kind.marks), default=None)


def _looks_like_cel(path: Path) -> bool:
    first = next(_rows(path), [""])
    return len(first) == 20 and first[0].strip().upper() in {
        *("CHAN_START", "CHAN_END", "HANGUP", "ANSWER", "APP_START", "APP_END", "BRIDGE_ENTER"),
        *("BRIDGE_EXIT", "LINKEDID_END", "HOLD", "UNHOLD", "BLINDTRANSFER", "ATTENDEDTRANSFER"),
    }


def _kind(dialer: str, path: Path) -> TableKind | None:
    kinds = KINDS[dialer]
    found = _by_name(kinds, path.stem) or _by_columns(kinds, path)
    if found is not None or dialer == "vicidial":
        return found
    if dialer == "asterisk" and _looks_like_cel(path):
        return asterisk.CEL
    width = usual_width(_rows(path))  # Master.csv has no column names as a rule
    if dialer == "asterisk":
        return asterisk.CDR if width in asterisk.WIDTHS else None
    return freeswitch.CSV if width in freeswitch.WIDTHS else None


def _name(path: Path) -> str:
    """A file's name without its ending; a rotated one (`Master.csv.2026-11-02`) keeps all of it."""
    return path.stem if path.suffix.lower() in TEXT_SUFFIXES | BOOK_SUFFIXES else path.name


def _table_file(path: Path, kind: TableKind, rank: int) -> Found:
    return Found(_name(path), rank, lambda context: read_records(kind, _rows(path), context, file=path.name))


def _json_text(path: Path) -> list[str]:
    data = path.read_bytes()
    return freeswitch.json_documents(data.decode("utf-8-sig", "replace"))


def _json_files(name: str, paths: Sequence[Path]) -> Found:
    def read(context: Context) -> Iterator[Outcome]:
        for path in paths:
            yield from freeswitch.json_records(_json_text(path), context)

    return Found(name, 0, read)


def _mapped_file(path: Path, mapping: ColumnMap) -> Found:
    def read(context: Context) -> Iterator[Outcome]:
        above = rows_above(_rows(path), mapping)
        kind = table_kind(lambda: islice(_rows(path), above, None), mapping, name=path.stem, file=path.name)
        rows = _rows(path)
        for cells in islice(rows, above):
            yield Refusal(Reason.COLUMN_COUNT, found=shown(" ".join(filter(None, cells))), expected="列名")
        yield from read_records(kind, rows, context, file=path.name)

    return Found(_name(path), 0, read)


def _crm_file(path: Path, table: str, mapping: CrmMap) -> Found:
    def read(context: Context) -> Iterator[Outcome]:
        kind = crm_table_kind(table, next(_rows(path), []), mapping, name=path.stem, file=path.name)
        yield from read_records(kind, _rows(path), context, file=path.name)

    return Found(_name(path), 0, read)


def _files(path: Path, dialer: str) -> tuple[list[Path], list[Path]]:
    """(tables, JSON documents) of a folder, or the file itself."""
    if path.is_file():
        return ([], [path]) if path.suffix.lower() in JSON_SUFFIXES else ([path], [])
    if not path.exists():
        raise NotFound("找不到文件或文件夹", hint="请检查路径", where=Where(str(path)))
    inside = [one for one in sorted(path.iterdir()) if one.is_file() and not one.name.startswith(".")]
    tables = [
        one
        for one in inside
        if one.suffix.lower() in TEXT_SUFFIXES | BOOK_SUFFIXES
        or (".csv." in one.name.lower() and one.suffix.lower() not in PACKED_SUFFIXES)
    ]
    documents = (
        [one for one in inside if one.suffix.lower() in JSON_SUFFIXES] if dialer == "freeswitch" else []
    )
    if not tables and not documents:
        raise BadInput(
            "文件夹里没有可导入的表", hint="支持 csv、tsv、txt、xlsx、json", where=Where(str(path))
        )
    return tables, documents


def find_tables(dialer: str, path: str, mapping: Columns, window: Window = ALWAYS) -> Tables:
    """The tables behind a path, in the order in which they must be read; `window` narrows those of a
    database. A file that cannot be read is a problem of
    its own. Raises `NotFound`, `BadInput` or `Unavailable` where nothing can."""
    if is_url(path):
        return _sql_tables(dialer, path, window)
    place = Path(path)
    tables, documents = _files(place, dialer)
    found: list[Found] = []
    unread: list[str] = []
    problems: list[tuple[str, CallQAError]] = []
    for one in tables:
        if isinstance(mapping, CrmMap):
            found.append(_crm_file(one, dialer, mapping))
            continue
        if dialer == "csv" and isinstance(mapping, ColumnMap):
            found.append(_mapped_file(one, mapping))
            continue
        try:
            kind = _kind(dialer, one)
        except CallQAError as error:
            problems.append((str(one), error))
            continue
        if kind is not None:
            found.append(_table_file(one, kind, KINDS[dialer].index(kind)))
        elif place.is_file():
            raise BadTable(
                f"不认识的 {dialer} 表",
                hint="文件应以表名命名,如 vicidial_log.csv;各表见 docs/dialers.md",
                where=Where(one.name),
            )
        else:
            unread.append(one.stem)
    if place.is_dir():
        unread += [one.name for one in sorted(place.iterdir()) if one.suffix.lower() in PACKED_SUFFIXES]
    calls = [one for one in documents if _ONE_CALL.search(one.stem)]
    if len(calls) > 1:
        found.append(_json_files(JSON_FOLDER, calls))
        documents = [one for one in documents if one not in calls]
    found += [_json_files(one.stem, [one]) for one in documents]
    return Tables(tuple(sorted(found, key=lambda one: one.rank)), tuple(unread), tuple(problems))


def _driver(url: str) -> str:
    scheme, rest = url.split("://", 1)
    return f"{DRIVERS.get(scheme, scheme)}://{rest}"


def _sql_rows(engine: Engine, table: str, kind: TableKind, window: Window) -> Rows:
    """Column names, then rows, of the columns that are read; of tables that have a clock those of the window."""
    quote = engine.dialect.identifier_preparer.quote
    try:
        with engine.connect() as connection:
            columns = [column["name"] for column in inspect(connection).get_columns(table)]
            chosen = [
                name for name in columns if kind.aliases.get(name.lower(), name.lower()) in kind.columns
            ]
            yield chosen
            query = f"SELECT {', '.join(map(quote, chosen))} FROM {quote(table)}"  # noqa: S608 (names of the database's own)
            clock = next((name for name in columns if name.lower() in kind.clocks), None)
            bounds = dict(zip(("since", "until"), window, strict=True)) if clock else {}
            bounds = {name: value for name, value in bounds.items() if value is not None}
            limits = [f"{quote(clock)} {_BOUNDS[name]} :{name}" for name in bounds] if clock else []
            where = f" WHERE {' AND '.join(limits)}" if limits else ""
            statement = text(query.replace(":", r"\:") + where)
            result = connection.execution_options(yield_per=SQL_ROWS).execute(statement, bounds)
            for row in result:
                yield [_cell(value) for value in row]
    except SQLAlchemyError as error:
        raise Unavailable(f"读取表 {table} 时中断", hint="请检查网络和读取权限后重试") from error


def _sql_reader(
    engine: Engine, table: str, kind: TableKind, window: Window
) -> Callable[[Context], Iterator[Outcome]]:
    return lambda context: read_records(kind, _sql_rows(engine, table, kind, window), context, file=kind.name)


def _sql_tables(dialer: str, url: str, window: Window) -> Tables:
    """The tables of a database. Only the columns of the allow-lists are selected, and nothing is written."""
    if dialer not in ("vicidial", "asterisk"):
        raise BadInput(f"{dialer} 不能从数据库导入", hint="请给出导出文件")
    try:
        engine = create_engine(_driver(url), poolclass=NullPool)
        with engine.connect() as connection:
            present = {name.lower(): name for name in inspect(connection).get_table_names()}
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
        raise BadInput("数据库地址无法使用", hint="例如 mysql://用户:口令@主机/asterisk") from error
    except SQLAlchemyError as error:
        raise Unavailable("拨号系统的数据库无法访问", hint="请检查地址、账号和网络") from error
    kinds = [kind for kind in KINDS[dialer] if kind.name in present]
    if not kinds:
        wanted = "、".join(kind.name for kind in KINDS[dialer])
        raise BadInput("数据库里没有可导入的表", hint=f"需要其中之一:{wanted}")

    return Tables(
        tuple(
            Found(kind.name, rank, _sql_reader(engine, present[kind.name], kind, window))
            for rank, kind in enumerate(kinds)
        )
    )
