"""The watched folder: new recordings are taken in once they are complete; nothing in it is moved or deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import BigInteger, Engine
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import UtcDateTime, utc_now
from models.database import reading, session
from models.ingest import Handed
from models.intake import MANIFEST, Item, Taken, take
from models.manifest import ManifestRow, read_manifest
from models.settings import Settings
from models.storage import Storage
from qa_engine.errors import CallQAError, Unavailable
from qa_engine.speech.containers import RECORDING_SUFFIXES

DONE_SUFFIX = ".done"
SOURCE = "watch"


class WatchedFileRow(SQLModel, table=True):
    """The ledger: what was seen at a path and what became of it. A file that changes is looked at again."""

    __tablename__ = "watched_file"
    path: str = Field(primary_key=True, max_length=1000)
    size: int = Field(sa_type=BigInteger)
    mtime_ns: str = Field(max_length=30)  # 64 bits; text keeps every digit on any database
    sha256: str | None = Field(default=None, max_length=64)
    call_id: str | None = Field(default=None, max_length=32)
    error_code: str | None = Field(default=None, max_length=100)
    error_message: str | None = None
    seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it looks now. `mtime_ns` Unix nanoseconds."""

    path: Path
    size: int
    mtime_ns: int


def _look(path: Path) -> Seen | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return Seen(path, stat.st_size, stat.st_mtime_ns)


def _recordings(folder: Path) -> Iterator[Seen]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or path.suffix.lower() not in RECORDING_SUFFIXES or not path.is_file():
            continue
        seen = _look(path)
        if seen is not None:
            yield seen


class Watcher:
    """Looks at a folder again and again. A file is complete when size and time stayed for `watch_stable_s`, or when
    `NAME.done` stands beside it. A calls.csv in the same folder gives ids and facts."""

    def __init__(self, engine: Engine, storage: Storage, settings: Settings, folder: Path) -> None:
        self._engine, self._storage, self._settings = engine, storage, settings
        self._folder = folder
        self._first_seen: dict[Seen, float] = {}

    def _complete(self, seen: Seen, now_s: float) -> bool:
        if seen.path.with_name(seen.path.name + DONE_SUFFIX).exists():
            return True
        since_s = self._first_seen.setdefault(seen, now_s)
        return now_s - since_s >= self._settings.watch_stable_s

    def _new(self, opened: Session, files: list[Seen]) -> list[Seen]:
        known = {
            row.path: (row.size, row.mtime_ns)
            for row in opened.exec(
                select(WatchedFileRow).where(col(WatchedFileRow.path).startswith(str(self._folder)))
            )
        }
        return [seen for seen in files if known.get(str(seen.path)) != (seen.size, str(seen.mtime_ns))]

    def _manifest_rows(self, folder: Path) -> dict[Path, ManifestRow]:
        try:
            manifest = read_manifest(folder / MANIFEST, zone=self._settings.zone)
        except CallQAError:
            return {}
        customers = {row.customer.path: row for row in manifest.rows if row.customer}
        return customers | {row.file: row for row in manifest.rows}

    def _item(self, seen: Seen, now_s: float) -> Item | None:
        """What to take in now; None for the customer's side of a call, which the agent's file brings along once both
        are complete."""
        row = self._manifest_rows(seen.path.parent).get(seen.path)
        if row is None:
            return Item(seen.path, Handed(source=SOURCE, filename=seen.path.name))
        if row.file != seen.path:
            return None
        if row.customer is not None:
            other = _look(row.customer.path)
            if other is None or not self._complete(other, now_s):
                return None
        handed = Handed(row.facts, SOURCE, row.call_id, seen.path.name, row.agent_channel)
        return Item(seen.path, handed, row.transcript, customer=row.customer)

    def _note(self, seen: Seen, taken: Taken) -> None:
        with session(self._engine) as opened:
            opened.merge(
                WatchedFileRow(
                    path=str(seen.path),
                    size=seen.size,
                    mtime_ns=str(seen.mtime_ns),
                    sha256=taken.receipt.sha256 if taken.receipt else None,
                    call_id=taken.receipt.call_id if taken.receipt else None,
                    error_code=taken.error.code if taken.error else None,
                    error_message=taken.error.message if taken.error else None,
                )
            )

    def look(self, now_s: float) -> tuple[Taken, ...]:
        """One look: takes in what is complete and new. `now_s` is any steadily growing clock, in seconds.

        A crash between receipt and ledger is harmless: the file is offered again and gives the same receipt."""
        with reading(self._engine) as opened:
            new = self._new(opened, list(_recordings(self._folder)))
        self._first_seen = {seen: since for seen, since in self._first_seen.items() if seen in new}
        taken: list[Taken] = []
        for seen in new:
            if not self._complete(seen, now_s):
                continue
            item = self._item(seen, now_s)
            if item is None:
                continue
            outcome = take(self._engine, self._storage, self._settings, item)
            if isinstance(outcome.error, Unavailable) or _look(seen.path) != seen:
                continue  # storage is full or away, or the file was still being written: later
            self._note(seen, outcome)
            if item.customer is not None and (other := _look(item.customer.path)):
                self._note(other, outcome)
            taken.append(outcome)
        return tuple(taken)
