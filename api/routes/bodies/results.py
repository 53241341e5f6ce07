"""The exchange documents as models, for the API's description and for clients made from it. They are answered as stored."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from qa_engine.language.entities import Kind


class _Open(BaseModel):
    """Newer versions may add keys."""

    model_config = ConfigDict(extra="allow")


class EvidenceBody(_Open):
    """Words or a stretch of audio; keys that do not apply are left out."""

    condition: str = Field(examples=["says"])
    text: str = Field("", examples=["我是安心保险"])
    turn: int | None = Field(None, examples=[0])
    start: int | None = Field(None, description="Character offset in the turn's text", examples=[3])
    end: int | None = Field(None, examples=[9])
    start_s: float | None = Field(None, examples=[0.5])
    end_s: float | None = Field(None, examples=[3.1])
    phrase: str | None = Field(None, examples=["我是"])
    distance: int | None = Field(None, examples=[0])
    score: float | None = Field(None, description="Likeness 0..1 to `phrase`, a script line", examples=[0.82])


class ItemBody(_Open):
    """One item judged. `credit` is None for unknown and na; `settle` lists seconds that would decide an unknown."""

    id: str = Field(examples=["opening.identity"])
    title: str = Field(examples=["开场表明公司和姓名或工号"])
    section: str = Field(examples=["opening"])
    verdict: Literal["pass", "fail", "unknown", "na"]
    credit: float | None = Field(examples=[1.0])
    weight: float = Field(examples=[10])
    auto_fail: str | None = Field(None, examples=["call"])
    reason: str = Field(examples=["听到“我是安心保险”"])
    coach: str = ""
    evidence: list[EvidenceBody]
    settle: list[tuple[float, float]] = Field(default_factory=list, examples=[[[31.2, 36.0]]])


class ObjectionBody(_Open):
    """A customer's objection; `steps` = handling step → agent's turn."""

    type: str = Field(examples=["price"])
    turn: int = Field(examples=[7])
    steps: dict[str, int] = Field(examples=[{"acknowledge": 8, "respond": 8}])
    outcome: str = Field(examples=["resolved"])
    evidence: EvidenceBody | None = Field(None, description="The words that raised it")


class PinsBody(_Open):
    """All that an evaluation depends on beside the call."""

    code: str = Field(examples=["callqa 0.1.0"])
    rubric_sha256: str = Field(examples=["9f86d081884c7d65…"])
    lexicon_sha256: str = Field(examples=["9f86d081884c7d65…"])
    engine: str = Field(examples=["faster-whisper demo"])
    zone: str = Field("", examples=["Asia/Shanghai"])
    llm: str = Field(
        "", description="Language model that answered questions of the form", examples=["qwen3-8b"]
    )


class CriticalBody(_Open):
    """The critical items of one class: how many applied, which failed, which could not be judged."""

    items: int = Field(examples=[6])
    failed: list[str] = Field(examples=[["compliance.no_abuse"]])
    unknown: list[str] = Field(examples=[[]])


class EvaluationBody(_Open):
    """`callqa.evaluation/1`: one call under one rubric, with the proof of every point."""

    format: Literal["callqa.evaluation/1"]
    call_id: str = Field(examples=["k7w3pnq8xv2m"])
    rubric: str = Field(examples=["telesales-standard"])
    version: int = Field(examples=[3])
    title: str = Field(examples=["电销通用质检表"])
    score: float | None = Field(examples=[82.0])
    score_low: float | None = Field(examples=[76.0])
    score_high: float | None = Field(examples=[88.0])
    pass_mark: float = Field(examples=[80])
    result: Literal["pass", "fail", "auto_fail", "needs_review"]
    formula: str = Field(examples=["(话术规范 45/55 + 服务态度 23/23 + 解决效率 14/22) ÷ 100 = 82"])
    auto_fails: list[str] = Field(examples=[["compliance.no_guaranteed_return"]])
    status: str = Field("active", examples=["active"])
    critical: dict[str, CriticalBody] = Field(
        default_factory=dict,
        examples=[{"compliance_critical": {"items": 6, "failed": ["compliance.no_abuse"], "unknown": []}}],
    )
    settle: list[tuple[float, float]] = Field(default_factory=list, examples=[[[31.2, 36.0]]])
    items: list[ItemBody]
    objections: list[ObjectionBody]
    signals: dict[str, float | None] = Field(examples=[{"talk_ratio": 0.58}])
    pins: PinsBody


class ProvenWordBody(_Open):
    """A word of the evidence with its milliseconds of the recording."""

    text: str = Field(examples=["您好"])
    start_ms: int = Field(examples=[500])
    end_ms: int = Field(examples=[900])
    confidence: float | None = Field(None, examples=[0.97])


class ProvenBody(EvidenceBody):
    """Evidence down to its words, where the source has word times."""

    words: list[ProvenWordBody] = Field(default_factory=list)


class ProofBody(_Open):
    """A node: a condition of the form, what it answered and why, and the conditions that it asked."""

    condition: str = Field(description="Key that stands in the form; item at the root", examples=["says"])
    truth: Literal["true", "false", "unknown", "na"]
    reason: str = Field(examples=["前 30 秒坐席说了“您好”(0:02.1)"])
    evidence: list[ProvenBody]
    settle: list[tuple[float, float]] = Field(examples=[[[31.2, 36.0]]])
    children: list[ProofBody]


class ItemProofBody(BaseModel):
    """The proof of one item."""

    id: str = Field(examples=["opening.identity"])
    verdict: Literal["pass", "fail", "unknown", "na"]
    proof: ProofBody


class ProofsBody(BaseModel):
    """Proofs in the order of the form."""

    call_id: str = Field(examples=["k7w3pnq8xv2m"])
    rubric: str = Field(examples=["telesales-standard"])
    version: int = Field(examples=[3])
    is_equal: bool = Field(description="Made again, the evaluation is the same byte for byte")
    items: list[ItemProofBody]


class SentimentBody(_Open):
    """Of a turn: label, and score in -1..1."""

    label: Literal["positive", "neutral", "negative"]
    score: float = Field(examples=[0.02])


class EntityBody(_Open):
    """A thing named in a turn, at characters `[start, end)` of the turn's original text."""

    kind: Kind = Field(examples=["name"])
    start: int = Field(examples=[10])
    end: int = Field(examples=[13])
    text: str = Field(examples=["李晓梅"])


class AnalysedTurnBody(_Open):
    """What was understood of a turn."""

    turn: int = Field(examples=[0])
    role: Literal["agent", "customer"]
    normalized: str = Field(examples=["您好,我是安心保险的李晓梅"])
    stage: str | None = Field(examples=["opening"])
    entities: list[EntityBody]
    sentiment: SentimentBody
    steps: list[str] = Field(examples=[[]])


class AnalysisBody(_Open):
    """`callqa.analysis/1`: what was understood, before any rubric."""

    format: Literal["callqa.analysis/1"]
    call_id: str = Field(examples=["k7w3pnq8xv2m"])
    turns: list[AnalysedTurnBody]
    objections: list[ObjectionBody]


class PeaksBody(BaseModel):
    """The waveform: per channel, the largest |sample| of each bucket, 0..127. `roles` names the speaker of each
    channel, null where a channel has both or nobody is known."""

    per_second: int = Field(examples=[20])
    channels: list[list[int]] = Field(examples=[[[0, 12, 90], [0, 0, 3]]])
    roles: list[Literal["agent", "customer"] | None] = Field(examples=[["agent", "customer"]])
