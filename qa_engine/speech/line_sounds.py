"""What a line plays that is no voice: ringing, busy tones, music; told apart by frequency, cadence and continuity.

Call progress tones of mainland China are one frequency, 450 ± 25 Hz, told apart by their rhythm (GB 3380-82; ITU-T E.180
Supplement 2): ringback 1 s in 5, busy 0.35 s in 0.7, congestion 0.7 s in 1.4, dial tone without a break.

Music is what holds its frequencies: notes lie still where a voice glides. The measure is continuous frequency activation
(Seyerlehner, Pohle, Schedl & Widmer, "Automatic Music Detection in Television Productions", DAFx 2007): in each block of
2.6 s, the share of frames in which a frequency stands out of its neighbours, summed over the five steadiest. It is measured
on synthetic music and voices (docs/speech.md); singing is taken for speech as easily as by any detector of this size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from qa_engine.calls import LineKind, LineSound, Span
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.spans import intersection, total_s, union

Values = npt.NDArray[np.float32]

TONE_HZ: Final = (420.0, 480.0)
_FRAME: Final = 512  # 32 ms
_HOP: Final = 160  # 10 ms: busy tones are 350 ms long
_FRAME_S: Final = _HOP / SAMPLE_RATE_HZ
_BAND_HZ: Final = (250.0, 3500.0)
_TONE_SHARE: Final = 0.85
_QUIETEST_POWER: Final = 1e-6
_MIN_TONE_S: Final = 0.2
_MIN_BURSTS: Final = 2
_MAX_PERIOD_S: Final = 7.0
_DIAL_S: Final = 3.0
# (kind, shortest and longest sound, shortest and longest break) in seconds; networks stray by a tenth or two.
_CADENCES: Final = (
    (LineKind.RINGBACK, 0.7, 1.5, 2.5, 5.0),
    (LineKind.BUSY, 0.2, 0.5, 0.2, 0.5),
    (LineKind.BUSY, 0.5, 0.9, 0.5, 0.9),
)

_MUSIC_FRAME: Final = 1024  # 64 ms, bins of 15.6 Hz: fine enough to see a note stand still
_MUSIC_HOP: Final = 512
_BLOCK: Final = 80  # 2.6 s
_BLOCK_STEP: Final = 20
_NEIGHBOURS: Final = 21
_STANDS_OUT_DB: Final = 10.0
_STEADIEST: Final = 5
MUSIC_ACTIVATION: Final = 3.2
"""Of 5. In the sample calls' voices the highest of 1,665 blocks is 2.8, in synthetic music the lowest of 2,160 is 3.8."""
_CUT_BURST_S: Final = 0.7
_MIN_MUSIC_S: Final = 4.0
_SOUND_SHARE: Final = 0.6
MOSTLY: Final = 0.8
"""From this share on a voiced span is music: a voice over music keeps its words."""
_AT_A_TIME: Final = 4096


def nobody_spoke(sounds: Sequence[LineSound]) -> str:
    """What was heard in place of a voice, in Chinese."""
    names = {
        LineKind.BUSY: "忙音",
        LineKind.MUSIC: "音乐(彩铃)",
        LineKind.RINGBACK: "振铃",
        LineKind.DIAL: "拨号音",
        LineKind.MENU: "语音菜单",
    }
    heard = [
        f"{name} {total_s(union(Span(s.start_s, s.end_s) for s in sounds if s.kind is kind)):.0f} 秒"
        for kind, name in names.items()
        if any(s.kind is kind for s in sounds)
    ]
    return f",只有{'、'.join(heard)}" if heard else ""


def line_sounds(samples: Samples, channel: int = 0) -> tuple[LineSound, ...]:
    """Ringing, busy tones, dial tone and music of one channel, (n,) float32 at 16 kHz, in order of time.

    A run of tones is one sound from its first to its last. A single burst of 450 Hz has no rhythm and is left out, but
    for one of more than 3 s."""
    tones = _progress_tones(samples)
    music = _music(samples, tuple(span for _, span in tones))
    found = [LineSound(kind, channel, span.start_s, span.end_s) for kind, span in tones]
    found += [LineSound(LineKind.MUSIC, channel, span.start_s, span.end_s) for span in music]
    return tuple(sorted(found, key=lambda sound: sound.start_s))


def _progress_tones(samples: Samples) -> list[tuple[LineKind, Span]]:
    bursts = [span for span in _runs(_is_tone(samples)) if span.length_s >= _MIN_TONE_S]
    found: list[tuple[LineKind, Span]] = [
        (LineKind.DIAL, span) for span in bursts if span.length_s >= _DIAL_S
    ]
    for kind, shortest_s, longest_s, least_break_s, most_break_s in _CADENCES:
        fitting = [span for span in bursts if shortest_s <= span.length_s <= longest_s]
        group: list[Span] = []
        for span in fitting:
            gap_s = span.start_s - group[-1].end_s if group else 0.0
            if group and not least_break_s <= gap_s <= most_break_s:
                found += _as_one(kind, group)
                group = []
            group.append(span)
        found += _as_one(kind, group)
    return found


def _as_one(kind: LineKind, group: list[Span]) -> list[tuple[LineKind, Span]]:
    if len(group) < _MIN_BURSTS:
        return []
    return [(kind, Span(round(group[0].start_s, 2), round(group[-1].end_s, 2)))]


def _is_tone(samples: Samples) -> npt.NDArray[np.bool_]:
    """For every 10 ms whether nearly all power of the band lies about 450 Hz."""
    count = max(0, (len(samples) - _FRAME) // _HOP + 1)
    tonal = np.zeros(count, np.bool_)
    hz = np.fft.rfftfreq(_FRAME, 1 / SAMPLE_RATE_HZ)
    inside = (hz >= _BAND_HZ[0]) & (hz <= _BAND_HZ[1])
    # The window spreads a tone over two bins to either side.
    near = (hz >= TONE_HZ[0] - 62) & (hz <= TONE_HZ[1] + 62)
    hann = np.hanning(_FRAME).astype(np.float32)
    for first in range(0, count, _AT_A_TIME):
        last = min(first + _AT_A_TIME, count)
        block = np.asarray(samples[first * _HOP : (last - 1) * _HOP + _FRAME], np.float32)
        if float(np.max(np.abs(block))) ** 2 < _QUIETEST_POWER:
            continue
        frames = np.lib.stride_tricks.sliding_window_view(block, _FRAME)[::_HOP]
        loud = np.mean(np.square(frames), axis=1) > _QUIETEST_POWER
        power = np.square(np.abs(np.fft.rfft(frames * hann, axis=1)))
        total = power[:, inside].sum(axis=1) + 1e-12
        peak_hz = hz[np.where(inside, power, 0).argmax(axis=1)]
        at_450 = (peak_hz > TONE_HZ[0] - 16) & (peak_hz < TONE_HZ[1] + 16)
        tonal[first:last] = loud & at_450 & (power[:, near].sum(axis=1) / total > _TONE_SHARE)
    return tonal


def _runs(tonal: npt.NDArray[np.bool_]) -> list[Span]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], tonal, [False]]).astype(np.int8))).reshape(-1, 2)
    half_s = _FRAME / 2 / SAMPLE_RATE_HZ
    return [Span(first * _FRAME_S + half_s, (last - 1) * _FRAME_S + half_s) for first, last in edges.tolist()]


def _music(samples: Samples, tones: tuple[Span, ...]) -> tuple[Span, ...]:
    """Stretches of at least 4 s in which notes are held. A tone is no music, however still it stands."""
    activation = music_activation(samples)
    tones = union(tones)
    step_s = _BLOCK_STEP * _MUSIC_HOP / SAMPLE_RATE_HZ
    block_s = _BLOCK * _MUSIC_HOP / SAMPLE_RATE_HZ
    blocks = [
        block
        for i, value in enumerate(activation.tolist())
        if value >= MUSIC_ACTIVATION
        for block in (Span(i * step_s, i * step_s + block_s),)
        if total_s(intersection((block,), tones)) < block_s / 2
    ]
    return tuple(
        Span(round(span.start_s, 2), round(span.end_s, 2))
        for span in union(blocks, max_gap_s=block_s)
        if span.length_s >= _MIN_MUSIC_S
    )


def music_activation(samples: Samples) -> Values:
    """Continuous frequency activation (0..5) of blocks of 2.6 s that start every 0.64 s; 0 where a block is mostly
    quiet."""
    active, loud = _standing_out(samples)
    count = max(0, (len(active) - _BLOCK) // _BLOCK_STEP + 1)
    found = np.zeros(count, np.float32)
    for i in range(count):
        part = slice(i * _BLOCK_STEP, i * _BLOCK_STEP + _BLOCK)
        if loud[part].mean() < _SOUND_SHARE:
            continue
        share = active[part].mean(axis=0)
        peaks = (share[1:-1] >= share[:-2]) & (share[1:-1] > share[2:])
        found[i] = np.sort(np.where(peaks, share[1:-1], 0))[-_STEADIEST:].sum()
    return found


def _standing_out(samples: Samples) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """(frames, bins): where a frequency stands out of its neighbours; (frames,): where there is sound."""
    count = max(0, (len(samples) - _MUSIC_FRAME) // _MUSIC_HOP + 1)
    hz = np.fft.rfftfreq(_MUSIC_FRAME, 1 / SAMPLE_RATE_HZ)
    band = np.flatnonzero((hz >= _BAND_HZ[0]) & (hz <= _BAND_HZ[1]))
    active = np.zeros((count, len(band)), np.bool_)
    loud = np.zeros(count, np.bool_)
    hann = np.hanning(_MUSIC_FRAME).astype(np.float32)
    around = np.ones(_NEIGHBOURS, np.float32) / _NEIGHBOURS
    for first in range(0, count, _AT_A_TIME):
        last = min(first + _AT_A_TIME, count)
        block = np.asarray(samples[first * _MUSIC_HOP : (last - 1) * _MUSIC_HOP + _MUSIC_FRAME], np.float32)
        if float(np.max(np.abs(block))) ** 2 < _QUIETEST_POWER:
            continue
        frames = np.lib.stride_tricks.sliding_window_view(block, _MUSIC_FRAME)[::_MUSIC_HOP]
        power = np.square(np.abs(np.fft.rfft(frames * hann, axis=1)))[:, band]
        level = 10 * np.log10(power + 1e-9)
        padded = np.pad(level, ((0, 0), (_NEIGHBOURS // 2, _NEIGHBOURS // 2)), mode="edge")
        sums = np.cumsum(np.pad(padded, ((0, 0), (1, 0))), axis=1)
        usual = (sums[:, _NEIGHBOURS:] - sums[:, :-_NEIGHBOURS]) * around[0]
        loud[first:last] = np.mean(np.square(frames), axis=1) > _QUIETEST_POWER
        active[first:last] = (level - usual > _STANDS_OUT_DB) & loud[first:last, None]
    return active, loud


def without_line(speech: tuple[Span, ...], sounds: Sequence[LineSound]) -> tuple[Span, ...]:
    """Voiced spans less those that are music, which voice detectors take for a voice, and less the cut-off burst with
    which a recording ends in a busy tone."""
    tones = [Span(s.start_s, s.end_s + _CUT_BURST_S) for s in sounds if s.kind is not LineKind.MUSIC]
    return tuple(
        span
        for span in speech
        if music_share(span, sounds) < MOSTLY
        and not (
            span.length_s <= _CUT_BURST_S
            and any(t.start_s <= span.start_s and span.end_s <= t.end_s for t in tones)
        )
    )


def music_share(span: Span, sounds: Sequence[LineSound]) -> float:
    """How much of a span the line plays music, 0..1."""
    if span.length_s <= 0:
        return 0.0
    inside = [
        Span(max(s.start_s, span.start_s), min(s.end_s, span.end_s))
        for s in sounds
        if s.kind is LineKind.MUSIC and s.start_s < span.end_s and s.end_s > span.start_s
    ]
    return total_s(union(inside)) / span.length_s
