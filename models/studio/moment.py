"""When a release begins."""

from __future__ import annotations

from datetime import date, datetime, time

from models.settings import Settings


def start_of(settings: Settings, day: date) -> datetime:
    """Midnight of a day in the tenant's zone."""
    return datetime.combine(day, time(), settings.zone)
