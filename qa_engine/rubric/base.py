"""What every condition shares: strict models, who spoke, where to look, and how the parts are named.

A condition is a mapping with the condition's name as its key (`says: {…}`), or an order with its key words
(`after`, `expect`, `within`). Each model also knows how to become a judge (`compile`), so that a family of
conditions lives in one file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from qa_engine.rubric.problems import did_you_mean

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder
    from qa_engine.scoring.outcome import Judge


@dataclass(slots=True)
class Reading:
    """Validation context: what is known while a file is read. `readers` maps id(mapping) → model; `phrases` and
    `conditions` are the names that exist (None: not checked)."""

    readers: dict[int, type[Strict]] = field(default_factory=dict)
    phrases: frozenset[str] | None = None
    conditions: frozenset[str] | None = None


class Strict(BaseModel):
    """A closed vocabulary: unknown keys are errors, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def _remember(cls, value: object, info: ValidationInfo) -> object:
        """Notes which model read which mapping, so that an unknown key can be answered with the keys allowed."""
        if isinstance(info.context, Reading):
            info.context.readers[id(value)] = cls
        return value

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """Keys that may be written."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())


Number = Annotated[float, Field(strict=True)]
Seconds = Annotated[float, Field(strict=True, ge=0, le=86_400)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Percent = Annotated[float, Field(strict=True, ge=0, le=100)]
Whole = Annotated[int, Field(strict=True)]
Times = Annotated[int, Field(strict=True, ge=0, le=10_000)]
Flag = Annotated[bool, Field(strict=True)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.\-]{0,99}$")]
By: TypeAlias = Literal["agent", "customer", "anyone"]
Side: TypeAlias = Literal["agent", "customer"]
StageName: TypeAlias = Literal["opening", "discovery", "pitch", "objection", "closing", "farewell"]
VerdictName: TypeAlias = Literal["pass", "fail", "unknown", "na"]


def as_list(value: object) -> object:
    """One thing may be written without the brackets of a list."""
    return value if isinstance(value, list | tuple) else [value]


def known_phrase_list(text: str, info: ValidationInfo) -> str:
    """Refuses `$名字` of a list that is not there, and what holds nothing that could be heard."""
    known = info.context.phrases if isinstance(info.context, Reading) else None
    if text.startswith("$") and known is not None and text[1:] not in known:
        hint = did_you_mean(text, [f"${name}" for name in known])
        raise PydanticCustomError("unknown_phrases", "没有名为 {name} 的词表", {"name": text, "hint": hint})
    if not any(char.isalnum() for char in text):
        raise PydanticCustomError("empty_phrase", "短语“{text}”里没有可读的字", {"text": text})
    return text


PhraseText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64),
    AfterValidator(known_phrase_list),
]
PhraseList = Annotated[
    tuple[PhraseText, ...],
    BeforeValidator(as_list, json_schema_input_type=str | list[str]),
    Field(min_length=1, max_length=5_000),
]
"""Phrases and `$名字` references, resolved when the rubric is compiled. A `$名字` counts as one member: in
`all_of` it asks for any phrase of that list."""


class Within(Strict):
    """Where to look. Several limits together mean all of them.

    `first_s` / `last_s` and `percent` count from the first to the last word of the conversation (ringing before
    it does not use up the opening); `from_s` / `to_s` are seconds of the recording.
    """

    first_s: Seconds | None = None
    last_s: Seconds | None = None
    from_s: Seconds | None = None
    to_s: Seconds | None = None
    percent: tuple[Percent, Percent] | None = None
    """`[0, 33]` = the first third of the conversation."""
    turns: Annotated[int, Field(strict=True)] | tuple[Whole, Whole] | None = None
    """`5` = the first five turns, `-5` = the last five, `[2, 6]` = the second to the sixth."""
    stage: (
        Annotated[
            tuple[StageName, ...],
            BeforeValidator(as_list, json_schema_input_type=StageName | list[StageName]),
        ]
        | None
    ) = None
    """Only turns of these stages of the call."""

    @model_validator(mode="after")
    def _possible(self) -> Within:
        if not self.model_fields_set:
            raise PydanticCustomError("empty_within", "within 里没有写范围")
        if self.from_s is not None and self.to_s is not None and self.from_s >= self.to_s:
            raise PydanticCustomError("contradictory_window", "from_s 必须小于 to_s")
        if self.percent and self.percent[0] >= self.percent[1]:
            raise PydanticCustomError("contradictory_window", "percent 的起点必须小于终点")
        if isinstance(self.turns, tuple) and not 1 <= self.turns[0] <= self.turns[1]:
            raise PydanticCustomError("contradictory_window", "turns 应写成 [从第几句, 到第几句],从 1 数起")
        if self.turns == 0:
            raise PydanticCustomError("contradictory_window", "turns 不能是 0")
        return self


class Distance(Strict):
    """How far apart two things may be: seconds between the end of one and the start of the other, and turns
    counted as changes of speaker (turns of one speaker in a row are one)."""

    turns: Annotated[int, Field(strict=True, ge=0, le=1_000)] | None = None
    seconds: Seconds | None = None

    @model_validator(mode="after")
    def _limits(self) -> Distance:
        if self.turns is None and self.seconds is None:
            raise PydanticCustomError("empty_within", "within 要写 turns 或 seconds")
        return self


class Range(Strict):
    """A closed range of numbers."""

    min: Number | None = None
    max: Number | None = None

    @model_validator(mode="after")
    def _possible(self) -> Range:
        if self.min is None and self.max is None:
            raise PydanticCustomError("empty_range", "范围要写 min 或 max")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise PydanticCustomError("contradictory_window", "min 不能大于 max")
        return self


class Count(Strict):
    """How often it must happen; both ends included."""

    min: Times | None = None
    max: Times | None = None

    @model_validator(mode="after")
    def _possible(self) -> Count:
        if self.min is None and self.max is None:
            raise PydanticCustomError("empty_range", "count 要写 min 或 max")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise PydanticCustomError("contradictory_window", "min 不能大于 max")
        return self


class ConditionModel(Strict):
    """Base of all conditions. `tag` is the key by which a mapping is recognised as this condition."""

    tag: ClassVar[str]
    can_anchor: ClassVar[bool] = True
    """Whether it happens at a moment, so that an order may start from it."""

    @property
    def only_words(self) -> bool:
        """Whether it looks for phrases anywhere in the call, and at nothing else (its parts tell for themselves)."""
        return False

    def compile(self, builder: Builder) -> Judge:
        """The judge of this condition: (scene, window) → outcome."""
        raise NotImplementedError


class Leaf(Strict):
    """Keys that every leaf takes."""

    by: By = "anyone"
    """Who must say or do it."""
    within: Within | None = None
    """Where to look; the whole call if left out."""
    count: Count | None = None
    """How often it must happen; at least once if left out."""
    min_confidence: Share | None = None
    """Words recognised with less confidence decide nothing (they make it unknown). 0.5 if left out."""


if TYPE_CHECKING:
    Condition: TypeAlias = ConditionModel
    """Any condition. At run time the registry puts the union of all families here."""
