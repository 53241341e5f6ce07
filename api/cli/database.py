"""`callqa db`: the schema of the store."""

from __future__ import annotations

from sqlalchemy.engine import make_url

from api.cli.console import note
from models.migrations import is_current, upgrade
from models.settings import Settings


def upgrade_database(settings: Settings) -> None:
    """Brings the schema up to date and says so. Raises `DatabaseUnreachable`, `BadSettings`."""
    known = is_current(settings.database_url)
    upgrade(settings.database_url)
    shown = make_url(settings.database_url).render_as_string(hide_password=True)
    note(f"数据库{'已是' if known else '已升级到'}当前版本:{shown}")
