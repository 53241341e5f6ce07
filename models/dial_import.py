"""One import from end to end: find the tables, store their rows, settle what hangs together, report."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from models.database import open_database, reading, session
from models.dial import dial_secret
from models.dial_input import Found, find_tables
from models.dial_settle import BUILDERS, join_recordings, orphans, settle_legs, settle_statuses
from models.dial_store import DialStore, FileCount
from models.kpi_cell import days_of, roll_up_days
from models.migrations import is_current, upgrade
from models.settings import Settings
from qa_engine.dialer.mapping import AS_NAMED, ColumnMap
from qa_engine.dialer.reader import Context
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
    """What to import. `paths` are folders, files or database URLs; `zone` that of the dialer's server, None = the
    tenant's."""

    dialer: str
    paths: Sequence[str]
    source: str
    mapping: ColumnMap = AS_NAMED
    zone: ZoneInfo | None = None
    dry_run: bool = False


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
    """Imports all tables behind the paths; a file that cannot be read does not stop the others."""
    found: list[Found] = []
    unread: list[str] = []
    problems: list[tuple[str, CallQAError]] = []
    for path in order.paths:
        try:
            tables = find_tables(order.dialer, path, order.mapping)
        except CallQAError as error:
            problems.append((_shown(path), error))
            continue
        found += tables.found
        unread += tables.unread
        problems += tables.problems
    found.sort(key=lambda one: one.rank)
    with _databases(settings, dry_run=order.dry_run) as (engine, known):
        context = Context(order.zone or settings.zone, _secret(engine, known, dry_run=order.dry_run))
        judges = order.dialer == "vicidial"
        store = DialStore(engine, order.source, settings.zone, judges=judges, also_known=known)
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
        _settle(engine, store, order)
        with reading(engine) as opened:
            lone = orphans(opened, order.source)
    counted = dict(sorted(store.warnings.items()))
    if unread:
        counted[UNREAD] = len(unread)
    return ImportReport(files, counted, lone, tuple(problems), tuple(unread))


def _settle(engine: Engine, store: DialStore, order: ImportOrder) -> None:
    if order.dialer in BUILDERS:
        settle_legs(engine, store, order.source, order.dialer)
    if store.new_statuses:
        settle_statuses(engine, order.source, store.statuses)
    join_recordings(engine, order.source)
    with session(engine) as opened:
        store.people.save(opened)
    with session(engine) as opened:
        # the meaning of a disposition reaches calls of any day
        days = days_of(opened, order.source) if store.new_statuses else store.days
        for kind in ("dial", "time"):
            roll_up_days(opened, kind, order.source, days)


def _readable(error: Exception, name: str) -> CallQAError:
    if isinstance(error, CallQAError):
        return error
    reason = getattr(error, "strerror", None) or type(error).__name__
    return BadInput(f"文件无法读取:{reason}", hint="请检查路径和读取权限", where=Where(name))


def _shown(path: str) -> str:
    """A path as it may be shown: a database URL without its password."""
    return make_url(path).render_as_string(hide_password=True) if "://" in path else path
