"""The sound of a call: the recording with ranges, and its waveform."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.routes.bodies.results import PeaksBody
from api.routes.parameters import CallId
from api.routes.ranges import file_response
from models.call import get_call
from models.recording import get_recording, unpack_peaks
from models.transcript import TranscriptRow
from qa_engine.errors import NotFound

router = APIRouter(prefix="/calls/{call_id}", tags=["audio"], responses=responses(404))

# By container as probed, never by what the client called the file: a page must not be smuggled in as sound.
MEDIA_TYPES: Mapping[str, str] = {
    "wav": "audio/wav",
    "w64": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "mov": "audio/mp4",
    "aac": "audio/aac",
    "matroska": "audio/webm",
    "amr": "audio/amr",
    "aiff": "audio/aiff",
    "au": "audio/basic",
}
UNKNOWN = "application/octet-stream"
AUDIO: Mapping[int | str, dict[str, object]] = {
    200: {
        "description": "整个录音 · The whole recording",
        "content": {"audio/*": {"schema": {"type": "string", "format": "binary"}}},
    },
    206: {"description": "录音的一段 · Part of it"},
    **responses(416),
}


@router.api_route(
    "/audio", methods=["GET"], summary="录音 · Recording", response_class=Response, responses=dict(AUDIO)
)
@router.api_route("/audio", methods=["HEAD"], include_in_schema=False)
def audio(
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    call_id: CallId,
    original: Annotated[
        bool,
        Query(description="要原始文件,即使浏览器不能播放 · The original, even where browsers cannot play it"),
    ] = False,
) -> Response:
    """The recording, with `Range`. Where browsers cannot play the codec: a playable copy, unless `original`."""
    get_call(opened, call_id)
    row = get_recording(opened, call_id)
    copied = row.playback_key is not None and not original
    key = row.playback_key if copied else row.audio_key
    if key is None:
        raise NotFound(f"通话 {call_id} 没有录音", hint="该通话只导入了文字稿")
    media_type = row.playback_mime if copied else MEDIA_TYPES.get(row.container or "", UNKNOWN)
    etag = f"{row.audio_sha256}{'-playback' if copied else ''}" if row.audio_sha256 else None
    suffix = key.rpartition(".")[2] if "." in key else "bin"
    opened.close()  # a player holds its connection for minutes; the database must not wait for it
    return file_response(
        request,
        services.storage,
        key,
        media_type=media_type or UNKNOWN,
        etag=etag,
        filename=f"{call_id}.{suffix}",
    )


@router.get("/peaks", summary="波形 · Waveform")
def peaks(opened: ReadDep, call_id: CallId) -> PeaksBody:
    """The largest |sample| of each twentieth of a second, by channel; 404 before the recording is probed."""
    row = get_recording(opened, call_id)
    channels = unpack_peaks(row)
    if not channels or row.peaks_per_s is None:
        raise NotFound(f"通话 {call_id} 还没有波形", hint="请等待录音检查完成,或查看该通话的失败原因")
    roles = channel_roles(opened.get(TranscriptRow, call_id), len(channels))
    return PeaksBody(
        per_second=row.peaks_per_s, channels=[list(channel) for channel in channels], roles=roles
    )


def channel_roles(
    transcript: TranscriptRow | None, channels: int
) -> list[Literal["agent", "customer"] | None]:
    """Who speaks on each channel by the transcript; None where that is both or nobody."""
    heard: list[Counter[str]] = [Counter() for _ in range(channels)]
    for turn in transcript.turns if transcript else ():
        channel = turn.get("channel")
        if isinstance(channel, int) and channel < channels:
            heard[channel][turn["role"]] += 1
    roles: list[Literal["agent", "customer"] | None] = []
    for counts in heard:
        only = next(iter(counts)) if len(counts) == 1 else None
        roles.append("agent" if only == "agent" else "customer" if only == "customer" else None)
    return roles
