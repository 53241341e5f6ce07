"""The exchange format of calls, `callqa.transcript/1`: also the form in which transcripts are stored.

Unknown keys are ignored so that a newer writer can be read; what is there must have the right type and order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from qa_engine.calls import (
    Call,
    CallFacts,
    CallId,
    EarlierCall,
    EngineInfo,
    FactValue,
    Role,
    RoleSource,
    Transcript,
    Turn,
    Word,
)
from qa_engine.errors import BadInput, Where

FORMAT: Literal["callqa.transcript/1"] = "callqa.transcript/1"
Seconds = Annotated[float, Field(ge=0, le=86_400)]
Confidence = Annotated[float, Field(ge=0, le=1)]
MAX_TURNS = 20_000
MAX_TURN_CHARS = 20_000
MAX_HISTORY = 1_000
MAX_HISTORY_ITEMS = 5_000


class BadTranscript(BadInput):
    """A transcript file that is not `callqa.transcript/1`."""

    code = "bad_transcript"


class WordJson(BaseModel):
    """A word with its times."""

    text: str = Field(max_length=MAX_TURN_CHARS)
    start_s: Seconds
    end_s: Seconds
    confidence: Confidence | None = None


class TurnJson(BaseModel):
    """A turn; `words` and `confidence` are optional, `spelled` is its text in the speaker's own script."""

    role: Role
    start_s: Seconds
    end_s: Seconds
    text: str = Field(max_length=MAX_TURN_CHARS)
    confidence: Confidence | None = None
    channel: int | None = Field(default=None, ge=0, le=7)
    spelled: str | None = Field(default=None, max_length=MAX_TURN_CHARS)
    words: list[WordJson] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ends_after_start(self) -> TurnJson:
        if self.end_s < self.start_s:
            raise ValueError(f"end_s {self.end_s} is before start_s {self.start_s}")
        return self


class EngineJson(BaseModel):
    """Which recogniser made it."""

    name: str = "imported"
    model: str = ""
    version: str = ""
    demo: bool = False


class FactsJson(BaseModel):
    """Dialer and CRM facts; further scalar keys are kept as extra facts."""

    model_config = ConfigDict(extra="allow")
    agent_id: str | None = None
    agent_name: str | None = None
    team_id: str | None = None
    campaign: str | None = None
    direction: str | None = None
    started_at: AwareDatetime | None = None
    disposition: str | None = None
    customer_id: str | None = None


class EarlierCallJson(BaseModel):
    """An earlier call to the same customer. What is left out is unknown; an empty list or mapping is known."""

    started_at: AwareDatetime | None = None
    disposition: str | None = None
    agent_id: str | None = None
    objections: list[str] | None = Field(default=None, max_length=MAX_HISTORY_ITEMS)
    results: dict[str, str] | None = Field(default=None, max_length=MAX_HISTORY_ITEMS)
    verdicts: dict[str, str] | None = Field(default=None, max_length=MAX_HISTORY_ITEMS)


class TranscriptJson(BaseModel):
    """A whole `callqa.transcript/1` document."""

    format: Literal["callqa.transcript/1"]
    call_id: str = Field(min_length=1, max_length=200)
    language: str = "zh"
    duration_s: Seconds
    turns: list[TurnJson] = Field(max_length=MAX_TURNS)
    facts: FactsJson = Field(default_factory=FactsJson)
    history: list[EarlierCallJson] | None = Field(default=None, max_length=MAX_HISTORY)
    engine: EngineJson = Field(default_factory=EngineJson)
    role_source: RoleSource = RoleSource.IMPORTED
    role_confidence: Confidence = 1.0


def _turn(turn: TurnJson) -> Turn:
    words = tuple(Word(w.text, w.start_s, w.end_s, w.confidence) for w in turn.words)
    return Turn(
        turn.role, turn.start_s, turn.end_s, turn.text, turn.confidence, words, turn.channel, turn.spelled
    )


def facts_from_json(facts: FactsJson) -> CallFacts:
    """Facts as plain values; extra keys that are not scalars are dropped."""
    extra: dict[str, FactValue] = {
        key: value
        for key, value in (facts.model_extra or {}).items()
        if value is None or isinstance(value, str | int | float | bool)
    }
    return CallFacts(
        agent_id=facts.agent_id,
        agent_name=facts.agent_name,
        team_id=facts.team_id,
        campaign=facts.campaign,
        direction=facts.direction,
        started_at=facts.started_at,
        disposition=facts.disposition,
        customer_id=facts.customer_id,
        extra=extra,
    )


def parse_call(data: str | bytes, *, file: str | None = None) -> Call:
    """Reads one `callqa.transcript/1` document. Raises `BadTranscript` naming file and place.

    Turns are returned in order of start time whatever their order in the file."""
    try:
        document = TranscriptJson.model_validate(json.loads(data))
    except UnicodeDecodeError as error:
        raise BadTranscript(
            f"文件不是 UTF-8 编码(第 {error.start} 字节)",
            hint="请另存为 UTF-8 编码的 JSON",
            where=Where(file),
        ) from error
    except json.JSONDecodeError as error:
        raise BadTranscript(
            f"不是合法的 JSON:{error.msg}",
            hint="请检查该处的括号、引号和逗号",
            where=Where(file, error.lineno, error.colno),
        ) from error
    except RecursionError as error:
        raise BadTranscript("JSON 嵌套过深", hint=f"需要 {FORMAT} 文档", where=Where(file)) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "文档"
        raise BadTranscript(
            f"{place}:{first['msg']}", hint=f"格式见文档中的 {FORMAT}", where=Where(file)
        ) from error
    turns = tuple(sorted((_turn(t) for t in document.turns), key=lambda t: t.start_s))
    end_s = max((t.end_s for t in turns), default=0.0)
    transcript = Transcript(
        CallId(document.call_id),
        max(document.duration_s, end_s),
        turns,
        document.language,
        EngineInfo(
            document.engine.name, document.engine.model, document.engine.version, document.engine.demo
        ),
        document.role_source,
        document.role_confidence,
    )
    return Call(transcript, facts_from_json(document.facts), history=_history(document.history))


def _history(earlier: list[EarlierCallJson] | None) -> tuple[EarlierCall, ...] | None:
    """Oldest first; calls without a time before all others."""
    if earlier is None:
        return None
    calls = [
        EarlierCall(
            call.started_at,
            call.disposition,
            call.agent_id,
            None if call.objections is None else tuple(call.objections),
            call.results,
            call.verdicts,
        )
        for call in earlier
    ]
    return tuple(sorted(calls, key=lambda c: c.started_at.timestamp() if c.started_at else 0.0))


def history_from_json(history: Sequence[object]) -> tuple[EarlierCall, ...]:
    """Earlier calls from JSON values, oldest first."""
    return _history([EarlierCallJson.model_validate(call) for call in history]) or ()


def _without_none(values: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not None}


def _word_json(word: Word) -> dict[str, object]:
    return _without_none(
        {"text": word.text, "start_s": word.start_s, "end_s": word.end_s, "confidence": word.confidence}
    )


def _turn_json(turn: Turn) -> dict[str, object]:
    return _without_none(
        {
            "role": turn.role.value,
            "start_s": turn.start_s,
            "end_s": turn.end_s,
            "text": turn.text,
            "confidence": turn.confidence,
            "channel": turn.channel,
            "spelled": turn.spelled,
            "words": [_word_json(word) for word in turn.words] or None,
        }
    )


def facts_json(facts: CallFacts) -> dict[str, object]:
    """Facts that are known, as JSON values."""
    started_at: datetime | None = facts.started_at
    return _without_none(
        {
            "agent_id": facts.agent_id,
            "agent_name": facts.agent_name,
            "team_id": facts.team_id,
            "campaign": facts.campaign,
            "direction": facts.direction,
            "started_at": started_at.isoformat() if started_at else None,
            "disposition": facts.disposition,
            "customer_id": facts.customer_id,
            **facts.extra,
        }
    )


def history_json(history: Sequence[EarlierCall]) -> list[dict[str, object]]:
    """Earlier calls as JSON values, what is not known left out."""
    return [
        _without_none(
            {
                "started_at": call.started_at.isoformat() if call.started_at else None,
                "disposition": call.disposition,
                "agent_id": call.agent_id,
                "objections": None if call.objections is None else list(call.objections),
                "results": None if call.results is None else dict(call.results),
                "verdicts": None if call.verdicts is None else dict(call.verdicts),
            }
        )
        for call in history
    ]


def transcript_json(transcript: Transcript, facts: CallFacts | None = None) -> dict[str, object]:
    """The `callqa.transcript/1` document of a transcript."""
    engine = transcript.engine
    return {
        "format": FORMAT,
        "call_id": str(transcript.call_id),
        "language": transcript.language,
        "duration_s": transcript.duration_s,
        "engine": {
            "name": engine.name,
            "model": engine.model,
            "version": engine.version,
            "demo": engine.demo,
        },
        "role_source": transcript.role_source.value,
        "role_confidence": transcript.role_confidence,
        "turns": [_turn_json(turn) for turn in transcript.turns],
        "facts": facts_json(facts) if facts else {},
    }
