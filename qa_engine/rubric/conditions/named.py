"""use: a condition that the form names once (`conditions:`) and uses in several items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import AfterValidator, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError

from qa_engine.rubric.base import ConditionModel, Reading
from qa_engine.rubric.problems import did_you_mean
from qa_engine.scoring.outcome import Judge

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder


def _known(name: str, info: ValidationInfo) -> str:
    known = info.context.conditions if isinstance(info.context, Reading) else None
    if known is not None and name not in known:
        hint = did_you_mean(name, known)
        raise PydanticCustomError("unknown_named", "没有名为 {name} 的条件", {"name": name, "hint": hint})
    return name


class Use(ConditionModel):
    """The condition of that name in `conditions:`, judged as if it stood here."""

    tag: ClassVar[str] = "use"
    use: Annotated[str, StringConstraints(min_length=1, max_length=50), AfterValidator(_known)]

    @property
    def only_words(self) -> bool:
        return True

    def compile(self, builder: Builder) -> Judge:
        return builder.named(self.use)
