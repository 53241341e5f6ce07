"""regex, number, asks, repeats: what is said, by its form rather than by a list of phrases."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import re2
from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.rubric.base import ConditionModel, Leaf, PhraseList, Share, Text, as_list
from qa_engine.rubric.base import Number as NumberValue
from qa_engine.rubric.conditions.words import Excuse

LOOK_AROUND = ("(?=", "(?!", "(?<=", "(?<!")


def regex_options() -> re2.Options:
    """Linear-time matching with a memory limit; faults are raised, not written to stderr."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    return options


def check_pattern(pattern: str) -> str:
    """Refuses what the linear-time engine cannot run, saying what to write instead."""
    if any(mark in pattern for mark in LOOK_AROUND):
        message = "正则里不能用环视(?= ?! ?<= ?<!);要排除的写进 not_regex"
        raise PydanticCustomError("regex_look_around", message)
    try:
        re2.compile(pattern, regex_options())
    except re2.error as error:
        detail = error.args[0].decode("utf-8", "replace") if error.args else ""
        raise PydanticCustomError("bad_regex", "正则无法使用:{detail}", {"detail": detail}) from error
    return pattern


Pattern = Annotated[Text, AfterValidator(check_pattern)]
PatternList = Annotated[
    tuple[Pattern, ...],
    BeforeValidator(as_list, json_schema_input_type=str | list[str]),
    Field(min_length=1, max_length=200),
]


class RegexSpec(Leaf):
    """A pattern on the normalised text of a turn (simplified characters, spoken numerals as digits)."""

    pattern: PatternList
    """RE2 syntax; several patterns: any of them."""
    not_regex: PatternList | None = None
    """A hit is dropped where one of these matches in the same turn."""
    on: Literal["normalized", "original"] = "normalized"
    except_: Annotated[Excuse | None, Field(alias="except")] = None


class Regex(ConditionModel):
    """A regular expression matches (linear-time engine: no look-around, no back references)."""

    tag: ClassVar[str] = "regex"
    regex: RegexSpec


class NumberSpec(Leaf):
    """A number that is said, after spoken numerals became digits (两万五 → 25000)."""

    unit: PhraseList | None = None
    """The word right after it, such as 元 or %; any if left out."""
    min: NumberValue | None = None
    max: NumberValue | None = None
    near: PhraseList | None = None
    """One of these must be said in the same turn."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None


class Number(ConditionModel):
    """A number in a range is said."""

    tag: ClassVar[str] = "number"
    number: NumberSpec


class AsksSpec(Leaf):
    """A question: 吗, 呢, a question mark or a question word."""

    open: Annotated[bool, Field(strict=True)] | None = None
    """true: open questions only (什么 怎么 哪 多少 为什么 …); false: closed ones only (是不是, 方便吗)."""
    any_of: PhraseList | None = None
    """Only questions that contain one of these."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None


class Asks(ConditionModel):
    """A question is asked."""

    tag: ClassVar[str] = "asks"
    asks: AsksSpec


class RepeatsSpec(Leaf):
    """The same speaker says nearly the same again."""

    min_chars: Annotated[int, Field(strict=True, ge=2, le=1_000)] = 6
    """Shorter turns are not compared."""
    similarity: Share = 0.8
    """From which likeness (0..1, edit distance on the normalised text) a turn counts as said again."""
    look_back: Annotated[int, Field(strict=True, ge=1, le=50)] = 20
    """With how many earlier turns of that speaker it is compared."""

    @model_validator(mode="after")
    def _meaningful(self) -> RepeatsSpec:
        if self.similarity < 0.5:
            raise PydanticCustomError("impossible", "similarity 低于 0.5 时几乎任何两句都算重复")
        return self


class Repeats(ConditionModel):
    """Something is said again."""

    tag: ClassVar[str] = "repeats"
    repeats: RepeatsSpec
