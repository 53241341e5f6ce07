"""The vocabulary: what a call is, in plain values. Times are seconds from the start of the recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NewType, TypeAlias

from qa_engine.values import value

CallId = NewType("CallId", str)

FactValue: TypeAlias = str | int | float | bool | None
NO_FACTS: Mapping[str, FactValue] = MappingProxyType({})


class Role(StrEnum):
    """Who speaks."""

    AGENT = "agent"
    CUSTOMER = "customer"


class RoleSource(StrEnum):
    """How roles were decided: by the dialer's channel map, by guess from what is said, by the importer, or swapped
    against the map or the importer because of what is said."""

    CHANNEL = "channel"
    GUESS = "guess"
    IMPORTED = "imported"
    SWAPPED = "swapped"


class Ending(StrEnum):
    """What kind of recording it turned out to be."""

    CONVERSATION = "conversation"
    NO_CONVERSATION = "no_conversation"


@value
class Word:
    """One recognised word. `confidence` is in 0..1; None where the source gives none. `spelled` is the word in the script
    that the recogniser wrote, where that is not the one that rules read (Simplified)."""

    text: str
    start_s: float
    end_s: float
    confidence: float | None = None
    spelled: str | None = None


@value
class Turn:
    """An uninterrupted stretch of one speaker. `words`, where present, concatenate to `text` but for spaces
    and punctuation, are ordered and lie inside the turn. `channel` is the 0-based audio channel, None if unknown.
    `spelled` is `text` in the speaker's own script, for people to read, where that is another."""

    role: Role
    start_s: float
    end_s: float
    text: str
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    channel: int | None = None
    spelled: str | None = None

    @property
    def shown(self) -> str:
        """What people read. Places in it are places in `text`: where the scripts differ in length it is `text`."""
        return self.spelled if self.spelled and len(self.spelled) == len(self.text) else self.text


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Which recogniser made a transcript. `demo` marks the model that knows only the sample voices."""

    name: str
    model: str = ""
    version: str = ""
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. `role_confidence` in 0..1 is below 1 only where roles were guessed, swapped or contradicted."""

    call_id: CallId
    duration_s: float
    turns: tuple[Turn, ...]
    language: str = "zh"
    engine: EngineInfo = EngineInfo("imported")
    role_source: RoleSource = RoleSource.IMPORTED
    role_confidence: float = 1.0


@value
class Span:
    """A stretch of time of one speaker or of nobody: silence, speech, overlap."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class TurnSound:
    """How a turn sounds. Levels are dB relative to full scale over the voiced part, changes are last third minus first
    third, pitch is in Hz and its range and change in semitones. None where too little of the turn is voiced."""

    loudness_dbfs: float | None = None
    loudness_change_db: float | None = None
    peak_dbfs: float | None = None
    pitch_hz: float | None = None
    pitch_range_st: float | None = None
    pitch_change_st: float | None = None


class LineKind(StrEnum):
    """What a line plays that is no voice of the two sides."""

    RINGBACK = "ringback"
    BUSY = "busy"
    DIAL = "dial"
    MUSIC = "music"
    MENU = "menu"


@dataclass(frozen=True, slots=True)
class LineSound:
    """Ringing, a busy tone, music… on a channel. Music before the first words is a ringback song (彩铃), later music is
    heard while somebody is on hold. A menu (IVR) is a voice, but nobody's of the two."""

    kind: LineKind
    channel: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Removed:
    """Text that the recogniser made up and that was taken out, with the reason (see `qa_engine/speech/cleanup.py`)."""

    reason: str
    channel: int
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A hot word of the campaign that the recogniser wrote otherwise: what it `heard`, and what was `written` instead."""

    channel: int
    start_s: float
    end_s: float
    heard: str
    written: str


@dataclass(frozen=True, slots=True)
class Signals:
    """Acoustic facts of a call. Missing (None in place of the object or a field) means *not measured*,
    which makes conditions on it unknown: an imported transcript has no loudness.

    `speech` — voiced spans by channel; `loudness_dbfs` — mean level of the voiced part by channel, dB relative
    to full scale; `ending` — whether two people talked at all; `turns` — how each turn of the transcript sounds, in its
    order, empty where that was not measured; `line` — tones and music; `removed` — text that was taken out;
    `expected_cer` — the share of characters that recognition is expected to have got wrong, None where the model's
    confidence is not calibrated; `lufs` — programme loudness by channel (ITU-R BS.1770); `corrected` — hot words put right.
    """

    speech: tuple[tuple[Span, ...], ...] = ()
    loudness_dbfs: tuple[float | None, ...] = ()
    ending: Ending = Ending.CONVERSATION
    turns: tuple[TurnSound, ...] = ()
    line: tuple[LineSound, ...] = ()
    removed: tuple[Removed, ...] = ()
    expected_cer: float | None = None
    lufs: tuple[float | None, ...] = ()
    corrected: tuple[Corrected, ...] = ()


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What dialer and CRM know about the call. Every field may be missing; `extra` holds further columns."""

    agent_id: str | None = None
    agent_name: str | None = None
    team_id: str | None = None
    campaign: str | None = None
    direction: str | None = None
    started_at: datetime | None = None
    disposition: str | None = None
    customer_id: str | None = None
    extra: Mapping[str, FactValue] = field(default_factory=lambda: NO_FACTS)


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """What is kept of an earlier call to the same customer: enough to ask how it went, none of its words.

    `objections` are types of the taxonomy, `verdicts` maps item → pass | fail | unknown | na, `results` rubric → result;
    None where the call was not analysed or scored, which is not the same as empty."""

    started_at: datetime | None = None
    disposition: str | None = None
    agent_id: str | None = None
    objections: tuple[str, ...] | None = None
    results: Mapping[str, str] | None = None
    verdicts: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """All that a score may depend on. `signals` is None for transcripts that came without audio; `history` holds the
    earlier calls to the customer, oldest first: empty where there are none, None where nobody looked."""

    transcript: Transcript
    facts: CallFacts = CallFacts()
    signals: Signals | None = None
    history: tuple[EarlierCall, ...] | None = None

    @property
    def call_id(self) -> CallId:
        return self.transcript.call_id
