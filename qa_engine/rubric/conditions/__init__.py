"""The registry: every condition of the language, one family a file, one line a family here.

`Condition` is the union that pydantic reads; a mapping is recognised by the one key that names a condition.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union

from pydantic import Discriminator, Tag
from typing_extensions import TypeAliasType

from qa_engine.rubric.base import ConditionModel, Strict
from qa_engine.rubric.conditions import (
    entities,
    facts,
    figures,
    flow,
    history,
    hold,
    items,
    logic,
    model,
    mood,
    named,
    order,
    patterns,
    resembles,
    sales,
    similar,
    sound,
    timing,
    words,
)

FAMILIES = (
    logic, words, patterns, similar, resembles, entities, order, flow, timing, figures, hold, sound, mood, sales, facts,
    history, items, named, model,
)  # fmt: skip


def _models() -> Mapping[str, type[ConditionModel]]:
    found: dict[str, type[ConditionModel]] = {}
    for family in FAMILIES:
        for value in vars(family).values():
            if isinstance(value, type) and issubclass(value, ConditionModel) and value is not ConditionModel:
                found[value.tag] = value
    return found


CONDITIONS: Mapping[str, type[ConditionModel]] = _models()


def _tag(value: object) -> str | None:
    if isinstance(value, ConditionModel):
        return f"<{value.tag}>"
    if not isinstance(value, dict):
        return None
    return next((f"<{key}>" for key in value if key in CONDITIONS), None)


if TYPE_CHECKING:
    Condition: TypeAlias = ConditionModel
else:
    _members = tuple(Annotated[model, Tag(f"<{tag}>")] for tag, model in CONDITIONS.items())
    # A named type, so that pydantic refers to it instead of unfolding it in every condition that holds others.
    Condition = TypeAliasType("Condition", Annotated[Union[_members], Discriminator(_tag)])  # noqa: UP007


def namespace() -> dict[str, Any]:
    """Names that models refer to before the registry exists."""
    return {"Condition": Condition}


def _rebuild() -> None:
    for family in FAMILIES:
        for value in vars(family).values():
            if isinstance(value, type) and issubclass(value, Strict):
                value.model_rebuild(_types_namespace={**vars(family), **namespace()})


_rebuild()
