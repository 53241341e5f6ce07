"""A migrated database for one command, and dates as people write them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlmodel import Session

from models.columns import utc_now
from models.database import open_database, session
from models.migrations import upgrade
from models.settings import Settings
from qa_engine.errors import BadInput


@contextmanager
def writing(settings: Settings) -> Iterator[Session]:
    """One write transaction on an up-to-date database."""
    upgrade(settings.database_url)
    engine = open_database(settings.database_url)
    try:
        with session(engine) as opened:
            yield opened
    finally:
        engine.dispose()


def today_of(settings: Settings) -> date:
    """Today in the tenant's zone."""
    return utc_now().astimezone(settings.zone).date()


def parse_day(text: str) -> date:
    """Raises `BadInput`."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"不是日期:{text}", hint="例如 2026-11-02") from error


def parse_month(text: str) -> date:
    """The first day of `2026-11`. Raises `BadInput`."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise BadInput(f"不是月份:{text}", hint="例如 2026-11") from error
