"""The sound of a call: where it is stored, what it is, its waveform for the page."""

from __future__ import annotations

import zstandard
from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, Session, SQLModel

from qa_engine.errors import NotFound


class RecordingRow(SQLModel, table=True):
    """A stored recording. Keys are names inside `Storage`. The fields below `transcript_key` are filled by the
    probe stage; `playback_key` is None where browsers play the original."""

    __tablename__ = "recording"
    call_id: str = Field(primary_key=True, foreign_key="call.id", ondelete="CASCADE", max_length=32)
    audio_key: str | None = Field(default=None, max_length=300, index=True)
    audio_sha256: str | None = Field(default=None, max_length=64)
    audio_bytes: int | None = Field(default=None, sa_type=BigInteger)
    filename: str = Field(default="", max_length=300)
    transcript_key: str | None = Field(default=None, max_length=300)
    codec: str | None = Field(default=None, max_length=50)
    container: str | None = Field(default=None, max_length=100)
    sample_rate_hz: int | None = None
    channels: int | None = None
    duration_s: float | None = None
    playback_key: str | None = Field(default=None, max_length=300)
    playback_mime: str | None = Field(default=None, max_length=100)
    peaks_per_s: int | None = None
    peaks: bytes | None = Field(default=None, sa_type=LargeBinary)


def pack_peaks(channels: tuple[tuple[int, ...], ...]) -> bytes:
    """Peaks 0..127 of each channel as one compressed blob; the channels have equal length."""
    return zstandard.compress(b"".join(bytes(channel) for channel in channels))


def unpack_peaks(row: RecordingRow) -> tuple[tuple[int, ...], ...]:
    """The peaks of each channel, `peaks_per_s` values 0..127 a second; empty before the probe stage."""
    if row.peaks is None or not row.channels:
        return ()
    data = zstandard.decompress(row.peaks)
    length = len(data) // row.channels
    return tuple(tuple(data[c * length : (c + 1) * length]) for c in range(row.channels))


def get_recording(session: Session, call_id: str) -> RecordingRow:
    """The recording of a call. Raises `NotFound`."""
    row = session.get(RecordingRow, call_id)
    if row is None:
        raise NotFound(f"通话 {call_id[:40]} 没有录音", hint="该通话可能只导入了文字稿")
    return row
