"""Opens the database: SQLite for one machine, PostgreSQL for a centre; the same code on both."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, ProgrammingError
from sqlmodel import Session

from qa_engine.errors import BadSettings, Unavailable

T = TypeVar("T")

BUSY_TIMEOUT_S = 30.0
POOL_SIZE = 10


class DatabaseUnreachable(Unavailable):
    """The database does not answer."""

    code = "database_unreachable"


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        dialect = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise BadSettings(
            "CALLQA_DATABASE_URL 不是合法的数据库地址", hint="例如 sqlite:///data/callqa.sqlite3"
        ) from error
    if dialect == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if dialect != "sqlite":
        raise BadSettings(
            f"CALLQA_DATABASE_URL: 不支持的数据库 {dialect}", hint="请使用 sqlite 或 postgresql+psycopg"
        )
    if not parsed.database or parsed.database == ":memory:":
        raise BadSettings(
            "CALLQA_DATABASE_URL: 内存中的 SQLite 无法与工作进程共享",
            hint="请给出文件,例如 sqlite:///data/callqa.sqlite3",
        )
    return parsed


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _use_wal(cursor: Any) -> None:
    """Switches a new file to the write-ahead log, once for ever. SQLite does not wait for locks while switching, so
    that two processes which open a new file together would otherwise fail."""
    deadline_s = time.monotonic() + BUSY_TIMEOUT_S
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.02)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late; ours is below
        cursor = connection.cursor()
        _use_wal(cursor)
        # FULL: with WAL, NORMAL may lose the last commits on power loss, and a receipt promises durability
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # IMMEDIATE takes the write lock at once: a transaction that reads and then writes would otherwise fail
        # with "database is locked" where another wrote between, and no busy timeout helps there.
        read_only = connection.get_execution_options().get("callqa_read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(
            f"CALLQA_DATABASE_URL: 无法建立文件夹 {folder}({error.strerror})",
            hint="请改用可写的文件夹,或修正其权限",
        ) from error


def open_database(url: str, *, busy_s: float = BUSY_TIMEOUT_S) -> Engine:
    """An engine for `url`; connects on first use. Make one a process, after a fork. `busy_s`: how long a writer of SQLite
    waits for another. Raises `BadSettings`."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        _make_folder(Path(str(parsed.database)).absolute().parent)
        engine = create_engine(
            parsed, connect_args={"timeout": busy_s}, json_serializer=_dumps, pool_size=POOL_SIZE
        )
        _prepare_sqlite(engine)
        return engine
    return create_engine(parsed, json_serializer=_dumps, pool_size=POOL_SIZE, pool_pre_ping=True)


class DatabaseNotMigrated(Unavailable):
    """The tables are missing or older than the code."""

    code = "database_not_migrated"


def _lacks_tables(error: DBAPIError) -> bool:
    text = str(error.orig)
    return any(mark in text for mark in ("no such table", "no such column")) or type(error.orig).__name__ in {
        "UndefinedTable",
        "UndefinedColumn",
    }


@contextmanager
def _named(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        if _lacks_tables(error):
            raise DatabaseNotMigrated("数据库结构不是最新", hint="请运行 callqa db upgrade") from error
        if not isinstance(error, OperationalError):
            raise
        where = engine.url.render_as_string(hide_password=True)
        raise DatabaseUnreachable(
            f"数据库无法访问:{where}", hint="请检查 CALLQA_DATABASE_URL 和数据库服务"
        ) from error


@contextmanager
def session(engine: Engine) -> Iterator[Session]:
    """One write transaction: committed on leaving, rolled back on any error. Starts with its first statement.

    Raises `DatabaseUnreachable` where the database does not answer or stays locked, `DatabaseNotMigrated`."""
    with _named(engine), Session(engine, expire_on_commit=False) as opened:
        yield opened
        opened.commit()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One read-only snapshot; never waits for writers."""
    viewer = engine.execution_options(callqa_read_only=True, postgresql_readonly=True)
    with _named(engine), Session(viewer, expire_on_commit=False) as opened:
        yield opened


def is_postgresql(opened: Session) -> bool:
    """Whether the session talks to PostgreSQL (else SQLite)."""
    return opened.get_bind().dialect.name == "postgresql"


def lock_names(opened: Session, *names: str) -> None:
    """Holds named locks to the end of the transaction, taken in one order by everybody.

    SQLite writers already exclude each other, so there it does nothing."""
    if not is_postgresql(opened):
        return
    for name in sorted(set(names)):
        opened.connection().execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
        )


def chunks(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Some at a time: a database counts the parameters of a query."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
