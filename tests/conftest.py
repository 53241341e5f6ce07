"""Shared by all tests: settings in a temporary folder, migrated databases, servers that may or may not be there.

A test marked `postgres`, `redis`, `rabbitmq`, `mariadb` or `browser` is skipped, with the reason, where that is not to be had;
CALLQA_TEST_REQUIRE=postgres,redis,… turns such a skip into a failure.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from models.database import open_database
from models.migrations import upgrade
from models.settings import Settings
from models.storage import Storage
from models.tables import metadata

# How long an example takes says something of the machine; how work grows is tested by counting it.
hypothesis_settings.register_profile("callqa", deadline=None)
hypothesis_settings.load_profile("callqa")

POSTGRES_URL = os.environ.get("CALLQA_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
REDIS_URL = os.environ.get("CALLQA_TEST_REDIS_URL", "redis://127.0.0.1:6379/13")
RABBITMQ_URL = os.environ.get("CALLQA_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")


def _unanswered(url: str) -> str | None:
    place = urlsplit(url)
    address = (place.hostname or "127.0.0.1", place.port or 0)
    try:
        with socket.create_connection(address, timeout=2):
            return None
    except OSError as error:
        return f"nothing answers at {address[0]}:{address[1]} ({error})"


def _no_browser() -> str | None:
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "playwright is not installed"
    return None if shutil.which("chromium") else "Chromium is not installed (apt install chromium)"


SERVERS: dict[str, Callable[[], str | None]] = {
    "postgres": lambda: _unanswered(POSTGRES_URL),
    "redis": lambda: _unanswered(REDIS_URL),
    "rabbitmq": lambda: _unanswered(RABBITMQ_URL),
    "browser": _no_browser,
    "mariadb": lambda: None if shutil.which("mariadbd") else "mariadbd is not installed",
}
_missing: dict[str, str | None] = {}


def pytest_runtest_setup(item: pytest.Item) -> None:
    required = {name for name in os.environ.get("CALLQA_TEST_REQUIRE", "").split(",") if name}
    for name, look in SERVERS.items():
        if item.get_closest_marker(name) is None:
            continue
        if name not in _missing:
            _missing[name] = look()
        reason = _missing[name]
        if reason is not None and name in required:
            pytest.fail(f"{name} is required: {reason}", pytrace=False)
        if reason is not None:
            pytest.skip(f"{name}: {reason}")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.sqlite3"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """URL of a migrated PostgreSQL database of this test run."""
    name = f"callqa_test_{os.getpid()}"
    admin = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
    upgrade(url)
    yield url
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def _empty(url: str) -> None:
    engine = open_database(url)
    tables = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    engine.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_sqlite: Path) -> str:
    """A migrated, empty SQLite database."""
    path = tmp_path / "callqa.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(migrated_postgres: str) -> str:
    """A migrated, empty PostgreSQL database. For tests that are marked `postgres`."""
    _empty(migrated_postgres)
    return migrated_postgres


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A test that uses this runs on both databases."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def make_settings(tmp_path: Path, database_url: str, **overrides: object) -> Settings:
    """Settings that touch nothing outside the test's folder and ignore the environment."""
    values: dict[str, object] = {
        "database_url": database_url,
        "storage_url": str(tmp_path / "audio"),
        "broker_url": "memory://",
        **overrides,
    }
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str) -> Settings:
    """Settings of an installation on SQLite in a temporary folder, migrated and empty."""
    return make_settings(tmp_path, sqlite_url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A migrated, empty database; the test runs on SQLite and on PostgreSQL."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def storage(settings: Settings) -> Storage:
    """An empty local storage."""
    return Storage(settings.storage_url)
