"""The JSON Schema of a rubric file, for editors that complete and check while one writes.

Titles and descriptions are the models' own docstrings. A key whose meaning is the same everywhere is described once,
in `COMMON`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from qa_engine.rubric.conditions import CONDITIONS
from qa_engine.rubric.schema import RubricSpec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILE_NAME = "rubric.schema.json"
"""Lies beside the shipped rubrics, where the first line of each points editors to it."""

COMMON: Mapping[str, str] = {
    "by": "Who must say or do it: agent, customer, anyone.",
    "within": "Where to look, or how far apart; everywhere if left out.",
    "count": "How often it must happen; at least once if left out.",
    "except": "What excuses a hit: phrases, or a condition.",
    "expect": "What must hold beside the anchor.",
    "when": "The condition of this step or adjustment.",
    "credit": "Share of the weight that is given, 0..1.",
    "otherwise": "Share of the weight where no step applies, 0..1.",
    "points": "Points of 0..100, or [value, credit] pairs of a measure.",
    "min": "Smallest value that fits.",
    "max": "Largest value that fits.",
    "min_s": "Seconds, at least.",
    "max_s": "Seconds, at most.",
    "min_chars_per_min": "Characters a voiced minute, at least.",
    "max_chars_per_min": "Characters a voiced minute, at most.",
    "n": "How many.",
    "of": "Of which.",
    "turns": "Turns: how many, or which.",
    "seconds": "Seconds, at most.",
    "first_s": "The first so many seconds of the conversation.",
    "last_s": "The last so many seconds of the conversation.",
    "from_s": "From this second of the recording on.",
    "to_s": "Up to this second of the recording.",
    "id": "Stable name: history hangs on it.",
    "title": "What people read.",
    "type": "Which kind.",
    "label": "The answer as people read it.",
    "question": "What a person answers.",
    "options": "The answers there are, with their credit.",
    "severity": "Whom a fault hurts: customer, business or compliance.",
    "pass_when": "The item passes where this is true.",
    "fail_when": "The item fails where this is true.",
    "measure": "A measured signal turned into credit.",
    "deduct": "Points taken from the score for each hit.",
    "bonus": "Points added to the score for each hit.",
    "manual": "A person answers; unknown until then.",
    "examples": "Sentences that are tests of this item.",
    "applies_to": "Calls that the form is for; every call if left out.",
    "sections": "Groups of items, in the order of the form.",
    "pass_mark": "From which score of 0..100 on a call passes.",
    "items": "The questions of this section, in the order of the form.",
    "signal": "What is measured.",
    "nodes": "The steps of the procedure.",
    "edges": "Which step leads to which.",
    "from": "The step that this leads from.",
    "to": "The step that this leads to.",
    "steps": "What must happen, in this order.",
    "verdict": "The verdicts that count.",
    "pass": "Dialogues on which the item must pass.",
    "fail": "Dialogues on which the item must fail.",
    "na": "Dialogues to which the item must not apply.",
    "unknown": "Dialogues on which the item must stay open.",
    "known_miss": "Dialogues that are known to come out wrong; never a failure.",
    "is": "The fact equals this.",
    "on": "normalized: simplified characters, numerals as digits; original: as recognised.",
    "cap": "Most points in all, or the highest score that is left.",
    "any_of": "One of these.",
    "direction": "inbound or outbound, from the dialer.",
    "campaign": "Campaign, from the dialer.",
    "team_id": "Team, from the dialer.",
    "agent_id": "Agent, from the dialer.",
    "disposition": "Outcome of the call, from the dialer.",
}


def rubric_json_schema() -> dict[str, Any]:
    """The schema, generated from the models."""
    schema: dict[str, Any] = RubricSpec.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = schema["$defs"]
    names = {model.tag: model.__name__ for model in CONDITIONS.values()}
    definitions["AnchorSpec"] = _anchor(definitions, names)
    for tag, name in names.items():
        # an editor shows the description of the key it stands on, which is the condition's name
        definitions[name]["properties"][tag]["description"] = definitions[name]["description"]
    for definition in (schema, *definitions.values()):
        for key, part in definition.get("properties", {}).items():
            if not part.get("description") and key in COMMON:
                part["description"] = COMMON[key]
    definitions["Condition"].setdefault(
        "description", "One condition: a mapping with the condition's name as its key."
    )
    return {"$schema": DIALECT, **schema, "title": "CallQA rubric"}


def schema_text() -> str:
    """The schema as it is kept in a file."""
    return json.dumps(rubric_json_schema(), ensure_ascii=False, indent=2) + "\n"


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
