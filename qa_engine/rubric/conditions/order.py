"""after, before, around with expect; sequence: what comes after what, and how soon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.rubric.base import ConditionModel, Distance, Strict

if TYPE_CHECKING:
    from qa_engine.rubric.base import Condition

Nth: TypeAlias = Literal["first", "last", "each", "any"] | Annotated[int, Field(strict=True, ge=1, le=1_000)]


class AnchorSpec(Strict):
    """A condition with the occurrence that counts beside it: `{says: {…}, nth: first}`."""

    condition: Condition
    nth: Nth = "first"
    """first, last, a number; each: it must hold for every occurrence; any: for at least one."""

    @model_validator(mode="after")
    def _happens(self) -> AnchorSpec:
        if not self.condition.can_anchor:
            message = f"{self.condition.tag} 没有发生的时刻,不能作为先后的起点"
            raise PydanticCustomError("cannot_anchor", message)
        return self


def _split_anchor(value: object) -> object:
    if not isinstance(value, dict):
        return {"condition": value}
    rest = {key: part for key, part in value.items() if key != "nth"}
    return {"condition": rest, **({"nth": value["nth"]} if "nth" in value else {})}


Anchor = Annotated[AnchorSpec, BeforeValidator(_split_anchor)]


class After(ConditionModel):
    """`expect` holds after the anchor, within the distance. False where the anchor does not occur: say
    `na_when` for calls to which the item does not apply."""

    tag: ClassVar[str] = "after"
    after: Anchor
    expect: Condition
    within: Distance | None = None


class Before(ConditionModel):
    """`expect` holds before the anchor, within the distance."""

    tag: ClassVar[str] = "before"
    before: Anchor
    expect: Condition
    within: Distance | None = None


class Around(ConditionModel):
    """`expect` holds before or after the anchor, within the distance."""

    tag: ClassVar[str] = "around"
    around: Anchor
    expect: Condition
    within: Distance | None = None


class SequenceSpec(Strict):
    """Steps in order."""

    steps: Annotated[tuple[Condition, ...], Field(min_length=2, max_length=30)]
    within: Distance | None = None
    """From the first to the last step."""
    strict: Annotated[bool, Field(strict=True)] = False
    """true: no step may happen before its turn has come."""

    @model_validator(mode="after")
    def _happen(self) -> SequenceSpec:
        for step in self.steps:
            if not step.can_anchor:
                raise PydanticCustomError("cannot_anchor", f"{step.tag} 没有发生的时刻,不能作为步骤")
        return self


class Sequence(ConditionModel):
    """The steps happen one after the other."""

    tag: ClassVar[str] = "sequence"
    sequence: SequenceSpec
