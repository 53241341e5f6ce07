"""What was understood of a call before any rubric, and its exchange format `callqa.analysis/1`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, Field, ValidationError

from qa_engine.calls import Call, CallId, Role
from qa_engine.errors import BadInput
from qa_engine.language.entities import Entity, Kind, find_entities
from qa_engine.language.normalize import Normalized, normalize_all
from qa_engine.language.sentiment import Label, Mood, Scorer, Sentiment, mood, table_scores, window_sentiments
from qa_engine.language.stages import Stage, stages
from qa_engine.objections import Taxonomy, find_objections
from qa_engine.objections.taxonomy import STEPS
from qa_engine.scoring.evaluation import Evidence, ObjectionFound
from qa_engine.values import value

FORMAT: Literal["callqa.analysis/1"] = "callqa.analysis/1"


class BadAnalysis(BadInput):
    """A document that is not `callqa.analysis/1`."""

    code = "bad_analysis"


@value
class TurnAnalysis:
    """A turn understood. `normalized` is its normal form, `sentiment` that of its window, `steps` the handling steps
    that the agent takes in it."""

    turn: int
    role: Role
    normalized: str
    stage: Stage
    sentiment: Sentiment
    entities: tuple[Entity, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """A call understood. `signals` are measured figures (None = not measured). `doubted` may be objections or not."""

    call_id: CallId
    turns: tuple[TurnAnalysis, ...]
    speakers: Mapping[Role, Mood]
    objections: tuple[ObjectionFound, ...]
    signals: Mapping[str, float | None] = field(default_factory=dict)
    doubted: tuple[ObjectionFound, ...] = ()


def is_handled(objection: ObjectionFound) -> bool:
    """Whether the agent acknowledged and responded."""
    return {"acknowledge", "respond"} <= objection.steps.keys()


def analyze(
    call: Call,
    taxonomy: Taxonomy,
    *,
    signals: Mapping[str, float | None] | None = None,
    normals: Sequence[Normalized] | None = None,
    scorer: Scorer = table_scores,
    entities: bool = True,
) -> Analysis:
    """Understands a call. `signals` are the figures of `qa_engine.speech.signals.measure`, `normals` the turns' normal
    forms where the caller has them already. Without `entities` none are looked for, which saves scoring the work."""
    turns = call.transcript.turns
    forms = normals if normals is not None else normalize_all([turn.text for turn in turns])
    heard = find_objections(turns, taxonomy, normals=forms)
    objections = heard.found
    named = find_entities(turns, normals=forms) if entities else ((),) * len(turns)
    sentiments = window_sentiments(turns, normals=forms, scorer=scorer)
    steps = _steps_by_turn(objections)
    understood = tuple(
        TurnAnalysis(number, turn.role, form.text, stage, sentiment, own, steps.get(number, ()))
        for number, (turn, form, stage, sentiment, own) in enumerate(
            zip(turns, forms, stages(turns, forms, objections), sentiments, named, strict=True)
        )
    )
    speakers = {role: mood(turns, sentiments, role) for role in Role}
    return Analysis(call.call_id, understood, speakers, objections, dict(signals or {}), heard.doubted)


def _steps_by_turn(objections: Sequence[ObjectionFound]) -> Mapping[int, tuple[str, ...]]:
    taken: dict[int, set[str]] = {}
    for objection in objections:
        for step, turn in objection.steps.items():
            taken.setdefault(turn, set()).add(step)
    return {turn: tuple(step for step in STEPS if step in steps) for turn, steps in taken.items()}


def analysis_json(analysis: Analysis) -> dict[str, object]:
    """The `callqa.analysis/1` document."""
    return {
        "format": FORMAT,
        "call_id": str(analysis.call_id),
        "turns": [
            {
                "turn": turn.turn,
                "role": turn.role.value,
                "normalized": turn.normalized,
                "stage": turn.stage,
                "entities": [asdict(entity) for entity in turn.entities],
                "sentiment": asdict(turn.sentiment),
                "steps": list(turn.steps),
            }
            for turn in analysis.turns
        ],
        "speakers": {role.value: {"sentiment": asdict(curve)} for role, curve in analysis.speakers.items()},
        "objections": list(map(_objection_json, analysis.objections)),
        "doubted": list(map(_objection_json, analysis.doubted)),
        "signals": dict(analysis.signals),
    }


def _objection_json(objection: ObjectionFound) -> dict[str, object]:
    return {
        "type": objection.type,
        "turn": objection.turn,
        "handled": is_handled(objection),
        "steps": dict(objection.steps),
        "outcome": objection.outcome,
        "evidence": None if objection.evidence is None else asdict(objection.evidence),
        "sure": objection.sure,
    }


class _SentimentJson(BaseModel):
    label: Literal["positive", "negative", "neutral"]
    score: Annotated[float, Field(ge=-1, le=1)]


class _EntityJson(BaseModel):
    kind: Kind
    start: int
    end: int
    text: str


class _TurnJson(BaseModel):
    turn: int
    role: Role
    normalized: str
    stage: str
    entities: list[_EntityJson] = Field(default_factory=list)
    sentiment: _SentimentJson
    steps: list[str] = Field(default_factory=list)


class _MoodJson(BaseModel):
    start: float | None = None
    end: float | None = None
    shift: float | None = None
    mean: float | None = None


class _SpeakerJson(BaseModel):
    sentiment: _MoodJson


class _EvidenceJson(BaseModel):
    condition: str
    text: str = ""
    turn: int | None = None
    start: int | None = None
    end: int | None = None
    start_s: float | None = None
    end_s: float | None = None
    phrase: str | None = None
    distance: int | None = None


class _ObjectionJson(BaseModel):
    type: str
    turn: int
    steps: dict[str, int] = Field(default_factory=dict)
    outcome: str
    evidence: _EvidenceJson | None = None
    sure: bool = True

    def found(self) -> ObjectionFound:
        evidence = Evidence(**self.evidence.model_dump()) if self.evidence else None
        return ObjectionFound(self.type, self.turn, self.steps, self.outcome, evidence, self.sure)


class _AnalysisJson(BaseModel):
    format: Literal["callqa.analysis/1"]
    call_id: str
    turns: list[_TurnJson]
    speakers: dict[Role, _SpeakerJson] = Field(default_factory=dict)
    objections: list[_ObjectionJson] = Field(default_factory=list)
    doubted: list[_ObjectionJson] = Field(default_factory=list)
    signals: dict[str, float | None] = Field(default_factory=dict)


def _stage(name: str) -> Stage:
    for stage in get_args(Stage):
        if stage == name:
            known: Stage = stage
            return known
    raise BadAnalysis(f"未知的阶段:{name}", hint=f"可用:{'、'.join(get_args(Stage))}")


def _label(name: Label, score: float) -> Sentiment:
    return Sentiment(name, score)


def parse_analysis(document: Mapping[str, object]) -> Analysis:
    """Reads `callqa.analysis/1`. Raises `BadAnalysis`."""
    try:
        read = _AnalysisJson.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "文档"
        raise BadAnalysis(f"{place}:{first['msg']}", hint=f"格式见文档中的 {FORMAT}") from error
    turns = tuple(
        TurnAnalysis(
            turn.turn,
            turn.role,
            turn.normalized,
            _stage(turn.stage),
            _label(turn.sentiment.label, turn.sentiment.score),
            tuple(Entity(e.kind, e.start, e.end, e.text) for e in turn.entities),
            tuple(turn.steps),
        )
        for turn in read.turns
    )
    speakers = {
        role: Mood(s.sentiment.start, s.sentiment.end, s.sentiment.shift, s.sentiment.mean)
        for role, s in read.speakers.items()
    }
    objections, doubted = (tuple(o.found() for o in found) for found in (read.objections, read.doubted))
    return Analysis(CallId(read.call_id), turns, speakers, objections, read.signals, doubted)
