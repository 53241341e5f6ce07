"""Back-tests of drafts: asked for on a page, done by a worker, call by call, with how far they are and a way to stop them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, LargeBinary, update
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import Json, UtcDateTime, utc_now
from models.database import reading
from models.database import session as writing
from models.review import reviewed_verdicts
from models.settings import Settings
from models.stored_calls import Wanted, count_stored, stored_calls
from models.studio.draft import DraftRow, get_draft
from models.studio.forms import forms_of
from models.studio.packing import unpacked
from models.studio.publish import parsed
from models.version import code_version
from qa_engine.errors import CallQAError, Conflict, NotFound
from qa_engine.quality.backtest import BackTest
from qa_engine.quality.backtest_report import backtest_json
from qa_engine.rubric.load import Rubric
from qa_engine.scoring.compile import Plan, compile_rubric

NOTED_EVERY = 25
"""Calls between two notes of how far it is; a wish to stop is seen then."""


class BackTestState(StrEnum):
    """A test that a stopped worker left `running` is begun again."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


OPEN = (BackTestState.WAITING.value, BackTestState.RUNNING.value)


class BackTestRow(SQLModel, table=True):
    """One back-test of a draft's text, kept as it was when asked, against what is in force. A stopped one has the report of
    the calls so far."""

    __tablename__ = "rubric_backtest"
    id: str = Field(primary_key=True, max_length=16)
    draft_id: str = Field(foreign_key="rubric_draft.id", ondelete="CASCADE", index=True, max_length=16)
    revision: int
    rubric: str = Field(max_length=100)
    text: bytes = Field(sa_type=LargeBinary)
    wanted: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    state: str = Field(default=BackTestState.WAITING, max_length=10, index=True)
    done: int = 0
    total: int = 0
    report: dict[str, Any] | None = Field(default=None, sa_type=Json)
    error: str = Field(default="", max_length=1_000)
    asked_by: str = Field(max_length=100)
    asked_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def ask_backtest(opened: Session, draft_id: str, wanted: Wanted, *, by: str) -> BackTestRow:
    """Asks for a test of the draft as it stands. Raises `NotFound`, `Conflict` while one of it is under way."""
    draft = get_draft(opened, draft_id)
    if any(row.is_open for row in backtests_of(opened, draft_id)):
        raise Conflict("这份草稿已有回测在进行", hint="等它完成,或先停止它")
    row = _row(draft, wanted, by, count_stored(opened, wanted))
    opened.add(row)
    return row


def _row(draft: DraftRow, wanted: Wanted, by: str, total: int) -> BackTestRow:
    return BackTestRow(
        id=secrets.token_hex(6),
        draft_id=draft.id,
        revision=draft.revision,
        rubric=draft.rubric,
        text=draft.text,
        wanted=_kept(wanted),
        total=total,
        asked_by=by,
    )


def backtests_of(opened: Session, draft_id: str, *, limit: int = 20) -> Sequence[BackTestRow]:
    """The newest first."""
    return opened.exec(
        select(BackTestRow)
        .where(BackTestRow.draft_id == draft_id)
        .order_by(col(BackTestRow.asked_at).desc())
        .limit(limit)
    ).all()


def get_backtest(opened: Session, test_id: str, draft_id: str | None = None) -> BackTestRow:
    """Raises `NotFound`."""
    row = opened.get(BackTestRow, test_id)
    if row is None or draft_id not in {None, row.draft_id}:
        raise NotFound(f"没有回测 {test_id[:40]}", hint="回测都列在草稿的“回测”页")
    return row


def stop_backtest(opened: Session, test_id: str, draft_id: str) -> BackTestRow:
    """Stops a test; what it found so far is kept at the worker's next look. Raises `NotFound`."""
    row = get_backtest(opened, test_id, draft_id)
    if row.is_open:
        row.state, row.ended_at = BackTestState.STOPPED.value, utc_now()
        opened.add(row)
    return row


def next_backtest(opened: Session) -> str | None:
    """The test that has waited longest, or that a stopped worker left."""
    return opened.exec(
        select(BackTestRow.id)
        .where(col(BackTestRow.state).in_(OPEN))
        .order_by(col(BackTestRow.asked_at))
        .limit(1)
    ).one_or_none()


def run_backtest(
    engine: Engine, settings: Settings, test_id: str, *, may_go_on: Callable[[], bool] = lambda: True
) -> BackTestState:
    """Compares every call and keeps the report; returns how it ended. One process at a time may run a test; one that may
    not go on leaves it running, for another to begin anew."""
    with writing(engine) as opened:
        row = get_backtest(opened, test_id)
        if not row.is_open:
            return BackTestState(row.state)
        row.state, row.started_at, row.done = BackTestState.RUNNING.value, utc_now(), 0
        opened.add(row)
    try:
        report = _compare(engine, settings, row, may_go_on)
    except CallQAError as error:
        _end(engine, test_id, BackTestState.FAILED, error=str(error))
        return BackTestState.FAILED
    if report is None:
        return BackTestState.RUNNING
    return _end(engine, test_id, BackTestState.DONE, report=report)


def _compare(
    engine: Engine, settings: Settings, row: BackTestRow, may_go_on: Callable[[], bool]
) -> dict[str, Any] | None:
    old = forms_of(engine, settings).rubric(row.rubric)
    new = parsed(settings, unpacked(row.text))
    with reading(engine) as opened:
        reviews = reviewed_verdicts(opened, row.rubric)
    test = BackTest(_plan(settings, old), _plan(settings, new), reviews=reviews)
    done = 0
    for _, call in stored_calls(engine, read_wanted(row.wanted)):
        test.add(call, name=str(call.call_id))
        done += 1
        if done % NOTED_EVERY:
            continue
        if not may_go_on():
            return None
        if not _note(engine, row.id, done):
            break
    _note(engine, row.id, done)
    return backtest_json(test.report())


def _plan(settings: Settings, rubric: Rubric) -> Plan:
    return compile_rubric(rubric, zone=settings.zone, code_version=code_version())


def _note(engine: Engine, test_id: str, done: int) -> bool:
    """Whether to go on."""
    with writing(engine) as opened:
        opened.execute(update(BackTestRow).where(col(BackTestRow.id) == test_id).values(done=done))
        state = opened.exec(select(BackTestRow.state).where(BackTestRow.id == test_id)).one_or_none()
    return state == BackTestState.RUNNING


def _end(
    engine: Engine,
    test_id: str,
    state: BackTestState,
    *,
    report: Mapping[str, Any] | None = None,
    error: str = "",
) -> BackTestState:
    with writing(engine) as opened:
        row = get_backtest(opened, test_id)
        if row.state == BackTestState.RUNNING:
            row.state = state.value
        row.report, row.error, row.ended_at = dict(report) if report else None, error[:1_000], utc_now()
        opened.add(row)
        return BackTestState(row.state)


def _kept(wanted: Wanted) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in asdict(wanted).items()
        if value not in (None, (), False)
    }


def read_wanted(kept: Mapping[str, Any]) -> Wanted:
    """Which calls a test looked at."""
    first, last = (
        date.fromisoformat(kept[name]) if name in kept else None for name in ("first_day", "last_day")
    )
    return Wanted(
        first_day=first, last_day=last, agent_id=kept.get("agent_id"), campaign=kept.get("campaign")
    )
