"""The stored transcript: turns as readable JSON, word times as a compressed blob.

A word costs about 120 bytes as a JSON row and about 8 compressed; a page shows turns without touching words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, cast

import zstandard
from sqlalchemy import LargeBinary
from sqlmodel import Field, Session, SQLModel

from models.columns import Json, UtcDateTime, utc_now
from models.search_document import index_transcript
from qa_engine.calls import (
    CallId,
    Corrected,
    Ending,
    EngineInfo,
    LineKind,
    LineSound,
    Removed,
    Role,
    RoleSource,
    Signals,
    Span,
    Transcript,
    Turn,
    TurnSound,
    Word,
)
from qa_engine.errors import NotFound
from qa_engine.exchange import parse_call, transcript_json

WORDS_LEVEL = 12
MAX_WORDS_BYTES = 64_000_000


class TranscriptRow(SQLModel, table=True):
    """What was said, by which engine. `sha256` is over the canonical document and pins what was scored."""

    __tablename__ = "transcript"
    call_id: str = Field(primary_key=True, foreign_key="call.id", ondelete="CASCADE", max_length=32)
    sha256: str = Field(max_length=64)
    language: str = Field(max_length=20)
    duration_s: float
    engine_name: str = Field(max_length=100)
    engine_model: str = Field(default="", max_length=300)
    engine_version: str = Field(default="", max_length=100)
    engine_demo: bool = False
    role_source: str = Field(max_length=20)
    role_confidence: float = 1.0
    turns: list[dict[str, Any]] = Field(sa_type=Json)
    words: bytes = Field(sa_type=LargeBinary)
    signals: dict[str, Any] | None = Field(default=None, sa_type=Json)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class TranscriptVersionRow(SQLModel, table=True):
    """A transcript that was replaced (heard again, corrected), whole and compressed: old scores are replayed from it."""

    __tablename__ = "transcript_version"
    call_id: str = Field(primary_key=True, foreign_key="call.id", ondelete="CASCADE", max_length=32)
    sha256: str = Field(primary_key=True, max_length=64)
    content: bytes = Field(sa_type=LargeBinary)
    replaced_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def quantized(transcript: Transcript) -> Transcript:
    """The transcript as the store keeps it: times in whole milliseconds, confidence in thousandths.

    Stages score what comes out of the store, so a replay sees the very same numbers."""
    turns = tuple(
        replace(
            turn,
            text=turn.text.replace("\0", ""),
            spelled=turn.spelled.replace("\0", "") if turn.spelled else None,
            start_s=round(turn.start_s, 3),
            end_s=round(turn.end_s, 3),
            confidence=_rounded(turn.confidence),
            words=tuple(
                Word(w.text.replace("\0", ""), round(w.start_s, 3), round(w.end_s, 3), _rounded(w.confidence))
                for w in turn.words
            ),
        )
        for turn in transcript.turns
    )
    return replace(
        transcript,
        duration_s=round(transcript.duration_s, 3),
        turns=turns,
        role_confidence=round(transcript.role_confidence, 3),
    )


def pack_words(turns: Sequence[Turn]) -> bytes:
    """Word times of all turns by columns (like compresses with like): counts, texts, starts as steps from the
    word before, lengths (ms), confidences (thousandths, -1 = none)."""
    words = [word for turn in turns for word in turn.words]
    starts = [_ms(word.start_s) for word in words]
    columns = {
        "n": [len(turn.words) for turn in turns],
        "t": [word.text for word in words],
        "s": [after - before for before, after in pairwise([0, *starts])],
        "d": [_ms(word.end_s) - start for word, start in zip(words, starts, strict=True)],
        "c": [-1 if word.confidence is None else _ms(word.confidence) for word in words],
    }
    plain = json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()
    return zstandard.compress(plain, WORDS_LEVEL)


def unpack_words(blob: bytes) -> tuple[tuple[Word, ...], ...]:
    """The words of each turn, as `pack_words` took them."""
    columns = json.loads(zstandard.ZstdDecompressor().decompress(blob, max_output_size=MAX_WORDS_BYTES))
    words: list[Word] = []
    start = 0
    for text, step, length, confidence in zip(
        columns["t"], columns["s"], columns["d"], columns["c"], strict=True
    ):
        start += step
        words.append(
            Word(text, start / 1000, (start + length) / 1000, None if confidence < 0 else confidence / 1000)
        )
    turns: list[tuple[Word, ...]] = []
    first = 0
    for count in columns["n"]:
        turns.append(tuple(words[first : first + count]))
        first += count
    return tuple(turns)


def canonical_sha256(document: object) -> str:
    """Hash of a JSON document whatever the order of its keys."""
    plain = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def transcript_sha256(transcript: Transcript) -> str:
    """Hash of what was said and by which engine; the same words of another call have the same hash."""
    return canonical_sha256(transcript_json(replace(transcript, call_id=CallId(""))))


def _signals_json(signals: Signals) -> dict[str, Any]:
    document: dict[str, Any] = {
        "speech": [[[round(s.start_s, 3), round(s.end_s, 3)] for s in channel] for channel in signals.speech],
        "loudness_dbfs": [_rounded(level) for level in signals.loudness_dbfs],
        "ending": signals.ending.value,
    }
    if signals.turns:
        document["turns"] = {
            name: [getattr(turn, name) for turn in signals.turns] for name in TurnSound.__dataclass_fields__
        }
    if signals.line:
        document["line"] = [asdict(sound) for sound in signals.line]
    if signals.removed:
        document["removed"] = [
            {**asdict(piece), "text": piece.text.replace("\0", "")} for piece in signals.removed
        ]
    if signals.expected_cer is not None:
        document["expected_cer"] = signals.expected_cer
    if signals.lufs:
        document["lufs"] = list(signals.lufs)
    if signals.corrected:
        document["corrected"] = [asdict(piece) for piece in signals.corrected]
    return document


def _signals(document: dict[str, Any]) -> Signals:
    """Rows written before turns were measured have none."""
    columns = document.get("turns", {})
    fields = [columns[name] for name in TurnSound.__dataclass_fields__] if columns else []
    return Signals(
        tuple(tuple(Span(start, end) for start, end in channel) for channel in document["speech"]),
        tuple(document["loudness_dbfs"]),
        Ending(document["ending"]),
        tuple(TurnSound(*values) for values in zip(*fields, strict=True)),
        tuple(
            LineSound(LineKind(sound["kind"]), sound["channel"], sound["start_s"], sound["end_s"])
            for sound in document.get("line", ())
        ),
        tuple(Removed(**piece) for piece in document.get("removed", ())),
        document.get("expected_cer"),
        tuple(document.get("lufs", ())),
        tuple(Corrected(**piece) for piece in document.get("corrected", ())),
    )


def transcript_row(call_id: str, transcript: Transcript, signals: Signals | None) -> TranscriptRow:
    """The row for a transcript (rounded by `quantized`)."""
    kept = quantized(replace(transcript, call_id=CallId(call_id)))
    without_words = replace(kept, turns=tuple(replace(turn, words=()) for turn in kept.turns))
    engine = kept.engine
    return TranscriptRow(
        call_id=call_id,
        sha256=transcript_sha256(kept),
        language=kept.language,
        duration_s=kept.duration_s,
        engine_name=engine.name,
        engine_model=engine.model,
        engine_version=engine.version,
        engine_demo=engine.demo,
        role_source=kept.role_source.value,
        role_confidence=kept.role_confidence,
        turns=cast("list[dict[str, Any]]", transcript_json(without_words)["turns"]),
        words=pack_words(kept.turns),
        signals=_signals_json(signals) if signals else None,
    )


def get_transcript(session: Session, call_id: str) -> tuple[Transcript, Signals | None]:
    """What was said and the acoustic facts. Raises `NotFound` before the call is transcribed."""
    row = session.get(TranscriptRow, call_id)
    if row is None:
        raise NotFound(f"通话 {call_id[:40]} 还没有文字稿", hint="请等待转写完成,或查看该通话的失败原因")
    return _stored(row)


def _stored(row: TranscriptRow) -> tuple[Transcript, Signals | None]:
    words = unpack_words(row.words)
    turns = tuple(
        Turn(
            Role(turn["role"]),
            turn["start_s"],
            turn["end_s"],
            turn["text"],
            turn.get("confidence"),
            words[index],
            turn.get("channel"),
            turn.get("spelled"),
        )
        for index, turn in enumerate(row.turns)
    )
    transcript = Transcript(
        CallId(row.call_id),
        row.duration_s,
        turns,
        row.language,
        EngineInfo(row.engine_name, row.engine_model, row.engine_version, row.engine_demo),
        RoleSource(row.role_source),
        row.role_confidence,
    )
    return transcript, _signals(row.signals) if row.signals else None


def save_transcript(session: Session, row: TranscriptRow) -> None:
    """Makes this the transcript of its call; the one that it replaces is kept as a version."""
    before = session.get(TranscriptRow, row.call_id)
    if before is not None and before.sha256 != row.sha256:
        _archive(session, before)
    session.merge(row)
    session.flush()
    index_transcript(session, row.call_id, row.sha256, row.turns)


def _archive(session: Session, row: TranscriptRow) -> None:
    transcript, signals = _stored(row)
    document = {
        "transcript": transcript_json(transcript),
        "signals": _signals_json(signals) if signals else None,
    }
    plain = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    kept = TranscriptVersionRow(
        call_id=row.call_id, sha256=row.sha256, content=zstandard.compress(plain, WORDS_LEVEL)
    )
    session.merge(kept)


def transcript_version(
    session: Session, call_id: str, sha256: str
) -> tuple[Transcript, Signals | None] | None:
    """The transcript with that hash, current or replaced; None where it is gone."""
    row = session.get(TranscriptRow, call_id)
    if row is not None and row.sha256 == sha256:
        return _stored(row)
    kept = session.get(TranscriptVersionRow, (call_id, sha256))
    if kept is None:
        return None
    plain = zstandard.ZstdDecompressor().decompress(kept.content, max_output_size=MAX_WORDS_BYTES)
    document = json.loads(plain)
    call = parse_call(json.dumps(document["transcript"]))
    return call.transcript, _signals(document["signals"]) if document["signals"] else None
