"""Many files at once: a folder with its calls.csv, a folder of recordings, single files. The batch goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from models.database import open_database
from models.ingest import NO_CALL_FACTS, Handed, Receipt, receive_recording, receive_transcript
from models.manifest import BadManifest, CustomerFile, ManifestRow, read_manifest
from models.settings import Settings
from models.storage import Storage
from models.two_files import open_side, receive_sides
from qa_engine.errors import BadInput, CallQAError, NotFound, Where
from qa_engine.speech.containers import RECORDING_SUFFIXES

MANIFEST = "calls.csv"
TRANSCRIPT_SUFFIXES = frozenset([".json", ".srt", ".vtt"])

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Item:
    """One file to take in. `problem` where the manifest row is unusable: it is reported, not taken."""

    path: Path
    handed: Handed
    transcript: Path | None = None
    problem: CallQAError | None = None
    customer: CustomerFile | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: a receipt or the reason."""

    path: Path
    receipt: Receipt | None = None
    error: CallQAError | None = None


def _manifest_item(row: ManifestRow, source: str) -> Item:
    handed = Handed(row.facts, source, row.call_id, row.file.name, row.agent_channel)
    return Item(row.file, handed, row.transcript, customer=row.customer)


def manifest_items(path: Path, settings: Settings, *, source: str) -> tuple[Item, ...]:
    """The calls of a manifest, its bad rows as items with a problem. Raises `BadManifest`, `NotFound`."""
    manifest = read_manifest(path, zone=settings.zone)
    bad = (Item(path, Handed(NO_CALL_FACTS, source), problem=problem) for problem in manifest.problems)
    return (*(_manifest_item(row, source) for row in manifest.rows), *bad)


def _folder_items(folder: Path, settings: Settings, source: str) -> Iterator[Item]:
    manifest = folder / MANIFEST
    if manifest.is_file():
        yield from manifest_items(manifest, settings, source=source)
        return
    found = False
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() in RECORDING_SUFFIXES:
            found = True
            yield Item(path, Handed(source=source, filename=path.name))
    if not found:
        raise BadInput(
            "文件夹里没有录音", hint=f"请放入录音文件,或附上 {MANIFEST} 清单", where=Where(str(folder))
        )


def find_items(
    paths: Sequence[Path], settings: Settings, *, source: str = "cli", transcript: Path | None = None
) -> tuple[Item, ...]:
    """What the named files and folders hold; a path that cannot be used is an item with its problem.

    `transcript` belongs to the one recording named."""
    items: list[Item] = []
    for path in paths:
        try:
            if path.is_dir():
                items.extend(_folder_items(path, settings, source))
            elif path.suffix.lower() == ".csv":
                items.extend(manifest_items(path, settings, source=source))
            elif path.exists():
                items.append(Item(path, Handed(source=source, filename=path.name), transcript))
            else:
                raise NotFound("找不到文件", hint="请检查路径", where=Where(str(path)))
        except CallQAError as problem:
            items.append(Item(path, Handed(source=source), problem=problem))
    return tuple(items)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(
            f"无法读取:{error.strerror}", hint="请检查路径和权限", where=Where(str(path))
        ) from error


def take(engine: Engine, storage: Storage, settings: Settings, item: Item) -> Taken:
    """Takes one file in, durably; an expected error is the outcome, not an exception."""
    if item.problem is not None:
        return Taken(item.path, error=item.problem)
    try:
        if item.path.suffix.lower() in TRANSCRIPT_SUFFIXES:
            receipt = receive_transcript(
                engine, storage, settings=settings, handed=item.handed, document=_read(item.path)
            )
        else:
            receipt = _take_recording(engine, storage, settings, item)
    except CallQAError as error:
        return Taken(item.path, error=error)
    return Taken(item.path, receipt)


def _take_recording(engine: Engine, storage: Storage, settings: Settings, item: Item) -> Receipt:
    transcript = _read(item.transcript) if item.transcript else None
    if item.customer is None:
        return receive_recording(
            engine,
            storage,
            settings=settings,
            handed=item.handed,
            source_file=item.path,
            transcript=transcript,
        )
    with ExitStack() as files:
        return receive_sides(
            engine,
            storage,
            settings=settings,
            handed=item.handed,
            agent=open_side(item.path, files),
            customer=open_side(item.customer.path, files),
            customer_offset_s=item.customer.offset_s,
            transcript=transcript,
        )


def take_all(
    engine: Engine,
    storage: Storage,
    settings: Settings,
    items: Sequence[Item],
    on_progress: OnProgress | None = None,
) -> tuple[Taken, ...]:
    """Takes files in one by one. `on_progress(done, total)` after each."""
    taken: list[Taken] = []
    for item in items:
        taken.append(take(engine, storage, settings, item))
        if on_progress:
            on_progress(len(taken), len(items))
    return tuple(taken)


def ingest_manifest(
    settings: Settings, folder: Path, on_progress: OnProgress | None = None, *, source: str = "manifest"
) -> tuple[Taken, ...]:
    """Takes in a folder with its calls.csv. The database must be migrated. Raises `BadManifest`, `NotFound`."""
    items = manifest_items(folder / MANIFEST, settings, source=source)
    engine = open_database(settings.database_url)
    try:
        return take_all(engine, Storage(settings.storage_url), settings, items, on_progress)
    finally:
        engine.dispose()


__all__ = [
    "MANIFEST",
    "BadManifest",
    "Item",
    "Taken",
    "find_items",
    "ingest_manifest",
    "manifest_items",
    "take",
    "take_all",
]
