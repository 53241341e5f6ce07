"""item: the verdict of another item, for questions that depend on it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from qa_engine.rubric.base import ConditionModel, Name, Strict, VerdictName, as_list


class ItemSpec(Strict):
    """Another item of the same rubric and the verdicts that count."""

    id: Name
    verdict: Annotated[
        tuple[VerdictName, ...],
        BeforeValidator(as_list, json_schema_input_type=VerdictName | list[VerdictName]),
        Field(min_length=1),
    ]


class Item(ConditionModel):
    """Another item came out so. Unknown where that item is unknown, unless `unknown` is asked for."""

    tag: ClassVar[str] = "item"
    can_anchor: ClassVar[bool] = False
    item: ItemSpec
