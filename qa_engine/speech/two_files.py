"""A call that was recorded as two files, one a side → the two-channel sound that everything else works on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream

from qa_engine.errors import BadInput, Where
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Audio, Limits, Samples
from qa_engine.speech.errors import BadMedia, TooLong, TooManyChannels
from qa_engine.speech.media import decode
from qa_engine.speech.store import SampleStore

AGENT_CHANNEL: Final = 0
"""Where `join_sides` puts the agent."""
_BLOCK: Final = SAMPLE_RATE_HZ * 10
# Two channels of one recorder that differ by less than this are the same sound (one step of 16 bits).
_SAME: Final = 1 / 32_768


def decode_sides(
    agent: str | Path, customer: str | Path, limits: Limits | None = None, *, customer_offset_s: float = 0.0
) -> Audio:
    """`decode_side` of both files and `join_sides`. Raises what they raise, naming the file at fault."""
    sides = [decode_side(path, limits) for path in (agent, customer)]
    return join_sides(*sides, customer_offset_s=customer_offset_s, limits=limits)


def decode_side(path: str | Path, limits: Limits | None = None, *, name: str = "") -> Audio:
    """`decode` of a file that holds one side, as one channel. `name` is what errors call the file.

    Raises what `decode` raises, and TooManyChannels where the file holds two sides."""
    where = Where(name or Path(path).name)
    try:
        return _one_channel(decode(path, limits), where)
    except BadMedia as error:
        error.where = where
        raise


def join_sides(
    agent: Audio, customer: Audio, *, customer_offset_s: float = 0.0, limits: Limits | None = None
) -> Audio:
    """One recording of two channels, the agent on channel 0; `info` is that of the file with the higher rate.

    `customer_offset_s` is when the customer's file begins, in seconds after the agent's (negative: before). Where only
    one side was being recorded the other is digital silence. Raises TooLong, and BadInput for an offset that is no time."""
    limits = limits or Limits()
    if not abs(customer_offset_s) <= limits.max_decoded_s:
        raise BadInput(
            f"customer_offset_s 为 {customer_offset_s:g},应在 ±{limits.max_decoded_s:g} 秒之内",
            hint="填客户录音比坐席录音晚开始的秒数;早开始则为负数",
        )
    shift = round(customer_offset_s * SAMPLE_RATE_HZ)
    starts = (max(0, -shift), max(0, shift))
    lanes: tuple[Samples, Samples] = (agent.samples[0], customer.samples[0])
    length = max(start + len(lane) for start, lane in zip(starts, lanes, strict=True))
    if length > (limits.max_decoded_s + 1) * SAMPLE_RATE_HZ:
        raise TooLong(
            f"两路录音合起来有 {length / SAMPLE_RATE_HZ:.0f} 秒,超过 {limits.max_decoded_s:.0f} 秒的上限",
            hint="请核对 customer_offset_s,或调高 CALLQA_MAX_DECODED_S",
        )
    store = SampleStore(2, length)
    for first in range(0, length, _BLOCK):
        last = min(length, first + _BLOCK)
        store.append(
            np.stack([_cut(lane, first - at, last - at) for at, lane in zip(starts, lanes, strict=True)])
        )
    finer = max(agent.info, customer.info, key=lambda one: one.sample_rate_hz)
    info = replace(finer, channels=2, duration_s=round(length / SAMPLE_RATE_HZ, 3))
    return Audio(store.finish(), info)


def write_flac(audio: Audio, path: Path) -> None:
    """The sound as FLAC of 16 bits, at the rate it came with up to 16 kHz: in this form a call of two files is kept.

    At 8 kHz it takes half the room, and the empty band above 4 kHz stays empty: rounding noise there is far below what
    anybody hears, and yet it changes what a model reads."""
    layout = "stereo" if audio.samples.shape[0] == 2 else "mono"
    rate_hz = min(SAMPLE_RATE_HZ, audio.info.sample_rate_hz)
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=rate_hz, layout=layout)
        assert isinstance(stream, AudioStream)
        stream.format = "s16"
        resampler = AudioResampler(
            format="s16", layout=layout, rate=rate_hz, frame_size=stream.frame_size or 4096
        )
        for start in range(0, audio.samples.shape[1], _BLOCK):
            block = np.ascontiguousarray(audio.samples[:, start : start + _BLOCK])
            frame = AudioFrame.from_ndarray(block, format="fltp", layout=layout)
            frame.sample_rate = SAMPLE_RATE_HZ
            frame.pts = start
            for piece in resampler.resample(frame):
                container.mux(stream.encode(piece))
        for piece in resampler.resample(None):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def _cut(lane: Samples, first: int, last: int) -> Samples:
    """`lane[first:last]`, with silence where that lies outside of it."""
    inside = lane[max(0, first) : max(0, last)]
    before = min(max(0, -first), last - first)
    return np.pad(inside, (before, last - first - before - len(inside)))


def _one_channel(audio: Audio, where: Where) -> Audio:
    """Recorders that know two channels only repeat the side on both, or leave one empty: either is one side."""
    if audio.samples.shape[0] == 1:
        return audio
    first, second = audio.samples
    lane = first if not second.any() or _are_same(first, second) else second if not first.any() else None
    if lane is None:
        raise TooManyChannels(
            "文件里有两路不同的声音,而分轨录音每个文件只应有一方",
            hint="若这个文件已含双方,请只给这一个文件并注明 agent_channel",
            where=where,
        )
    return Audio(lane[None], replace(audio.info, channels=1))


def _are_same(first: Samples, second: Samples) -> bool:
    blocks = range(0, len(first), _BLOCK)
    return all(
        float(np.abs(first[at : at + _BLOCK] - second[at : at + _BLOCK]).max()) <= _SAME for at in blocks
    )
