"""How Alembic runs the migrations: on the connection of `models.migrations.upgrade`, or on CALLQA_DATABASE_URL when
a developer calls `alembic` itself."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import Connection
from sqlmodel import AutoString

from models.database import open_database
from models.search_document import is_described
from models.settings import load_settings
from models.tables import metadata


def _render(kind: str, thing: object, _context: object) -> str | Literal[False]:
    """SQLModel's text type is written as the plain SQLAlchemy type that it is."""
    if kind == "type" and isinstance(thing, AutoString):
        return f"sa.String({f'length={thing.length}' if thing.length else ''})"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_item=_render,
        include_name=lambda name, kind, _parents: is_described(name, kind),
        render_as_batch=True,  # SQLite alters a table by copying it
        transactional_ddl=True,  # true on SQLite too, since we send BEGIN ourselves
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with open_database(load_settings().database_url).begin() as opened:
        _run(opened)
