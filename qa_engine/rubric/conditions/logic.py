"""all, any, none, not, maybe, at_least: Kleene's three-valued logic over conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.rubric.base import ConditionModel, Strict
from qa_engine.scoring.outcome import Judge, Outcome, all_of, any_of, at_least_of, in_doubt, opposite

if TYPE_CHECKING:
    from qa_engine.rubric.base import Condition
    from qa_engine.scoring.compile import Builder
    from qa_engine.scoring.scene import Scene
    from qa_engine.scoring.window import Window


def _together(
    parts: Sequence[ConditionModel], builder: Builder, combine: Callable[[Sequence[Outcome]], Outcome]
) -> Judge:
    judges = tuple(builder.judge(part) for part in parts)

    def judge(scene: Scene, window: Window) -> Outcome:
        return combine([each(scene, window) for each in judges])

    return judge


class _OfParts:
    """It looks at what its parts look at."""

    @property
    def only_words(self) -> bool:
        return True


class All(_OfParts, ConditionModel):
    """True where every part is true, false where one is false, otherwise unknown."""

    tag: ClassVar[str] = "all"
    all: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=200)]

    def compile(self, builder: Builder) -> Judge:
        return _together(self.all, builder, all_of)


class Any(_OfParts, ConditionModel):
    """True where one part is true, false where every part is false, otherwise unknown."""

    tag: ClassVar[str] = "any"
    any: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=200)]

    def compile(self, builder: Builder) -> Judge:
        return _together(self.any, builder, any_of)


class NoneOf(_OfParts, ConditionModel):
    """True where every part is false."""

    tag: ClassVar[str] = "none"
    can_anchor: ClassVar[bool] = False
    none: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=200)]

    def compile(self, builder: Builder) -> Judge:
        return _together(self.none, builder, lambda parts: opposite(any_of(parts)))


class Not(_OfParts, ConditionModel):
    """True where the part is false."""

    tag: ClassVar[str] = "not"
    can_anchor: ClassVar[bool] = False
    not_: Annotated[Condition, Field(alias="not")]

    def compile(self, builder: Builder) -> Judge:
        return _together((self.not_,), builder, lambda parts: opposite(parts[0]))


class Maybe(_OfParts, ConditionModel):
    """Unknown where the part is true: words that reviewers take either way. False where it is false."""

    tag: ClassVar[str] = "maybe"
    can_anchor: ClassVar[bool] = False
    maybe: Condition

    def compile(self, builder: Builder) -> Judge:
        return _together((self.maybe,), builder, lambda parts: in_doubt(parts[0]))


class AtLeastSpec(Strict):
    """How many of which conditions."""

    n: Annotated[int, Field(strict=True, ge=1, le=200)]
    of: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _possible(self) -> AtLeastSpec:
        if self.n > len(self.of):
            raise PydanticCustomError("impossible", f"of 里只有 {len(self.of)} 个条件,n 不能是 {self.n}")
        return self


class AtLeast(_OfParts, ConditionModel):
    """True where at least `n` of the parts are true."""

    tag: ClassVar[str] = "at_least"
    at_least: AtLeastSpec

    def compile(self, builder: Builder) -> Judge:
        n = self.at_least.n
        return _together(self.at_least.of, builder, lambda parts: at_least_of(n, parts))
