"""After the rows of a CRM, or late calls: whose work each order and ticket is, and the figures of the days concerned."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from models.alert_rules import load_rules
from models.alert_watch import note_ticket
from models.columns import utc_now
from models.crm import CRM_TABLES
from models.crm_cells import CRM_CELLS, covered
from models.crm_list import calls_with_tickets
from models.crm_settle import CHUNK, settle
from models.crm_store import CrmStore
from models.database import reading, session
from models.kpi_cell import roll_up_days, rolled_days
from models.settings import Settings
from qa_engine.errors import CallQAError


def settle_crm(
    engine: Engine, store: CrmStore, table: str, source: str, *, zone: ZoneInfo, calls_in: Engine | None
) -> None:
    """Settles what an import wrote and what that may change; adds its warnings to those of the store."""
    if not store.touched:
        return
    with session(engine) as opened:
        store.people.save(opened)
    settled = settle(
        engine,
        table,
        source,
        since=min(store.days),
        zone=zone,
        touched=store.touched,
        calls_in=calls_in,
    )
    store.warnings.update(settled.warnings)
    _roll_up(engine, table, source, store.days | settled.days)


def alert_to_tickets(engine: Engine, settings: Settings, source: str, keys: AbstractSet[str]) -> int:
    """Alerts to calls that new tickets name. A broken rule file must not hold tickets up: the page of the rules tells
    of it. Returns how many hits were new."""
    try:
        book = load_rules(settings)
    except CallQAError:
        return 0
    names, new = sorted(keys), 0
    for start in range(0, len(names), CHUNK):
        with session(engine) as opened:
            found = calls_with_tickets(opened, source, names[start : start + CHUNK])
            new += sum(note_ticket(opened, settings, book, call, utc_now(), day=day) for call, day in found)
    return new


def settle_after_calls(engine: Engine, days: AbstractSet[date], *, zone: ZoneInfo) -> None:
    """Settles the orders and tickets of all sources that calls of these days may change."""
    if not days:
        return
    for table, kind in CRM_TABLES.items():
        with reading(engine) as opened:
            sources = sorted(covered(opened, kind))
        for source in sources:
            settled = settle(engine, table, source, since=min(days), zone=zone)
            _roll_up(engine, table, source, settled.days)


def _roll_up(engine: Engine, table: str, source: str, days: Iterable[date]) -> None:
    """Makes cells anew, with the quiet days that have come between the first and the last of the source."""
    with session(engine) as opened:
        first, last = covered(opened, CRM_TABLES[table], source).get(source, (None, None))
        inside = set()
        if first is not None and last is not None:
            inside = {first + timedelta(days=n) for n in range((last - first).days + 1)}
        for kind in CRM_CELLS[table]:
            missing = inside - rolled_days(opened, kind, source) if kind != "closing" else set()
            gone = rolled_days(opened, kind, source) - inside if kind != "closing" else set()
            roll_up_days(opened, kind, source, {*days, *missing, *gone})
