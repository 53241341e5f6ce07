"""`callqa db`: the schema of the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from api.cli.console import note
from models.database import open_database
from models.migrations import is_current, upgrade
from models.settings import Settings


@contextmanager
def store(settings: Settings) -> Iterator[Engine]:
    """The store's connections, closed on leaving."""
    engine = open_database(settings.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def upgrade_database(settings: Settings) -> None:
    """Brings the schema up to date and says so. Raises `DatabaseUnreachable`, `BadSettings`."""
    known = is_current(settings.database_url)
    upgrade(settings.database_url)
    shown = make_url(settings.database_url).render_as_string(hide_password=True)
    note(f"数据库{'已是' if known else '已升级到'}当前版本:{shown}")
