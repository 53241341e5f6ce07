"""Sound → transcript and acoustic signals: the one function behind which all of speech lies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from qa_engine.calls import CallId, Removed, Signals, Span, Transcript, Turn, Word
from qa_engine.errors import BadInput, Where
from qa_engine.speech.activity import PAD_S, voiced_spans
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Audio, Limits, Samples
from qa_engine.speech.calibration import calibration_of
from qa_engine.speech.cleanup import clean
from qa_engine.speech.endings import ending_of
from qa_engine.speech.engines.base import Recognizer, Segment
from qa_engine.speech.errors import NoSpeech
from qa_engine.speech.levels import mean_dbfs, measure_levels
from qa_engine.speech.line_sounds import line_sounds, nobody_spoke, without_line
from qa_engine.speech.loudness import programme_lufs
from qa_engine.speech.media import decode
from qa_engine.speech.mono import one_channel_turns
from qa_engine.speech.roles import INSEPARABLE_CONFIDENCE, Roles, channel_roles
from qa_engine.speech.spans import padded, total_s
from qa_engine.speech.turn_sound import turn_sounds
from qa_engine.speech.turns import group_words, join_text, tidy_words, two_sided_turns

Progress: TypeAlias = Callable[[float, float], None]

# Speech handed to the recogniser at a time: some eight full windows, so that progress and memory stay even.
BATCH_SPEECH_S: Final = 220.0


@dataclass(frozen=True, slots=True)
class Transcribed:
    """What was said, and what else the sound tells."""

    transcript: Transcript
    signals: Signals

    @property
    def dropped(self) -> Mapping[str, int]:
        """How many pieces of invented text were taken out, by reason (see `cleanup`)."""
        return Counter(piece.reason for piece in self.signals.removed)


@dataclass(frozen=True, slots=True)
class _Heard:
    """One channel: where somebody speaks, how loud, and what was said."""

    speech: tuple[Span, ...]
    loudness_dbfs: float | None
    words: tuple[Word, ...]


def transcribe_file(
    path: str | Path,
    recognizer: Recognizer,
    *,
    call_id: str,
    agent_channel: int | None = None,
    limits: Limits | None = None,
    on_progress: Progress | None = None,
) -> Transcribed:
    """`decode` and `transcribe` in one. Raises what they raise."""
    audio = decode(path, limits)
    return transcribe(
        audio, recognizer, call_id=call_id, agent_channel=agent_channel, on_progress=on_progress
    )


def transcribe(
    audio: Audio,
    recognizer: Recognizer,
    *,
    call_id: str,
    agent_channel: int | None,
    trust_channels: bool = False,
    language: str = "zh",
    prompt: str | None = None,
    on_progress: Progress | None = None,
) -> Transcribed:
    """What was said in a recording, by whom and when.

    Each channel is recognised on its own. `agent_channel` is the dialer's word on who is where; None lets the roles
    be guessed, and so does one channel; unless `trust_channels`, the words are heard about it too. `prompt` goes to
    the recogniser. `on_progress(done_s, total_s)` counts seconds of speech. The same sound and model give the same
    transcript, to the millisecond.
    Raises NoSpeech where nobody speaks, BadInput for an agent channel that is not there, and what engines raise.
    """
    channels = audio.samples.shape[0]
    if agent_channel is not None and not 0 <= agent_channel < max(channels, 2):
        raise BadInput(
            f"坐席声道为 {agent_channel},但录音只有 {channels} 个声道(从 0 数起)",
            hint="请修正清单中的 agent_channel:0、1,或留空由系统判断",
            where=Where(call_id),
        )
    levels = [measure_levels(channel) for channel in audio.samples]
    line = [line_sounds(samples, channel) for channel, samples in enumerate(audio.samples)]
    speech = [
        without_line(voiced_spans(samples, level), sounds)
        for samples, level, sounds in zip(audio.samples, levels, line, strict=True)
    ]
    if not any(speech):
        raise NoSpeech(
            f"{audio.duration_s:.1f} 秒的录音里没有人说话{nobody_spoke([sound for sounds in line for sound in sounds])}",
            hint="请确认录音线路正常;无人接听的呼叫不必导入",
        )
    report = _Report(on_progress, sum(total_s(spans) for spans in speech))

    def recognize(samples: Samples, spans: Sequence[Span]) -> tuple[Segment, ...]:
        return recognizer.recognize(samples, spans, language=language, prompt=prompt)

    quality = calibration_of(recognizer)
    removed: list[Removed] = []
    heard: list[_Heard] = []
    for channel, (samples, spans, level) in enumerate(zip(audio.samples, speech, levels, strict=True)):
        segments = _recognized(samples, spans, recognize, report)
        cleaned = clean(segments, spans, prompt=prompt or "", channel=channel)
        removed += cleaned.removed
        kept = quality.applied(cleaned.segments) if quality else cleaned.segments
        words = tidy_words((word for segment in kept for word in segment.words), spans)
        heard.append(_Heard(spans, mean_dbfs(level, spans), words))
    turns, roles = _turns(audio.samples, heard, agent_channel, trusted=trust_channels)
    transcript = Transcript(
        CallId(call_id),
        round(audio.duration_s, 3),
        turns,
        language,
        recognizer.info,
        roles.source,
        roles.confidence,
    )
    signals = Signals(
        tuple(channel.speech for channel in heard),
        tuple(channel.loudness_dbfs for channel in heard),
        ending_of(turns, sides_apart=roles.confidence > INSEPARABLE_CONFIDENCE),
        turn_sounds(audio.samples, levels, speech, turns),
        line=tuple(sorted((sound for sounds in line for sound in sounds), key=lambda s: s.start_s)),
        removed=tuple(removed),
        expected_cer=quality.expected_cer(turns) if quality else None,
        lufs=tuple(programme_lufs(channel) for channel in audio.samples),
    )
    return Transcribed(transcript, signals)


class _Report:
    """Adds up finished speech for the caller's progress display."""

    def __init__(self, on_progress: Progress | None, total_s: float) -> None:
        self._on_progress = on_progress
        self._total_s = total_s
        self._done_s = 0.0

    def add(self, seconds: float) -> None:
        self._done_s += seconds
        if self._on_progress:
            self._on_progress(round(min(self._done_s, self._total_s), 3), round(self._total_s, 3))


def _recognized(
    samples: Samples,
    spans: tuple[Span, ...],
    recognize: Callable[[Samples, Sequence[Span]], tuple[Segment, ...]],
    report: _Report,
) -> list[Segment]:
    duration_s = len(samples) / SAMPLE_RATE_HZ
    segments: list[Segment] = []
    wide = padded(spans, PAD_S, duration_s)
    for first, last in _batches(spans):
        segments += recognize(samples, wide[first:last])
        report.add(total_s(spans[first:last]))
    return segments


def _batches(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Index ranges of spans that add up to about `BATCH_SPEECH_S`."""
    ranges: list[tuple[int, int]] = []
    first, speech_s = 0, 0.0
    for index, span in enumerate(spans):
        speech_s += span.length_s
        if speech_s >= BATCH_SPEECH_S:
            ranges.append((first, index + 1))
            first, speech_s = index + 1, 0.0
    if first < len(spans):
        ranges.append((first, len(spans)))
    return ranges


def _turns(
    samples: Samples, heard: Sequence[_Heard], agent_channel: int | None, *, trusted: bool
) -> tuple[tuple[Turn, ...], Roles]:
    if len(heard) == 1:
        return one_channel_turns(samples[0], heard[0].words, heard[0].speech)
    texts = [[join_text(run) for run in group_words(channel.words)] for channel in heard]
    roles = channel_roles(texts, agent_channel, trusted=trusted)
    return two_sided_turns([channel.words for channel in heard], roles.by_index), roles
