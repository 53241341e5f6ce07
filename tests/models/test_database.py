"""Transactions mean the same on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, literal, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.call import CallRow
from models.columns import UtcDateTime, from_now
from models.database import DatabaseNotMigrated, open_database, reading, session
from qa_engine.errors import BadSettings
from tests.conftest import POSTGRES_URL
from tests.models.builders import add_call


def test_sqlite_uses_write_ahead_log_and_foreign_keys(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA busy_timeout")) == 30_000
    engine.dispose()


def test_an_error_rolls_everything_back(engine: Engine) -> None:
    add_call(engine, "kept")

    def change_and_fail() -> None:
        with session(engine) as opened:
            opened.get_one(CallRow, "kept").state = "done"
            opened.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    with reading(engine) as opened:
        assert opened.get_one(CallRow, "kept").state == "received"


@pytest.mark.postgres
def test_a_reader_cannot_write_on_postgresql(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    add_call(engine, "c")
    with reading(engine) as opened:
        opened.get_one(CallRow, "c").state = "done"
        with pytest.raises(DBAPIError):
            opened.flush()
    engine.dispose()


def test_a_reader_sees_one_moment_on_sqlite(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    add_call(engine, "c")
    with reading(engine) as opened:
        before = opened.get_one(CallRow, "c").state
        with session(engine) as other:
            other.get_one(CallRow, "c").state = "done"
        opened.expire_all()
        assert opened.get_one(CallRow, "c").state == before
    engine.dispose()


def test_read_then_write_by_many_threads_loses_no_update(engine: Engine) -> None:
    """A deferred SQLite transaction would fail here with "database is locked"."""
    add_call(engine, "c", duration_s=0.0)
    failures: list[BaseException] = []

    def add_ten() -> None:
        try:
            for _ in range(10):
                with session(engine) as opened:
                    row = opened.get_one(CallRow, "c", with_for_update=True)
                    row.duration_s = (row.duration_s or 0.0) + 1
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=add_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with reading(engine) as opened:
        assert opened.get_one(CallRow, "c").duration_s == 40


def test_foreign_keys_hold(engine: Engine) -> None:
    with pytest.raises(IntegrityError):
        add_call(engine, agent_id="nobody")


def test_database_clock_counts_seconds(engine: Engine) -> None:
    with engine.connect() as connection:
        now, later, stored_after = connection.execute(
            select(
                from_now(),
                from_now(90.5),
                literal(datetime(2020, 1, 1, tzinfo=UTC), UtcDateTime()) < from_now(-1.25),
            )
        ).one()
    assert timedelta(seconds=90) < later - now < timedelta(seconds=91)
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert stored_after


def test_times_come_back_in_utc(engine: Engine) -> None:
    add_call(engine, "c", started_at=datetime.fromisoformat("2026-11-02T15:08:31+08:00"))
    with reading(engine) as opened:
        started_at = opened.get_one(CallRow, "c").started_at
    assert started_at == datetime(2026, 11, 2, 7, 8, 31, tzinfo=UTC)
    assert started_at is not None
    assert started_at.tzinfo is UTC


@pytest.mark.parametrize(
    "url",
    [
        "mysql://x/y",  # neither of the two
        "sqlite://",  # in memory: a worker process would see another database
        "not a url",
    ],
)
def test_unusable_urls_are_refused_with_the_name_of_the_setting(url: str) -> None:
    with pytest.raises(BadSettings, match="CALLQA_DATABASE_URL"):
        open_database(url)


@pytest.mark.parametrize("server", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_missing_tables_are_told_apart_from_a_missing_database(server: str, tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'new.sqlite3'}" if server == "sqlite" else POSTGRES_URL)
    with pytest.raises(DatabaseNotMigrated, match="callqa db upgrade"), reading(engine) as opened:
        opened.get(CallRow, "c")
    engine.dispose()
