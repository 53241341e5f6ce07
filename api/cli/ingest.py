"""`callqa ingest`: files, folders and manifests into the store; the batch goes on after errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine

from api.cli.console import failure_table, note, notes, out, print_json, progress_bar, table
from api.cli.facts import FactsTable
from api.cli.inputs import NO_CUSTOMERS, Failures, unreadable
from api.cli.labels import clock
from api.errors import as_callqa_error
from models.database import open_database
from models.ingest import Handed, limits
from models.intake import TRANSCRIPT_SUFFIXES, Item, Taken, find_items, take
from models.manifest import CustomerFile
from models.migrations import upgrade
from models.settings import Settings
from models.storage import Storage
from qa_engine.errors import CallQAError
from qa_engine.speech.imports import read_transcript
from qa_engine.speech.media import probe


def ingest(
    settings: Settings,
    paths: Sequence[Path],
    *,
    source: str,
    facts: Path | None = None,
    customers: Mapping[Path, CustomerFile] = NO_CUSTOMERS,
    dry_run: bool = False,
    as_json: bool = False,
) -> int:
    """Takes everything in that can be; returns the exit code, 1 where something could not."""
    found = _with_facts(find_items(paths, settings, source=source), settings, source, facts)
    items = [replace(item, customer=customers.get(item.path, item.customer)) for item in found]
    if dry_run:
        return _preview(items, settings)
    taken = _take(items, settings)
    if as_json:
        for one in taken:
            if one.receipt:
                print_json({"file": str(one.path), **_receipt(one)})
    new = sum(1 for one in taken if one.receipt and one.receipt.created)
    known = sum(1 for one in taken if one.receipt and not one.receipt.created)
    failures = [(str(one.path), one.error) for one in taken if one.error]
    note(f"新接收 {new} 通,已有 {known} 通,失败 {len(failures)} 个")
    if failures:
        notes().print(failure_table(failures))
    if new:
        note("由 callqa serve 或 callqa worker 处理;进度见页面或 GET /api/v1/jobs", style="dim")
    return 1 if failures else 0


def _with_facts(
    items: Sequence[Item], settings: Settings, source: str, facts: Path | None
) -> tuple[Item, ...]:
    if facts is None:
        return tuple(items)
    rows = FactsTable(settings.zone, facts)
    bad = tuple(Item(facts, Handed(source=source), problem=problem) for problem in rows.problems)
    return (*(_described(item, rows) for item in items), *bad)


def _described(item: Item, rows: FactsTable) -> Item:
    row = None if item.problem else rows.of(item.path)
    if row is None:
        return item
    handed = Handed(row.facts, item.handed.source, row.call_id, item.path.name, row.agent_channel)
    return replace(item, handed=handed, transcript=row.transcript or item.transcript, customer=row.customer)


def _take(items: Sequence[Item], settings: Settings) -> list[Taken]:
    upgrade(settings.database_url)
    engine, storage = open_database(settings.database_url), Storage(settings.storage_url)
    taken: list[Taken] = []
    try:
        with progress_bar() as progress:
            task = progress.add_task("接收", total=len(items))
            for item in items:
                taken.append(_take_one(engine, storage, settings, item))
                progress.advance(task)
    finally:
        engine.dispose()
    return taken


def _take_one(engine: Engine, storage: Storage, settings: Settings, item: Item) -> Taken:
    try:
        return take(engine, storage, settings, item)
    except OSError as error:  # a file that vanishes or breaks while it is read must not end the batch
        return Taken(item.path, error=as_callqa_error(error) or unreadable(error, item.path))


def _receipt(taken: Taken) -> dict[str, object]:
    receipt = taken.receipt
    assert receipt is not None
    return {
        "call_id": receipt.call_id,
        "sha256": receipt.sha256,
        "created": receipt.created,
        "state": receipt.state,
    }


def _preview(items: Sequence[Item], settings: Settings) -> int:
    """What would be taken in, checked as far as the door checks; nothing is stored."""
    rows: list[tuple[str, str, str, str, str]] = []
    failures: Failures = []
    for item in items:
        try:
            if item.problem:
                raise item.problem
            rows.append(_previewed(item, settings))
        except (CallQAError, OSError) as error:
            failures.append((str(item.path), as_callqa_error(error) or unreadable(error, item.path)))
    out().print(
        table(("文件", "通话编号", "坐席", "团队", "内容"), rows, title=f"将接收 {len(rows)} 个文件(试运行)")
    )
    if failures:
        notes().print(failure_table(failures))
    return 1 if failures else 0


def _sound(path: Path, settings: Settings) -> str:
    info = probe(path, limits(settings))
    return f"{info.codec} {info.sample_rate_hz} Hz {info.channels} 声道 {clock(info.duration_s)}"


def _previewed(item: Item, settings: Settings) -> tuple[str, str, str, str, str]:
    facts = item.handed.facts
    if item.path.suffix.lower() in TRANSCRIPT_SUFFIXES:
        call = read_transcript(item.path.read_bytes(), file=str(item.path))
        content = f"文字稿 {len(call.transcript.turns)} 句"
        facts, number = call.facts, item.handed.external_id or str(call.call_id)
    else:
        content = _sound(item.path, settings)
        if item.customer:
            content += f" + {_sound(item.customer.path, settings)}"
        number = item.handed.external_id or ""
    return (str(item.path), number, facts.agent_id or "", facts.team_id or "", content)
