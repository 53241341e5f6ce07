"""The JSON Schema that editors use knows the language that the product reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_engine.rubric.conditions import CONDITIONS
from qa_engine.rubric.json_schema import FILE_NAME, rubric_json_schema, schema_text
from qa_engine.rubric.load import shipped_folder, shipped_rubrics


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


def test_every_key_says_what_it_means() -> None:
    schema = rubric_json_schema()
    bare = [
        f"{name}.{key}"
        for name, definition in {"": schema, **schema["$defs"]}.items()
        for key, part in definition.get("properties", {}).items()
        if not part.get("description")
    ]
    assert bare == []


def test_the_file_beside_the_shipped_rubrics_is_up_to_date() -> None:
    """After a change of the language: callqa rubric schema > rubrics/rubric.schema.json."""
    assert (shipped_folder() / FILE_NAME).read_text("utf-8") == schema_text()


@pytest.mark.parametrize("path", shipped_rubrics().values(), ids=lambda path: path.stem)
def test_editors_find_the_schema_from_the_first_line(path: Path) -> None:
    first = path.read_text("utf-8").splitlines()[0]
    marker, _, target = first.partition("$schema=")
    assert marker == "# yaml-language-server: "
    assert (path.parent / target).is_file()
