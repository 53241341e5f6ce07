"""Pulls a source: what is new since the last good pull, once at a time however many processes there are."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from models.columns import utc_now
from models.database import reading, session
from models.dial_import import ImportOrder, ImportReport, run_import
from models.import_run import ImportRunRow, RunNotes, RunState, Via, recorded
from models.job_dispatch import drop_lease, hold_lease
from models.pull_plan import mapping_of, place_of
from models.settings import Settings
from qa_engine.dialer.sources import SourcePlan, backoff_s, window
from qa_engine.errors import CallQAError, Conflict, Unavailable

LEASE_S = 60.0
LOOKED_AT = 25
"""Runs looked at for failures in a row; by then the pause has long been at its longest."""


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier pulls of a source came to. `last_good` is when the last good one began; `failures` those after it."""

    last_good: datetime | None = None
    last_end: datetime | None = None
    failures: int = 0


def past_of(opened: Session, name: str) -> Past:
    """A pull of which some files could not be read is a failure: its window is read again."""
    of_source = col(ImportRunRow.source) == name, col(ImportRunRow.via) == Via.PULL.value
    newest = col(ImportRunRow.started_at).desc(), col(ImportRunRow.id).desc()
    runs = opened.exec(select(ImportRunRow).where(*of_source).order_by(*newest).limit(LOOKED_AT)).all()
    failures = next((at for at, run in enumerate(runs) if run.state == RunState.DONE), len(runs))
    good = opened.exec(
        select(ImportRunRow.started_at)
        .where(*of_source, ImportRunRow.state == RunState.DONE.value)
        .order_by(*newest)
        .limit(1)
    ).first()
    last_end = (runs[0].finished_at or runs[0].started_at) if runs else None
    return Past(good, last_end, failures)


def is_due(plan: SourcePlan, past: Past, now: datetime) -> bool:
    """By the schedule after a good pull, later after each failure."""
    if past.last_end is None:
        return True
    pause_s = backoff_s(plan.every_s, past.failures) if past.failures else plan.every_s
    return now - past.last_end >= timedelta(seconds=pause_s)


@contextmanager
def _held(engine: Engine, plan: SourcePlan, holder: str) -> Iterator[None]:
    """Holds the source's lease, renewed until the end however long a pull takes. Raises `Conflict` where another process
    has it."""
    name = f"pull:{plan.name}"

    def take() -> bool:
        with session(engine) as opened:
            return hold_lease(opened, name, holder=holder, ttl_s=LEASE_S)

    if not take():
        raise Conflict(f"来源 {plan.name} 正在被另一个进程拉取", hint="请稍后再试")
    over = threading.Event()

    def renew() -> None:
        while not over.wait(LEASE_S / 4):
            try:
                take()
            except Unavailable:
                continue  # the next renewal comes long before the lease ends

    renewal = threading.Thread(target=renew, name=name, daemon=True)
    renewal.start()
    try:
        yield
    finally:
        over.set()
        renewal.join()
        with session(engine) as opened:
            drop_lease(opened, name, holder=holder)


def pull(
    engine: Engine, settings: Settings, plan: SourcePlan, *, holder: str, started_by: str = ""
) -> ImportReport | None:
    """Reads what is new; None where a folder holds nothing new. Leaves an import run whatever happens.

    Raises `Conflict` while another process pulls this source, and what keeps the source from being read at all."""
    with _held(engine, plan, holder):
        with session(engine) as opened:
            _close_cut_off(opened, plan.name)
            past = past_of(opened, plan.name)
        since, until = window(plan, past.last_good, utc_now())
        try:
            place, mapping = place_of(plan, settings), mapping_of(plan, settings)
        except CallQAError as error:
            with _run(engine, plan, started_by):
                raise error from None
        if not plan.is_database and since is not None and not _changed(Path(place), since):
            with _run(engine, plan, started_by):
                return None
        order = ImportOrder(
            plan.dialer,
            [place],
            plan.name,
            mapping,
            plan.zone,
            via=Via.PULL,
            started_by=started_by,
            since=since if plan.is_database else None,
            until=until if plan.is_database else None,
        )
        return run_import(settings, order)


def _run(engine: Engine, plan: SourcePlan, started_by: str) -> AbstractContextManager[RunNotes]:
    return recorded(engine, source=plan.name, kind=plan.dialer, via=Via.PULL, started_by=started_by)


def _close_cut_off(opened: Session, name: str) -> None:
    """Who holds the lease knows that nobody else pulls: a run that goes on is one whose process is gone."""
    opened.execute(
        update(ImportRunRow)
        .where(
            col(ImportRunRow.source) == name,
            col(ImportRunRow.via) == Via.PULL.value,
            col(ImportRunRow.state) == RunState.RUNNING.value,
        )
        .values(state=RunState.CUT_OFF.value, finished_at=utc_now()),
        execution_options={"synchronize_session": False},
    )


def _changed(folder: Path, since: datetime) -> bool:
    """Whether a file of a folder (or the file itself) was written since; also where there is none, so that the import
    says so."""
    files = [folder] if folder.is_file() else [one for one in folder.glob("*") if one.is_file()]
    return not files or any(one.stat().st_mtime >= since.timestamp() for one in files)


def due_sources(engine: Engine, plans: tuple[SourcePlan, ...], now: datetime) -> tuple[SourcePlan, ...]:
    """The sources whose time has come."""
    with reading(engine) as opened:
        return tuple(plan for plan in plans if is_due(plan, past_of(opened, plan.name), now))
