"""The JSON Schema of a rubric file, for editors that complete and check while one writes."""

from __future__ import annotations

import copy
from typing import Any

from qa_engine.rubric.conditions import CONDITIONS
from qa_engine.rubric.schema import RubricSpec

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def rubric_json_schema() -> dict[str, Any]:
    """The schema, generated from the models."""
    schema: dict[str, Any] = RubricSpec.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = schema["$defs"]
    names = {model.tag: model.__name__ for model in CONDITIONS.values()}
    definitions["AnchorSpec"] = _anchor(definitions, names)
    return {"$schema": DIALECT, **schema}


def _anchor(definitions: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """An anchor is written as a condition with `nth` beside it, which the models only see after reading."""
    original = definitions["AnchorSpec"]
    options = []
    for tag, name in names.items():
        if not CONDITIONS[tag].can_anchor:
            continue
        option = copy.deepcopy(definitions[name])
        option["properties"]["nth"] = original["properties"]["nth"]
        options.append(option)
    return {"description": original.get("description", ""), "anyOf": options}
