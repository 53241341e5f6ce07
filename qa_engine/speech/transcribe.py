"""Sound → transcript and acoustic signals: `prepare` finds out where somebody speaks, `finish` makes turns and signals of what
a recogniser heard there, `transcribe` does all of it for one call; see `transcribe_many` for a queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa_engine.calls import CallId, Corrected, LineSound, Removed, Signals, Span, Transcript, Turn, Word
from qa_engine.errors import BadInput, Where
from qa_engine.speech.activity import PAD_S, voiced_spans
from qa_engine.speech.audio import Audio, Limits, Samples
from qa_engine.speech.calibration import calibration_of
from qa_engine.speech.cleanup import clean
from qa_engine.speech.endings import ending_of
from qa_engine.speech.engines.base import Prompted, Recognizer, Segment, Voice
from qa_engine.speech.engines.batches import recognize_all
from qa_engine.speech.errors import NoSpeech
from qa_engine.speech.hot_word_repair import repaired
from qa_engine.speech.levels import Levels, mean_dbfs, measure_levels
from qa_engine.speech.line_sounds import line_sounds, nobody_spoke, without_line
from qa_engine.speech.loudness import programme_lufs
from qa_engine.speech.machines import menus
from qa_engine.speech.media import decode
from qa_engine.speech.mono import one_channel_turns
from qa_engine.speech.roles import INSEPARABLE_CONFIDENCE, Roles, channel_roles
from qa_engine.speech.spans import padded, total_s
from qa_engine.speech.turn_sound import turn_sounds
from qa_engine.speech.turns import group_words, join_text, tidy_words, two_sided_turns


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A call to be transcribed. `agent_channel` is the dialer's word on who is where; None lets the roles be guessed, and so
    does one channel; unless `trust_channels`, the words are heard about it too. `prompt` goes to the recogniser; `hot_words`
    too where it takes any, and what sounds like one is put right (`hot_word_repair`)."""

    audio: Audio
    call_id: str
    agent_channel: int | None = None
    trust_channels: bool = False
    language: str = "zh"
    prompt: str | None = None
    hot_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What is known of a recording before a word is recognised, by channel: levels, sounds of the line, speech."""

    recording: Recording
    levels: tuple[Levels, ...]
    line: tuple[tuple[LineSound, ...], ...]
    speech: tuple[tuple[Span, ...], ...]

    @property
    def speech_s(self) -> float:
        """Seconds of speech on all channels: what recognition will cost."""
        return sum(total_s(spans) for spans in self.speech)

    def prompt(self, recognizer: Recognizer) -> str | None:
        """What the recogniser is told: the given prompt, else the hot words in one of its own making."""
        ours = self.recording
        if ours.prompt is None and ours.hot_words and isinstance(recognizer, Prompted):
            return recognizer.prompt_with(ours.hot_words)
        return ours.prompt

    def echo(self, recognizer: Recognizer) -> str:
        """What the recogniser may repeat where nobody speaks."""
        if self.recording.prompt is not None:
            return self.recording.prompt
        return "".join(self.recording.hot_words) if self.prompt(recognizer) else ""

    def voices(self, recognizer: Recognizer) -> tuple[Voice, ...]:
        """What the recogniser has to hear, one a channel."""
        ours, prompt = self.recording, self.prompt(recognizer)
        return tuple(
            Voice(ours.call_id, samples, padded(spans, PAD_S, ours.audio.duration_s), ours.language, prompt)
            for samples, spans in zip(ours.audio.samples, self.speech, strict=True)
        )


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
) -> Transcribed:
    """`decode` and `transcribe` in one. Raises what they raise."""
    return transcribe(decode(path, limits), recognizer, call_id=call_id, agent_channel=agent_channel)


def transcribe(
    audio: Audio,
    recognizer: Recognizer,
    *,
    call_id: str,
    agent_channel: int | None,
    trust_channels: bool = False,
    language: str = "zh",
    prompt: str | None = None,
    hot_words: Sequence[str] = (),
) -> Transcribed:
    """What was said in a recording, by whom and when; the arguments are those of `Recording`.

    Each channel is recognised on its own. The same sound and model give the same transcript, to the millisecond.
    Raises NoSpeech where nobody speaks, BadInput for an agent channel that is not there, and what engines raise.
    """
    prepared = prepare(
        Recording(audio, call_id, agent_channel, trust_channels, language, prompt, tuple(hot_words))
    )
    heard = recognize_all(recognizer, prepared.voices(recognizer))
    return finish(prepared, heard, recognizer)


def prepare(recording: Recording) -> Prepared:
    """Where somebody speaks. Raises NoSpeech where nobody does, BadInput for an agent channel that is not there."""
    audio, agent_channel = recording.audio, recording.agent_channel
    channels = audio.samples.shape[0]
    if agent_channel is not None and not 0 <= agent_channel < max(channels, 2):
        raise BadInput(
            f"坐席声道为 {agent_channel},但录音只有 {channels} 个声道(从 0 数起)",
            hint="请修正清单中的 agent_channel:0、1,或留空由系统判断",
            where=Where(recording.call_id),
        )
    levels = tuple(measure_levels(channel) for channel in audio.samples)
    line = tuple(tuple(line_sounds(samples, channel)) for channel, samples in enumerate(audio.samples))
    speech = tuple(
        without_line(voiced_spans(samples, level), sounds)
        for samples, level, sounds in zip(audio.samples, levels, line, strict=True)
    )
    if not any(speech):
        raise NoSpeech(
            f"{audio.duration_s:.1f} 秒的录音里没有人说话{nobody_spoke([sound for sounds in line for sound in sounds])}",
            hint="请确认录音线路正常;无人接听的呼叫不必导入",
        )
    return Prepared(recording, levels, line, speech)


def finish(prepared: Prepared, heard: Sequence[Sequence[Segment]], recognizer: Recognizer) -> Transcribed:
    """Transcript and signals from what was heard on each channel."""
    ours, audio = prepared.recording, prepared.recording.audio
    quality = calibration_of(recognizer)
    echo = prepared.echo(recognizer)
    removed: list[Removed] = []
    corrected: list[Corrected] = []
    channels: list[_Heard] = []
    given = zip(heard, prepared.speech, prepared.levels, strict=True)
    for channel, (segments, spans, level) in enumerate(given):
        cleaned = clean(segments, spans, prompt=echo, channel=channel)
        removed += cleaned.removed
        kept = quality.applied(cleaned.segments) if quality else cleaned.segments
        words = tidy_words((word for segment in kept for word in segment.words), spans)
        words, changes = repaired(words, ours.hot_words, channel=channel)
        corrected += changes
        channels.append(_Heard(spans, mean_dbfs(level, spans), words))
    turns, roles = _turns(audio.samples, channels, ours.agent_channel, trusted=ours.trust_channels)
    transcript = Transcript(
        CallId(ours.call_id),
        round(audio.duration_s, 3),
        turns,
        ours.language,
        recognizer.info,
        roles.source,
        roles.confidence,
    )
    signals = Signals(
        tuple(channel.speech for channel in channels),
        tuple(channel.loudness_dbfs for channel in channels),
        ending_of(turns, sides_apart=roles.confidence > INSEPARABLE_CONFIDENCE),
        turn_sounds(audio.samples, prepared.levels, prepared.speech, turns),
        line=tuple(
            sorted(
                (*(sound for sounds in prepared.line for sound in sounds), *menus(turns)),
                key=lambda sound: sound.start_s,
            )
        ),
        removed=tuple(removed),
        expected_cer=quality.expected_cer(turns) if quality else None,
        lufs=tuple(programme_lufs(channel) for channel in audio.samples),
        corrected=tuple(corrected),
    )
    return Transcribed(transcript, signals)


def _turns(
    samples: Samples, heard: Sequence[_Heard], agent_channel: int | None, *, trusted: bool
) -> tuple[tuple[Turn, ...], Roles]:
    if len(heard) == 1:
        return one_channel_turns(samples[0], heard[0].words, heard[0].speech)
    texts = [[join_text(run) for run in group_words(channel.words)] for channel in heard]
    roles = channel_roles(texts, agent_channel, trusted=trusted)
    return two_sided_turns([channel.words for channel in heard], roles.by_index), roles
