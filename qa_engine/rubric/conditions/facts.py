"""fact: what dialer and CRM know about the call."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.rubric.base import ConditionModel, Flag, Number, Strict, Text, as_list

FactValue: TypeAlias = Annotated[bool, Field(strict=True)] | Number | Text
TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-4]):[0-5][0-9](:[0-5][0-9])?\Z")
OPERATORS = ("is_", "in_", "between", "contains", "missing")


class FactSpec(Strict):
    """A field and one way to look at it."""

    field: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    """agent_id, agent_name, team_id, campaign, direction, started_at, disposition, customer_id, or any further column
    that came with the call."""
    is_: FactValue | None = Field(None, alias="is")
    in_: Annotated[tuple[FactValue, ...], Field(min_length=1, max_length=1_000)] | None = Field(
        None, alias="in"
    )
    """One of these; `*` stands for anything."""
    between: tuple[Number | Text, Number | Text] | None = None
    """Both ends included. `["09:00", "21:00"]` on a time is the time of day in the centre's zone, two dates or times
    are compared as such, numbers as numbers."""
    contains: (
        Annotated[tuple[Text, ...], BeforeValidator(as_list, json_schema_input_type=str | list[str])] | None
    ) = None
    """The text contains one of these."""
    missing: Flag | None = None
    """true: the field is absent or empty. The only way to look at it that is never unknown."""

    @model_validator(mode="after")
    def _one_way(self) -> FactSpec:
        if sum(getattr(self, name) is not None for name in OPERATORS) != 1:
            raise PydanticCustomError("one_of", "fact 要写 is、in、between、contains、missing 中的一个")
        if self.between is not None:
            kinds = {isinstance(value, str) for value in self.between}
            if len(kinds) > 1:
                raise PydanticCustomError("contradictory_window", "between 的两端要么都是数字,要么都是文字")
            times = {bool(TIME_OF_DAY.match(value)) for value in self.between if isinstance(value, str)}
            if len(times) > 1:
                raise PydanticCustomError("contradictory_window", "between 的两端要么都是时刻,要么都是日期")
        return self


class Fact(ConditionModel):
    """A fact about the call. Unknown where the fact is absent."""

    tag: ClassVar[str] = "fact"
    can_anchor: ClassVar[bool] = False
    fact: FactSpec
