"""Column types and SQL clock shared by all tables: the same meaning on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement, bindparam
from sqlalchemy.types import Double, TypeDecorator
from sqlmodel import SQLModel

# Constraints need names, or a later migration could not drop them.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by itself for the type INTEGER only.
BigId = BigInteger().with_variant(Integer(), "sqlite")
# JSON, not JSONB: a stored evaluation must come back byte for byte, in the order in which it was written.
Json = JSON()


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes only, gives them back in UTC; SQLite stores them without zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone cannot be stored: {value.isoformat()}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class from_now(FunctionElement[datetime]):  # noqa: N801 (reads as a SQL function)
    """`from_now(60.0)`: the database server's clock plus that many seconds (which may be negative).

    Leases compare this clock with itself, so that a worker whose own clock jumps neither loses nor steals work.
    """

    type = UtcDateTime()
    inherit_cache = True

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(bindparam("from_now", float(seconds), type_=Double(), unique=True))


@compiles(from_now, "sqlite")
def _sqlite_from_now(element: from_now, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    # three zeros: %f has milliseconds, SQLAlchemy stores and compares six digits
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', printf('%+.3f seconds', {seconds}))"


@compiles(from_now, "postgresql")
def _postgresql_from_now(element: from_now, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"(clock_timestamp() + make_interval(secs => {seconds}))"


def utc_now() -> datetime:
    """The clock of this machine, in UTC; for stamps that people read, never for leases."""
    return datetime.now(UTC)
