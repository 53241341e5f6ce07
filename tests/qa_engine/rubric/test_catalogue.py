"""The catalogue of conditions cannot rot: it is made from the models, it is complete, and its examples load."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from qa_engine.rubric import parse_rubric
from qa_engine.rubric.catalogue import catalogue
from qa_engine.rubric.catalogue_notes import NOTES, WAYS
from qa_engine.rubric.conditions import CONDITIONS
from qa_engine.rubric.items import WAYS as ITEM_WAYS
from qa_engine.rubric.json_schema import rubric_json_schema
from qa_engine.rubric.load import shipped_folder
from qa_engine.rubric.yaml_nodes import walk
from qa_engine.scoring import compile_rubric, evaluate
from tests.qa_engine.rubric.builders import HEAD, form, item, said

PAGE = Path(__file__).parents[3] / "docs" / "conditions.md"
NAMED = "conditions:\n  客户拒绝: {says: {by: customer, any_of: $拒绝}}\n"
CALL = "坐席:您好,我是安心保险的小李 / 客户:不需要 / 坐席:理解,您平时有什么保障 / 客户:嗯 / 坐席:再见"


def load(way: str, *, weight: int = 50) -> None:
    """An item decided like that loads, and gives a verdict and a reason on a call."""
    body = item(way, name="c.d", weight=weight)
    if not weight:
        body = body.replace("weight: 0\n", "")
    other = item("pass_when: {turns: {min: 1}}", weight=100 - weight)
    rubric = parse_rubric(form(other, body, head=HEAD.replace("sections:", NAMED + "sections:")))
    verdict = evaluate(said(CALL), compile_rubric(rubric, code_version="test")).items[1]
    assert verdict.reason


def test_the_page_is_what_the_models_say() -> None:
    assert PAGE.read_text("utf-8") == catalogue(), "run: make catalogue"


def test_the_schema_beside_the_rubrics_is_what_the_models_say() -> None:
    schema = json.loads((shipped_folder() / "rubric.schema.json").read_text("utf-8"))
    assert schema == json.loads(json.dumps(rubric_json_schema())), "run: make catalogue"


def test_every_condition_and_every_way_to_decide_has_its_note() -> None:
    assert set(NOTES) == set(CONDITIONS), "add what is missing to qa_engine/rubric/catalogue_notes.py"
    assert set(WAYS) == set(ITEM_WAYS)


def test_every_key_has_a_meaning() -> None:
    rows = [line.split(" | ") for line in catalogue().splitlines() if line.startswith("| `")]
    assert [row[0] for row in rows if not row[-1].strip(" |")] == []


@pytest.mark.parametrize("tag", NOTES)
def test_the_example_of_a_condition_uses_it_and_loads(tag: str) -> None:
    example = NOTES[tag].example
    assert re.match(rf"{{{tag}:", example)
    load(f"pass_when: {example}")


@pytest.mark.parametrize("way", WAYS)
def test_the_example_of_a_way_to_decide_loads(way: str) -> None:
    load(WAYS[way][1], weight=0 if way in {"deduct", "bonus"} else 50)


EVERYTHING = Path(__file__).parent / "every_condition.yaml"


def test_one_form_uses_every_condition_and_every_way() -> None:
    document = parse_rubric(EVERYTHING.read_bytes()).document
    used = {path[-1] for path, _ in walk(document.data) if path}
    assert set(CONDITIONS) <= used
    assert set(ITEM_WAYS) <= used
