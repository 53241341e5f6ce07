"""One import from end to end: find the tables, store their rows, settle what hangs together, report."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlmodel import col, select

from models.crm import CRM_TABLES
from models.crm_import import alert_to_tickets, settle_after_calls, settle_crm
from models.crm_store import CrmStore
from models.database import open_database, reading, session
from models.dial import dial_secret
from models.dial_input import Found, find_tables
from models.dial_settle import BUILDERS, join_recordings, orphans, settle_legs, settle_statuses
from models.dial_store import DialStore, FileCount
from models.import_run import FileOutcome, ImportRunRow, RunNotes, RunState, Via, recorded
from models.kpi_cell import days_of, roll_up_days
from models.migrations import is_current, upgrade
from models.settings import Settings
from qa_engine.dialer.columns import Columns
from qa_engine.dialer.mapping import AS_NAMED
from qa_engine.dialer.reader import Context
from qa_engine.dialer.records import Reason
from qa_engine.errors import BadInput, CallQAError, Where

FORMAT = "callqa.import/1"
UNREAD = "unread_file"
OnProgress: TypeAlias = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every table: `files` by name, odd but stored rows in `warnings`, recordings and calls that found
    no partner in `orphans`, unreadable files in `problems`."""

    files: dict[str, FileCount]
    warnings: dict[str, int]
    orphans: dict[str, int]
    problems: tuple[tuple[str, CallQAError], ...]
    unread: tuple[str, ...] = ()

    def document(self) -> dict[str, object]:
        """`callqa.import/1`."""
        return {
            "format": FORMAT,
            "files": {
                name: {
                    "rows_in": count.rows_in,
                    "stored": count.stored,
                    "rejected": count.rejected.total(),
                    "rejected_by_reason": dict(sorted(count.rejected.items())),
                }
                for name, count in self.files.items()
            },
            "warnings": self.warnings,
            "orphans": self.orphans,
        }


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What to import: of a dialer, or the `orders` or `tickets` of a CRM. `paths` are folders, files or database URLs;
    `zone` that of the dialer's server, None = the tenant's. `via` and `started_by` say in the run who asked for it.
    `since` (included) and `until` (not) narrow what is read of a database by its own clock."""

    dialer: str
    paths: Sequence[str]
    source: str
    mapping: Columns = AS_NAMED
    zone: ZoneInfo | None = None
    dry_run: bool = False
    via: Via = Via.CLI
    started_by: str = ""
    since: datetime | None = None
    until: datetime | None = None


def _exists(url: str) -> bool:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        return False
    return is_current(url)


@contextmanager
def _databases(settings: Settings, *, dry_run: bool) -> Iterator[tuple[Engine, Engine | None]]:
    """(where to write, what else is known): a dry run writes into a temporary database, so that its report comes from
    the very steps of an import."""
    if not dry_run:
        upgrade(settings.database_url)
        engine = open_database(settings.database_url)
        try:
            yield engine, None
        finally:
            engine.dispose()
        return
    known = open_database(settings.database_url) if _exists(settings.database_url) else None
    with tempfile.TemporaryDirectory(prefix="callqa-") as folder:
        url = f"sqlite:///{folder}/dry-run.sqlite3"
        upgrade(url)
        engine = open_database(url)
        try:
            yield engine, known
        finally:
            engine.dispose()
            if known is not None:
                known.dispose()


def _secret(engine: Engine, known: Engine | None, *, dry_run: bool) -> bytes:
    if not dry_run:
        with session(engine) as opened:
            return dial_secret(opened)
    if known is not None:
        with reading(known) as opened:
            return dial_secret(
                opened
            )  # one made here is gone with the reading: nothing was stored under it either
    return secrets.token_bytes(32)


def run_import(settings: Settings, order: ImportOrder, on_progress: OnProgress | None = None) -> ImportReport:
    """Imports all tables behind the paths; a file that cannot be read does not stop the others. Leaves an import run,
    but for a dry run, which leaves nothing."""
    with _databases(settings, dry_run=order.dry_run) as (engine, known):
        if order.dry_run:
            return _run(settings, order, engine, known, RunNotes(), on_progress)
        run = recorded(
            engine, source=order.source, kind=order.dialer, via=order.via, started_by=order.started_by
        )
        with run as notes:
            return _run(settings, order, engine, None, notes, on_progress)


def _found(
    order: ImportOrder, zone: ZoneInfo
) -> tuple[list[Found], list[str], list[tuple[str, CallQAError]]]:
    """(tables in the order of reading, names that are of no use, paths that cannot be read)."""
    found: list[Found] = []
    unread: list[str] = []
    problems: list[tuple[str, CallQAError]] = []
    for path in order.paths:
        try:
            tables = find_tables(
                order.dialer, path, order.mapping, (_local(order.since, zone), _local(order.until, zone))
            )
        except CallQAError as error:
            problems.append((_shown(path), error))
            continue
        found += tables.found
        unread += tables.unread
        problems += tables.problems
    return sorted(found, key=lambda one: one.rank), unread, problems


def _run(  # noqa: PLR0917 (what one import has at hand)
    settings: Settings,
    order: ImportOrder,
    engine: Engine,
    known: Engine | None,
    notes: RunNotes,
    on_progress: OnProgress | None,
) -> ImportReport:
    unsettled = known is None and _was_cut_off(engine, order.source)
    found, unread, problems = _found(order, order.zone or settings.zone)
    notes.problems = problems
    context = Context(order.zone or settings.zone, _secret(engine, known, dry_run=order.dry_run))
    store = _store(settings, order, engine, known)
    notes.days = store.days
    files: dict[str, FileCount] = {}
    for one in found:
        count = files.setdefault(one.name, FileCount())
        try:
            for rows in store.store(one.read(context), count):
                if on_progress:
                    on_progress(one.name, rows)
        except (CallQAError, OSError) as error:
            problems.append((one.name, _readable(error, one.name)))
            if not count.rows_in:
                del files[one.name]
        finally:
            notes.files |= {name: _outcome(count, order) for name, count in files.items()}
    lone: dict[str, int] = {}
    if isinstance(store, CrmStore):
        settle_crm(engine, store, order.dialer, order.source, zone=settings.zone, calls_in=known)
        if order.dialer == "tickets" and not order.dry_run:
            alert_to_tickets(engine, settings, order.source, store.touched)
    else:
        days = _settle(engine, store, order, everything=unsettled)
        settle_after_calls(engine, days, zone=settings.zone)
        with reading(engine) as opened:
            lone = orphans(opened, order.source)
    notes.orphans = lone
    notes.warnings = counted = dict(sorted(store.warnings.items())) | (
        {UNREAD: len(unread)} if unread else {}
    )
    return ImportReport(files, counted, lone, tuple(problems), tuple(unread))


def _store(
    settings: Settings, order: ImportOrder, engine: Engine, known: Engine | None
) -> DialStore | CrmStore:
    if order.dialer in CRM_TABLES:
        return CrmStore(engine, order.dialer, order.source, settings.zone, also_known=known)
    judges = order.dialer == "vicidial"
    return DialStore(engine, order.source, settings.zone, judges=judges, also_known=known)


def _outcome(count: FileCount, order: ImportOrder) -> FileOutcome:
    """For the run. A pull reads the same hours again on purpose: its plain repetitions are counted, not listed."""
    repeated = order.via is Via.PULL
    kept = [(row, one) for row, one in count.kept if not (repeated and one.reason is Reason.DUPLICATE)]
    return FileOutcome(count.rows_in, count.stored, dict(count.rejected), kept)


def _settle(engine: Engine, store: DialStore, order: ImportOrder, *, everything: bool) -> set[date]:
    """The days whose calls have changed, with their figures made anew. `everything`: an earlier import did not come to
    this, and its rows are no longer new."""
    if order.dialer in BUILDERS:
        settle_legs(engine, store, order.source, order.dialer)
    if store.new_statuses or (everything and order.dialer == "vicidial"):
        settle_statuses(engine, order.source, store.statuses)
    join_recordings(engine, order.source)
    with session(engine) as opened:
        store.people.save(opened)
    with session(engine) as opened:
        # the meaning of a disposition reaches calls of any day
        days = days_of(opened, order.source) if store.new_statuses or everything else store.days
        for kind in ("dial", "time"):
            roll_up_days(opened, kind, order.source, days)
    return days


def _local(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """A moment as the dialer's server writes it."""
    return None if moment is None else moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _was_cut_off(engine: Engine, source: str) -> bool:
    """Whether the run before the present one stored rows, perhaps, and was over before it settled them."""
    newest = col(ImportRunRow.id).desc()
    with reading(engine) as opened:
        states = opened.exec(
            select(ImportRunRow.state).where(ImportRunRow.source == source).order_by(newest).limit(2)
        ).all()
    return len(states) > 1 and states[1] not in {RunState.DONE, RunState.PARTIAL}


def _readable(error: Exception, name: str) -> CallQAError:
    if isinstance(error, CallQAError):
        return error
    reason = getattr(error, "strerror", None) or type(error).__name__
    return BadInput(f"文件无法读取:{reason}", hint="请检查路径和读取权限", where=Where(name))


def _shown(path: str) -> str:
    """A path as it may be shown: a database URL without its password."""
    return make_url(path).render_as_string(hide_password=True) if "://" in path else path
