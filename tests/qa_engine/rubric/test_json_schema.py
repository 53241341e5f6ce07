"""The JSON Schema that editors use knows the language that the product reads."""

from __future__ import annotations

from qa_engine.rubric.conditions import CONDITIONS
from qa_engine.rubric.json_schema import rubric_json_schema


def test_every_condition_is_in_it() -> None:
    schema = rubric_json_schema()
    assert schema["required"] == ["rubric", "version", "title", "sections"]
    written = {key for definition in schema["$defs"].values() for key in definition.get("properties", {})}
    assert set(CONDITIONS) <= written


def test_an_anchor_is_a_condition_with_nth_beside_it() -> None:
    anchor = rubric_json_schema()["$defs"]["AnchorSpec"]
    says = next(option for option in anchor["anyOf"] if "says" in option["properties"])
    assert set(says["properties"]) == {"says", "nth"}
    assert not any("not" in option["properties"] for option in anchor["anyOf"])


def test_unknown_keys_are_refused_everywhere() -> None:
    definitions = rubric_json_schema()["$defs"]
    assert [
        n for n, d in definitions.items() if "properties" in d and d.get("additionalProperties") is not False
    ] == []


def test_every_key_of_every_condition_is_described() -> None:
    definitions = rubric_json_schema()["$defs"]
    assert [model.__name__ for model in CONDITIONS.values() if not model.__doc__] == []
    assert "description" in definitions["SaysSpec"]["properties"]["any_of"]
