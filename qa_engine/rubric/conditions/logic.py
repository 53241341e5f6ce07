"""all, any, none, not, at_least: Kleene's three-valued logic over conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.rubric.base import ConditionModel, Strict

if TYPE_CHECKING:
    from qa_engine.rubric.base import Condition


class All(ConditionModel):
    """True where every part is true, false where one is false, otherwise unknown."""

    tag: ClassVar[str] = "all"
    all: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=200)]


class Any(ConditionModel):
    """True where one part is true, false where every part is false, otherwise unknown."""

    tag: ClassVar[str] = "any"
    any: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=200)]


class NoneOf(ConditionModel):
    """True where every part is false."""

    tag: ClassVar[str] = "none"
    can_anchor: ClassVar[bool] = False
    none: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=200)]


class Not(ConditionModel):
    """True where the part is false."""

    tag: ClassVar[str] = "not"
    can_anchor: ClassVar[bool] = False
    not_: Annotated[Condition, Field(alias="not")]


class AtLeastSpec(Strict):
    """How many of which conditions."""

    n: Annotated[int, Field(strict=True, ge=1, le=200)]
    of: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _possible(self) -> AtLeastSpec:
        if self.n > len(self.of):
            raise PydanticCustomError("impossible", f"of 里只有 {len(self.of)} 个条件,n 不能是 {self.n}")
        return self


class AtLeast(ConditionModel):
    """True where at least `n` of the parts are true."""

    tag: ClassVar[str] = "at_least"
    at_least: AtLeastSpec
