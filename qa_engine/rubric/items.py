"""One question of a form: what it asks, what it weighs, and the one way in which it is decided."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.rubric.base import Flag, Name, Number, Share, Strict, Text
from qa_engine.rubric.conditions import Condition
from qa_engine.rubric.conditions.flow import FlowSpec
from qa_engine.rubric.signal_names import SignalName

WAYS = ("pass_when", "fail_when", "graded", "measure", "flow", "deduct", "bonus", "manual")
Points = Annotated[float, Field(strict=True, gt=0, le=100)]


class Cap(Strict):
    """The score may not exceed this."""

    cap: Annotated[float, Field(strict=True, ge=0, le=100)]


class Grade(Strict):
    """A step of `graded`; the last one may be `{otherwise: credit}`."""

    when: Condition | None = None
    credit: Share | None = None
    otherwise: Share | None = None

    @model_validator(mode="after")
    def _step(self) -> Grade:
        if (self.otherwise is None) == (self.when is None) or (self.when is None) != (self.credit is None):
            raise PydanticCustomError("bad_grade", "每一档写 {when, credit},最后一档可写 {otherwise}")
        return self


class Measure(Strict):
    """A measured signal turned into credit.

    `points` are `[value, credit]`, values rising; between two points the credit is interpolated, outside it stays
    that of the nearest. Shares (`objections_…_share`, `talk_ratio`, `silence_ratio`) are their own credit if
    `points` is left out.
    """

    signal: SignalName
    points: Annotated[tuple[tuple[Number, Share], ...], Field(min_length=1, max_length=50)] | None = None
    interpolate: Literal["linear", "step"] = "linear"
    """step: the credit of the last point whose value is reached."""
    doubt: Flag = True
    """For `objections_…_share`: doubtful objections leave the credit open. false: they count as the taxonomy decides."""

    @model_validator(mode="after")
    def _rising(self) -> Measure:
        if self.points is None and not self.signal.endswith(("_share", "_ratio")):
            raise PydanticCustomError("no_points", "measure 要写 points:[[数值, 得分比例], …]")
        values = [value for value, _ in self.points or ()]
        if any(later <= earlier for earlier, later in pairwise(values)):
            raise PydanticCustomError("contradictory_window", "points 的数值必须递增")
        return self


class Adjustment(Strict):
    """Points taken from (`deduct`) or added to (`bonus`) the score of 0..100."""

    when: Condition
    points: Points
    per: Literal["hit", "once"] = "hit"
    """hit: for every occurrence, up to `cap`; once: once a call."""
    cap: Points | None = None
    """Most points in all."""


class ManualOption(Strict):
    """An answer and what it is worth."""

    label: Text
    credit: Share | None = None


class Manual(Strict):
    """A question that a person answers; unknown until then."""

    type: Literal["yes_no", "single", "multi", "number", "text", "date"] = "yes_no"
    question: Text | None = None
    options: Annotated[tuple[ManualOption, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _answers(self) -> Manual:
        if self.type in {"single", "multi"} and not self.options:
            raise PydanticCustomError("no_options", "单选、多选要写 options")
        return self


ExampleLines: TypeAlias = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=5_000)], ...], Field(max_length=500)
]


class Examples(Strict):
    """Sentences that are tests: `坐席:…` / `客户:…`, several joined with ` / `. `known_miss` holds sentences that are
    known to come out wrong: kept visible with the verdict they get, never a failure."""

    pass_: Annotated[ExampleLines, Field(alias="pass")] = ()
    fail: ExampleLines = ()
    na: ExampleLines = ()
    unknown: ExampleLines = ()
    known_miss: ExampleLines = ()


def _auto_fail_kind(value: object) -> str:
    return "<cap>" if isinstance(value, dict | Cap) else "<word>"


def _manual(value: object) -> object:
    return {} if value is True else value


class Item(Strict):
    """A question of the form. Exactly one of `pass_when`, `fail_when`, `graded`, `measure`, `flow`, `deduct`,
    `bonus`, `manual` decides it."""

    id: Name
    title: Text
    weight: Annotated[float, Field(strict=True, ge=0, le=100)] = 0.0
    """Points of the 100 that live items share."""
    auto_fail: (
        Annotated[
            Annotated[Literal["call", "section"], Tag("<word>")] | Annotated[Cap, Tag("<cap>")],
            Discriminator(_auto_fail_kind),
        ]
        | None
    ) = None
    """What a fail does beside its weight: the call fails with score 0, the section counts 0, or the score is capped."""
    severity: Literal["customer_critical", "business_critical", "compliance_critical"] | None = None
    trial: Flag = False
    """true: judged and shown, but weighs nothing and fails nothing."""
    why: str = ""
    """Where the rule comes from."""
    coach: str = ""
    """What to tell the agent."""
    na_when: Condition | None = None
    """The item does not apply where this is true."""
    applies_when: Condition | None = None
    """The item applies only where this is true."""
    pass_when: Condition | None = None
    fail_when: Condition | None = None
    graded: Annotated[tuple[Grade, ...], Field(min_length=1, max_length=50)] | None = None
    """The first step whose `when` is true gives the credit."""
    otherwise: Share | None = None
    """Credit where no step of `graded` is true; 0 if left out."""
    measure: Measure | None = None
    flow: FlowSpec | None = None
    """The share of the weighted steps passed on the path that the call took is the credit."""
    deduct: Adjustment | None = None
    bonus: Adjustment | None = None
    manual: Annotated[Manual | None, BeforeValidator(_manual, json_schema_input_type=bool | Manual)] = None
    pass_from: Annotated[float, Field(strict=True, gt=0, le=1)] = 0.5
    """From which credit on a `graded`, `measure` or `flow` item counts as passed."""
    examples: Examples | None = None

    @property
    def way(self) -> str:
        """The key that decides this item."""
        return next(way for way in WAYS if getattr(self, way) is not None)

    @model_validator(mode="after")
    def _one_way(self) -> Item:
        ways = [way for way in WAYS if getattr(self, way) is not None]
        if len(ways) != 1:
            found = f"写了 {'、'.join(ways)}" if ways else "一个也没写"
            raise PydanticCustomError("one_way", f"要写 {'、'.join(WAYS)} 中的一个,这里{found}")
        if self.otherwise is not None and (
            self.graded is None or any(grade.otherwise is not None for grade in self.graded)
        ):
            raise PydanticCustomError("one_way", "otherwise 只与 graded 一起写,且只写一处")
        if self.graded and any(grade.otherwise is not None for grade in self.graded[:-1]):
            raise PydanticCustomError("bad_grade", "otherwise 必须是最后一档")
        if ways[0] in {"deduct", "bonus"} and (self.weight or self.auto_fail):
            raise PydanticCustomError(
                "weight_of_adjustment", f"{ways[0]} 项按分值计,不写 weight 和 auto_fail"
            )
        return self


class Section(Strict):
    """A group of items."""

    id: Name
    title: Text
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=500)]
