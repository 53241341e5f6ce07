"""Every import leaves a run: where from, when, by whom, what became of the rows, and which rows were not stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Engine, ForeignKey, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import BigId, Json, UtcDateTime, utc_now
from models.database import session
from qa_engine.dialer.records import Refusal
from qa_engine.errors import CallQAError, NotFound

LONGEST_RUN = timedelta(hours=12)
"""A run without an end that began earlier was cut off: a killed process can no longer say so."""


class RunState(StrEnum):
    """What became of a run. `partial`: some of its files could not be read. `cut_off`: its process is gone."""

    RUNNING = "running"
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"
    CUT_OFF = "cut_off"


class Via(StrEnum):
    """What started a run."""

    CLI = "cli"
    API = "api"
    PULL = "pull"


class ImportRunRow(SQLModel, table=True):
    """One import. `kind` is the dialer or what else was read (people, orders); rows_in = stored + rejected over all
    `files`, whose counts are as in callqa.import/1. `first_day`…`last_day`: days whose calls it brought or repeated."""

    __tablename__ = "import_run"
    __table_args__ = (Index("ix_import_run_source_started_at", "source", "started_at"),)
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    source: str = Field(max_length=64)
    kind: str = Field(max_length=20)
    via: str = Field(max_length=10)
    started_by: str = Field(default="", max_length=100)
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: str = Field(default=RunState.RUNNING.value, max_length=10)
    rows_in: int = 0
    stored: int = 0
    rejected: int = 0
    first_day: date | None = None
    last_day: date | None = None
    files: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    warnings: dict[str, int] = Field(default_factory=dict, sa_type=Json)
    orphans: dict[str, int] = Field(default_factory=dict, sa_type=Json)
    problems: list[dict[str, str]] = Field(default_factory=list, sa_type=Json)


class ImportRejectionRow(SQLModel, table=True):
    """A row that was not stored. `row` is 1-based without the header; `found` has no telephone number in clear."""

    __tablename__ = "import_rejection"
    run_id: int = Field(
        sa_column=Column(BigId, ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True)
    )
    number: int = Field(primary_key=True)
    file: str = Field(max_length=300)
    row: int
    reason: str = Field(max_length=40)
    column: str = Field(default="", max_length=100)
    found: str = Field(default="", max_length=200)
    expected: str = Field(default="", max_length=200)


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one table's rows, and the rows that are kept to be looked at."""

    rows_in: int
    stored: int
    rejected: Mapping[str, int]
    kept: Sequence[tuple[int, Refusal]] = ()

    def counts(self) -> dict[str, object]:
        """As in callqa.import/1."""
        return {
            "rows_in": self.rows_in,
            "stored": self.stored,
            "rejected": sum(self.rejected.values()),
            "rejected_by_reason": dict(sorted(self.rejected.items())),
        }


@dataclass(slots=True)
class RunNotes:
    """What an import tells about itself; filled by the importer while the run is open."""

    files: dict[str, FileOutcome] = field(default_factory=dict)
    warnings: Mapping[str, int] = field(default_factory=dict)
    orphans: Mapping[str, int] = field(default_factory=dict)
    problems: Sequence[tuple[str, CallQAError]] = ()
    days: set[date] = field(default_factory=set)


def _problem(name: str, error: CallQAError) -> dict[str, str]:
    return {"file": name, "code": error.code, "message": error.message, "hint": error.hint}


@contextmanager
def recorded(
    engine: Engine, *, source: str, kind: str, via: Via = Via.CLI, started_by: str = ""
) -> Iterator[RunNotes]:
    """Opens a run, and closes it with what the notes say, or as failed with the error that ended it (which goes on)."""
    row = ImportRunRow(
        source=source[:64], kind=kind, via=via.value, started_by=started_by[:100], started_at=utc_now()
    )
    with session(engine) as opened:
        opened.add(row)
        opened.flush()
    notes = RunNotes()
    try:
        yield notes
    except CallQAError as error:
        notes.problems = [*notes.problems, ("", error)]
        _close(engine, row, notes, RunState.FAILED)
        raise
    except BaseException as error:
        problem = CallQAError(type(error).__name__, hint="详见日志")
        notes.problems = [*notes.problems, ("", problem)]
        _close(engine, row, notes, RunState.FAILED)
        raise
    nothing = bool(notes.problems) and not notes.files
    state = RunState.FAILED if nothing else RunState.PARTIAL if notes.problems else RunState.DONE
    _close(engine, row, notes, state)


def _close(engine: Engine, row: ImportRunRow, notes: RunNotes, state: RunState) -> None:
    row.state, row.finished_at = state.value, utc_now()
    row.files = {name: one.counts() for name, one in notes.files.items()}
    row.rows_in = sum(one.rows_in for one in notes.files.values())
    row.stored = sum(one.stored for one in notes.files.values())
    row.rejected = sum(sum(one.rejected.values()) for one in notes.files.values())
    row.warnings, row.orphans = dict(notes.warnings), dict(notes.orphans)
    row.problems = [_problem(name, error) for name, error in notes.problems]
    row.first_day, row.last_day = min(notes.days, default=None), max(notes.days, default=None)
    kept = [(name, at, refusal) for name, one in notes.files.items() for at, refusal in one.kept]
    with session(engine) as opened:
        opened.merge(row)
        assert row.id is not None, "made when the run was opened"
        opened.add_all(
            ImportRejectionRow(
                run_id=row.id,
                number=number,
                file=name[:300],
                row=at,
                reason=refusal.reason.value,
                column=refusal.column[:100],
                found=refusal.found[:200],
                expected=refusal.expected[:200],
            )
            for number, (name, at, refusal) in enumerate(kept, start=1)
        )


def state_of(row: ImportRunRow, now: datetime) -> RunState:
    """The state, where a run that never ended does not go on for ever."""
    if row.state == RunState.RUNNING and now - row.started_at > LONGEST_RUN:
        return RunState.CUT_OFF
    return RunState(row.state)


def list_runs(
    opened: Session, *, source: str = "", page: int = 1, size: int = 50
) -> tuple[Sequence[ImportRunRow], int]:
    """(runs of a page, how many there are), the latest first."""
    where = [col(ImportRunRow.source) == source] if source else []
    total = opened.exec(select(func.count()).select_from(ImportRunRow).where(*where)).one()
    newest = col(ImportRunRow.started_at).desc(), col(ImportRunRow.id).desc()
    query = select(ImportRunRow).where(*where).order_by(*newest).offset((page - 1) * size).limit(size)
    return opened.exec(query).all(), total


def get_run(opened: Session, run_id: int) -> ImportRunRow:
    """One run. Raises `NotFound`."""
    row = opened.get(ImportRunRow, run_id) if run_id < 1 << 63 else None
    if row is None:
        raise NotFound(f"没有编号为 {run_id} 的导入", hint="各次导入见 /imports")
    return row


def rejections(opened: Session, run_id: int, *, limit: int | None = None) -> Sequence[ImportRejectionRow]:
    """The rows of a run that were not stored and are kept, in the order of the files."""
    query = select(ImportRejectionRow).where(ImportRejectionRow.run_id == run_id)
    return opened.exec(query.order_by(col(ImportRejectionRow.number)).limit(limit)).all()
