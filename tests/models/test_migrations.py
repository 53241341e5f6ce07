"""The migrations make exactly the tables that the code describes, on both databases."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from models.database import DatabaseUnreachable, open_database
from models.migrations import is_current, upgrade
from models.search_document import is_described
from models.tables import metadata

ROOT = Path(__file__).parents[2]


def test_migrated_schema_is_the_described_one(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _parents: is_described(name, kind),
            },
        )
        assert compare_metadata(context, metadata) == []


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    assert is_current(database_url)


def test_an_empty_database_is_not_current(tmp_path: Path) -> None:
    assert not is_current(f"sqlite:///{tmp_path / 'new.sqlite3'}")


def test_two_processes_may_upgrade_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    code = f"from models.migrations import upgrade; upgrade({url!r})"
    processes = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    assert is_current(url)


def test_partial_indexes_exist(engine: Engine) -> None:
    """compare_metadata does not look at the condition of an index; uniqueness hangs on it."""
    indexes = {index["name"]: index for index in inspect(engine).get_indexes("evaluation")}
    options = indexes["uq_evaluation_current"]["dialect_options"]
    assert indexes["uq_evaluation_current"]["unique"]
    assert any("current" in str(value) for value in options.values())


def test_a_database_that_does_not_answer_is_named() -> None:
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2"
    with pytest.raises(DatabaseUnreachable, match="CALLQA_DATABASE_URL"):
        upgrade(url)
    open_database(url).dispose()
