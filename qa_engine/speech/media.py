"""Any common telephone recording → `Audio`, within limits that hold while it is decoded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from qa_engine.errors import Where
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Audio, Limits, MediaInfo, Samples
from qa_engine.speech.containers import ACCEPTED_ZH, open_container, truncated
from qa_engine.speech.errors import (
    BadSampleRate,
    EmptyAudio,
    NotAudio,
    TooLong,
    TooManyChannels,
    TooShort,
    TruncatedAudio,
)
from qa_engine.speech.playback import playback_copy
from qa_engine.speech.store import SampleStore

__all__ = ["Audio", "Limits", "MediaInfo", "decode", "playback_copy", "probe"]

Progress: TypeAlias = Callable[[float, float], None]

# Demuxers whose duration is written in the header; elsewhere it is a guess from size and bit rate.
_DECLARES_DURATION: Final = frozenset(
    {"wav", "w64", "aiff", "au", "caf", "flac", "mov", "matroska", "asf", "mp3"}
)
_MAX_MISSING_S: Final = 0.5
_MAX_MISSING_SHARE: Final = 0.01
_MAX_BAD_PACKETS_SHARE: Final = 0.05
_MP3_HEAD_BYTES: Final = 4096
# ffmpeg names the decoder, people know the codec.
_CODEC_NAMES: Final = {"mp3float": "mp3", "amrnb": "amr_nb", "libopencore_amrnb": "amr_nb", "libopus": "opus"}


def probe(path: str | Path, limits: Limits | None = None) -> MediaInfo:
    """What the file says it is, without decoding it. Raises BadMedia kinds, NotFound.

    `duration_s` is the declared one, or the sum of packet durations where the container declares none."""
    source, limits = Path(path), limits or Limits()
    with open_container(source) as container:
        stream = container.streams.audio[0]
        info = _info(container, stream)
        _check_layout(source, info.channels, info.sample_rate_hz, limits)
        duration_s = _declared_s(source, container, stream) or _packets_s(container, stream, limits)
        if duration_s > limits.max_decoded_s:
            raise _too_long(source, limits)
        return replace(info, duration_s=duration_s)


def decode(path: str | Path, limits: Limits | None = None, *, on_progress: Progress | None = None) -> Audio:
    """Decodes to 16 kHz float32, keeping the channels apart. Raises BadMedia kinds, NotFound.

    Every limit is checked as samples come out of the decoder; the work stops at the first one that is passed.
    `on_progress(done_s, total_s)` is called about once per decoded minute."""
    source, limits = Path(path), limits or Limits()
    with open_container(source) as container:
        stream = container.streams.audio[0]
        info = _info(container, stream)
        _check_layout(source, info.channels, info.sample_rate_hz, limits)
        declared_s = _declared_s(source, container, stream)
        if declared_s and declared_s > limits.max_decoded_s + _MAX_MISSING_S:
            raise _too_long(source, limits)
        total_s = declared_s or 0.0
        report = (lambda done_s: on_progress(done_s, max(total_s, done_s))) if on_progress else None
        store = _decode_into_store(source, _frames(source, container, stream), info, limits, report)
    duration_s = round(store.size / SAMPLE_RATE_HZ, 3)
    _check_length(source, duration_s, declared_s, limits)
    return Audio(store.finish(), replace(info, duration_s=duration_s))


def _decode_into_store(
    path: Path,
    frames: Iterator[AudioFrame | None],
    info: MediaInfo,
    limits: Limits,
    report: Callable[[float], None] | None,
) -> SampleStore:
    deadline = time.monotonic() + limits.max_wall_s
    max_samples = int(limits.max_decoded_s * SAMPLE_RATE_HZ)
    # A codec may add a frame of padding to a call of exactly the limit.
    store = SampleStore(info.channels, max_samples + SAMPLE_RATE_HZ)
    layout = "stereo" if info.channels == 2 else "mono"
    resampler = AudioResampler(format="fltp", layout=layout, rate=SAMPLE_RATE_HZ)
    reported_s = 0.0
    for frame in frames:
        if frame is not None:
            _check_layout(path, frame.layout.nb_channels, frame.sample_rate, limits)
            if frame.layout.nb_channels != info.channels:
                raise NotAudio(
                    f"声道数中途从 {info.channels} 变为 {frame.layout.nb_channels}",
                    hint="请重新导出为声道数固定的录音",
                    where=Where(path.name),
                )
        for piece in _resampled(path, resampler, frame):
            store.append(piece)
            if store.size > max_samples + SAMPLE_RATE_HZ // 2:
                raise _too_long(path, limits)
        if time.monotonic() > deadline:
            raise TooLong(
                f"解码超过 {limits.max_wall_s:.0f} 秒仍未完成",
                hint="请检查文件是否损坏,或分段后再导入",
                where=Where(path.name),
            )
        done_s = store.size / SAMPLE_RATE_HZ
        if report and done_s >= reported_s + 60:
            reported_s = done_s
            report(done_s)
    return store


def _frames(path: Path, container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame | None]:
    """Decoded frames, then None for the end. A damaged packet inside is skipped; one at the end is a cut file."""
    packets = bad = 0
    last_bad = False
    try:
        for packet in container.demux(stream):
            packets += packet.size > 0
            try:
                frames = packet.decode()
            except (av.error.InvalidDataError, av.error.EOFError):
                bad += 1
                last_bad = True
                continue
            last_bad = last_bad and packet.size == 0
            yield from frames
    except (av.error.InvalidDataError, av.error.EOFError, OSError) as error:
        raise _cut_off(path) from error
    if bad > max(1, _MAX_BAD_PACKETS_SHARE * packets):
        raise NotAudio(
            f"录音损坏:{packets} 个数据块中有 {bad} 个无法解码",
            hint=f"请重新导出这通录音;可用格式:{ACCEPTED_ZH}",
            where=Where(path.name),
        )
    if last_bad:
        raise _cut_off(path)
    yield None


def _resampled(path: Path, resampler: AudioResampler, frame: AudioFrame | None) -> Iterator[Samples]:
    try:
        pieces = resampler.resample(frame)
    except ValueError as error:
        raise NotAudio(
            "采样率或样本格式中途改变", hint="请重新导出为格式固定的录音", where=Where(path.name)
        ) from error
    for piece in pieces:
        # NaN or infinity in a float file would poison everything after it.
        block = np.nan_to_num(piece.to_ndarray(), nan=0.0, posinf=1.0, neginf=-1.0)
        yield np.clip(block, -1.0, 1.0).astype(np.float32)


def _info(container: InputContainer, stream: AudioStream) -> MediaInfo:
    context = stream.codec_context
    codec = _CODEC_NAMES.get(context.name, context.name)
    return MediaInfo(codec, container.format.name.split(",")[0], context.sample_rate, context.channels, 0.0)


def _declared_s(path: Path, container: InputContainer, stream: AudioStream) -> float | None:
    name = container.format.name.split(",")[0]
    if name not in _DECLARES_DURATION or (name == "mp3" and not _has_mp3_length(path)):
        return None
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None


def _has_mp3_length(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(10)
        tag = 0
        if head[:3] == b"ID3":
            tag = 10 + sum(
                (byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
            )
        file.seek(tag)
        start = file.read(_MP3_HEAD_BYTES)
    return any(mark in start for mark in (b"Xing", b"Info", b"VBRI"))


def _packets_s(container: InputContainer, stream: AudioStream, limits: Limits) -> float:
    total = 0.0
    for packet in container.demux(stream):
        if packet.duration and packet.time_base:
            total += float(packet.duration * packet.time_base)
        if total > limits.max_decoded_s + _MAX_MISSING_S:
            break
    return total


def _check_layout(path: Path, channels: int, sample_rate_hz: int, limits: Limits) -> None:
    if channels > limits.max_channels or channels < 1:
        raise TooManyChannels(
            f"录音有 {channels} 个声道,最多支持 {limits.max_channels} 个",
            hint="请导出为双声道(坐席、客户各一路)或单声道录音",
            where=Where(path.name),
        )
    if not limits.min_sample_rate_hz <= sample_rate_hz <= limits.max_sample_rate_hz:
        raise BadSampleRate(
            f"采样率为 {sample_rate_hz} Hz,允许 {limits.min_sample_rate_hz} 至 {limits.max_sample_rate_hz} Hz",
            hint="电话录音用 8000 或 16000 Hz 即可,请重新导出",
            where=Where(path.name),
        )


def _check_length(path: Path, duration_s: float, declared_s: float | None, limits: Limits) -> None:
    if duration_s == 0:
        raise EmptyAudio(
            "文件里没有任何声音数据", hint="请从录音系统重新导出这通录音", where=Where(path.name)
        )
    if declared_s and declared_s - duration_s > max(_MAX_MISSING_S, _MAX_MISSING_SHARE * declared_s):
        raise truncated(path, duration_s, declared_s)
    if duration_s < limits.min_s:
        raise TooShort(
            f"录音只有 {duration_s:.2f} 秒,至少需要 {limits.min_s:g} 秒",
            hint="这样短的录音不含对话,可从清单中去掉",
            where=Where(path.name),
        )


def _too_long(path: Path, limits: Limits) -> TooLong:
    return TooLong(
        f"录音解码后超过 {limits.max_decoded_s:.0f} 秒的上限",
        hint="请分段后再导入,或调高 CALLQA_MAX_DECODED_S",
        where=Where(path.name),
    )


def _cut_off(path: Path) -> TruncatedAudio:
    return TruncatedAudio(
        "文件不完整:末尾的数据无法解码",
        hint="请重新导出或重新传输这通录音;确认上传没有中断",
        where=Where(path.name),
    )
