"""What the pipeline tests share: taking sample calls in, and reading back what came of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select

from models.analysis import AnalysisRow, ObjectionRow
from models.call import CallRow
from models.database import reading
from models.evaluation import EvaluationItemRow, EvaluationRow
from models.ingest import Handed, Receipt, receive_recording, receive_transcript
from models.rollup import RollupDayRow, RollupScoreRow
from models.settings import Settings
from models.stage_job import StageJobRow
from models.storage import Storage
from models.transcript import TranscriptRow, canonical_sha256

CALLS = Path(__file__).parents[2] / "fixtures/calls"
TRANSCRIPTS = tuple(sorted(CALLS.glob("*/transcript.json")))


def take_transcripts(engine: Engine, settings: Settings, number: int) -> list[str]:
    """Takes in that many sample transcripts; returns the call ids."""
    storage = Storage(settings.storage_url)
    return [
        receive_transcript(
            engine, storage, settings=settings, handed=Handed(source="test"), document=path.read_bytes()
        ).call_id
        for path in TRANSCRIPTS[:number]
    ]


def take_recording(
    engine: Engine, settings: Settings, path: Path, *, transcript: Path | None = None, **handed: Any
) -> Receipt:
    """Takes in one recording."""
    return receive_recording(
        engine,
        Storage(settings.storage_url),
        settings=settings,
        handed=Handed(source="test", **handed),
        source_file=path,
        transcript=transcript.read_bytes() if transcript else None,
    )


def jobs_of(engine: Engine, call_id: str | None = None) -> list[StageJobRow]:
    """Jobs in the order in which they were asked for."""
    wanted = select(StageJobRow).order_by(col(StageJobRow.id))
    if call_id is not None:
        wanted = wanted.where(StageJobRow.call_id == call_id)
    with reading(engine) as opened:
        return list(opened.exec(wanted))


def call_of(engine: Engine, call_id: str) -> CallRow:
    with reading(engine) as opened:
        return opened.get_one(CallRow, call_id)


def content(engine: Engine) -> str:
    """Hash of everything that the pipeline made, whatever ids and times it got."""
    volatile = {"id", "created_at", "evaluation_id", "call_id", "transcript_key", "audio_key"}
    with reading(engine) as opened:
        names = {call.id: call.external_id for call in opened.exec(select(CallRow))}
        evaluations = {row.id: names[row.call_id] for row in opened.exec(select(EvaluationRow))}
        made: list[tuple[str, str, str]] = []
        for table in (CallRow, TranscriptRow, AnalysisRow, ObjectionRow, EvaluationRow):
            for row in opened.exec(select(table)).all():
                name = names[row.id if isinstance(row, CallRow) else row.call_id]  # type: ignore[attr-defined]
                made.append((table.__name__, str(name), _plain(row, volatile, names)))
        made.extend(
            ("item", str(evaluations[item.evaluation_id]), _plain(item, volatile, names))
            for item in opened.exec(select(EvaluationItemRow))
        )
        made.extend(
            (type(cell).__name__, "", _plain(cell, volatile, names))
            for cell in (*opened.exec(select(RollupDayRow)), *opened.exec(select(RollupScoreRow)))
        )
    return canonical_sha256(sorted(made))


def _plain(row: Any, volatile: set[str], names: dict[str, str | None]) -> str:
    text = repr(sorted((key, value) for key, value in row.model_dump().items() if key not in volatile))
    for call_id, name in names.items():
        text = text.replace(call_id, str(name))
    return text


def wait_for(condition: Callable[[], bool], *, what: str, timeout_s: float = 90.0) -> None:
    """Looks until the condition holds. The time limit only ends a test that would hang."""
    deadline = monotonic() + timeout_s
    pause = Event()
    while not condition():
        assert monotonic() < deadline, f"waited {timeout_s:.0f} s in vain for: {what}"
        pause.wait(0.02)
