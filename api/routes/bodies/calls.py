"""Calls as the API shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from models.call import CallRow
from models.queries import CallPage, CallSummary
from models.recording import RecordingRow
from models.transcript import TranscriptRow
from qa_engine.calls import FactValue

ID = "k7w3pnq8xv2m"


class Reason(BaseModel):
    """Why a call ended without a score, and what to do."""

    code: str = Field(examples=["truncated_audio"])
    message: str = Field(examples=["录音在 12.3 秒处中断"])
    hint: str = Field(examples=["请从录音系统重新导出"])


class ReceiptBody(BaseModel):
    """Proof that a recording is durable and will be scored, or will end with a reason."""

    call_id: str = Field(examples=[ID])
    external_id: str | None = Field(None, examples=["2026110215083100"])
    sha256: str = Field(description="Of all that was handed in", examples=["9f86d081884c7d65…"])
    created: bool = Field(description="false = this was handed in before", examples=[True])
    state: str = Field(examples=["received"])
    url: str = Field(examples=[f"/api/v1/calls/{ID}"])


class CallLine(BaseModel):
    """A line of the list; scores are of the rubric that the filter chose (the first by id without one)."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=[ID])
    source: str = Field(examples=["upload"])
    external_id: str | None = Field(examples=["ins-001"])
    filename: str = Field(examples=["ins-001.wav"])
    agent_id: str | None = Field(examples=["A001"])
    agent_name: str = Field(examples=["李晓梅"])
    team_id: str | None = Field(examples=["T1"])
    team_name: str = Field(examples=["一组"])
    campaign: str | None = Field(examples=["ins-2026"])
    direction: str | None = Field(examples=["outbound"])
    disposition: str | None = Field(examples=["SALE"])
    started_at: datetime | None = Field(examples=["2026-11-02T07:08:31Z"])
    created_at: datetime = Field(examples=["2026-11-02T09:00:00Z"])
    duration_s: float | None = Field(examples=[61.2])
    state: str = Field(examples=["done"])
    reason: Reason | None = None
    engine_name: str | None = Field(examples=["faster-whisper"])
    engine_model: str | None = Field(examples=["demo"])
    engine_demo: bool = Field(description="The demo model knows only the sample voices", examples=[True])
    has_audio: bool = Field(examples=[True])
    rubric: str | None = Field(examples=["telesales-standard"])
    rubric_version: int | None = Field(examples=[3])
    score: float | None = Field(examples=[82.0])
    score_low: float | None = Field(examples=[76.0])
    score_high: float | None = Field(examples=[88.0])
    pass_mark: float | None = Field(examples=[80.0])
    result: str | None = Field(examples=["pass"])
    auto_fails: tuple[str, ...] = Field(examples=[[]])
    objections: int = Field(examples=[2])
    objections_resolved: int = Field(examples=[1])


class CallList(BaseModel):
    """A page of calls; `total` counts all that match. The order is total, so pages neither repeat nor skip."""

    calls: list[CallLine]
    total: int = Field(examples=[128])
    page: int = Field(examples=[1])
    size: int = Field(examples=[50])


class RecordingBody(BaseModel):
    """The sound as it was handed in; None before it is probed."""

    model_config = ConfigDict(from_attributes=True)

    codec: str | None = Field(examples=["pcm_alaw"])
    container: str | None = Field(examples=["wav"])
    sample_rate_hz: int | None = Field(examples=[8000])
    channels: int | None = Field(examples=[2])
    duration_s: float | None = Field(examples=[61.2])
    audio_bytes: int | None = Field(examples=[183_422])
    audio_sha256: str | None = Field(examples=["9f86d081884c7d65…"])


class Links(BaseModel):
    """Where the parts of a call are."""

    transcript: str = Field(examples=[f"/api/v1/calls/{ID}/transcript"])
    evaluations: str = Field(examples=[f"/api/v1/calls/{ID}/evaluations"])
    analysis: str = Field(examples=[f"/api/v1/calls/{ID}/analysis"])
    audio: str | None = Field(examples=[f"/api/v1/calls/{ID}/audio"])
    peaks: str | None = Field(examples=[f"/api/v1/calls/{ID}/peaks"])


class CallBody(CallLine):
    """A call with its facts and recording."""

    customer_id: str | None = Field(examples=["C010"])
    extra: dict[str, FactValue] = Field(examples=[{"skill": "insurance"}])
    agent_channel: int | None = Field(examples=[0])
    role_source: str | None = Field(description="channel, guess, imported or swapped", examples=["channel"])
    role_confidence: float | None = Field(examples=[1.0])
    recording: RecordingBody | None
    links: Links


def call_line(summary: CallSummary) -> CallLine:
    """The line of a call."""
    return CallLine.model_validate(summary).model_copy(update={"reason": _reason(summary)})


def call_list(page: CallPage) -> CallList:
    """A page of lines."""
    return CallList(
        calls=[call_line(summary) for summary in page.calls],
        total=page.total,
        page=page.number,
        size=page.size,
    )


def call_body(
    summary: CallSummary, row: CallRow, recording: RecordingRow | None, transcript: TranscriptRow | None
) -> CallBody:
    """A call whole."""
    sound = recording if recording and recording.audio_key else None
    base = f"/api/v1/calls/{row.id}"
    return CallBody(
        **call_line(summary).model_dump(),
        customer_id=row.customer_id,
        extra=dict(row.extra),
        agent_channel=row.agent_channel,
        role_source=transcript.role_source if transcript else None,
        role_confidence=transcript.role_confidence if transcript else None,
        recording=RecordingBody.model_validate(sound) if sound else None,
        links=Links(
            transcript=f"{base}/transcript",
            evaluations=f"{base}/evaluations",
            analysis=f"{base}/analysis",
            audio=f"{base}/audio" if sound else None,
            peaks=f"{base}/peaks" if sound else None,
        ),
    )


def _reason(summary: CallSummary) -> Reason | None:
    if summary.error_code is None:
        return None
    return Reason(code=summary.error_code, message=summary.error_message or "", hint=summary.error_hint or "")
