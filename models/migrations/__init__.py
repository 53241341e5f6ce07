"""Alembic migrations, shipped with the product and run by `callqa db upgrade` and at start."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.database import DatabaseUnreachable, open_database

BUSY_S = 1800.0
"""How long an upgrade waits for the one that another process began: on a large SQLite file that may take minutes."""
_ALEMBIC = threading.Lock()  # its context is a global of the process
FOLDER = Path(__file__).parent


def config() -> Config:
    """Alembic's configuration, without a file: the folder is found wherever the product is installed."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def _unreachable() -> DatabaseUnreachable:
    return DatabaseUnreachable("数据库无法访问", hint="请检查 CALLQA_DATABASE_URL 和数据库服务")


def upgrade(url: str) -> None:
    """Brings the schema up to date, in one transaction; several processes may do it at once.

    Raises `DatabaseUnreachable`."""
    engine = open_database(url, busy_s=BUSY_S)
    try:
        with _ALEMBIC, engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(hashtextextended('callqa:migrate', 0))")
                )
            settings = config()
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
    except OperationalError as error:
        raise _unreachable() from error
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether the schema is the newest. Raises `DatabaseUnreachable`."""
    engine = open_database(url)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise _unreachable() from error
    finally:
        engine.dispose()
    return found == ScriptDirectory.from_config(config()).get_current_head()
