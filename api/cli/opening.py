"""A migrated database for one command, and dates as people write them."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlmodel import Session

from models.clock import FIRST_DAY
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


def parse_day(text: str, *, option: str = "") -> date:
    """A day of an option. Raises `BadInput`, also for days before there were recordings: looks back from them leave the
    calendar."""
    said = f"{option} {text}".strip()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"不是日期:{said}", hint="例如 2026-11-02") from error
    if day < FIRST_DAY:
        raise BadInput(f"日期太早:{said}", hint=f"不早于 {FIRST_DAY}")
    return day


def parse_month(text: str) -> date:
    """The first day of `2026-11`. Raises `BadInput`."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise BadInput(f"不是月份:{text}", hint="例如 2026-11") from error


def person() -> str:
    """Who runs the command, as the machine knows them; "" where it does not."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
