"""The frozen set of whole calls with one reviewer's verdicts: `sets/calls.yaml`, described in `sets/README.md`.

The set was labelled from the definitions alone. It judges the rules, so no rule may be tuned against it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from qa_engine.calls import Call
from qa_engine.exchange import FORMAT, parse_call

SET = Path(__file__).parent / "sets" / "calls.yaml"
CHARACTERS_A_MINUTE = 260.0
"""Ordinary speaking rate on the telephone, where a turn gives no `pace` of its own."""
GAP_S = 0.4
LEAD_S = 0.5
"""Quiet before the first and after the last word."""


class Label(StrEnum):
    """What the reviewer says of an item; an item without a label is `unclear`."""

    PASS = "pass"
    FAIL = "fail"
    NA = "na"


@dataclass(frozen=True, slots=True)
class LabelledObjection:
    """An objection at a turn (0-based). A field that two reviewers could judge differently is None; where all are
    None, they could differ on whether it is one at all, and neither finding nor missing it is a mistake."""

    turn: int
    type: str | None
    steps: frozenset[str] | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class LabelledCall:
    """A call and what a reviewer says of it. `verdicts` and `unclear` together are all items of the form."""

    title: str
    call: Call
    verdicts: Mapping[str, Label]
    unclear: frozenset[str]
    objections: tuple[LabelledObjection, ...]

    @property
    def id(self) -> str:
        return str(self.call.call_id)


def spoken_s(text: str, pace: float = CHARACTERS_A_MINUTE) -> float:
    """Seconds that `text` takes at `pace` characters a minute; marks and spaces take none."""
    return sum(map(str.isalnum, text)) / pace * 60


def _laid_out(call_id: str, turns: list[dict[str, Any]]) -> list[dict[str, object]]:
    """Turns with times: each starts `gap_s` after the latest end so far. A negative gap talks over what is being said.
    Raises `ValueError` where the order of the turns would no longer be that of the file."""
    placed: list[dict[str, object]] = []
    latest_start_s, latest_end_s = 0.0, LEAD_S
    for index, turn in enumerate(turns):
        start_s = round(latest_end_s + (turn.get("gap_s", GAP_S) if index else 0.0), 2)
        if start_s < latest_start_s:
            raise ValueError(f"{call_id} turn {index}: gap_s lets it start before the turn in front of it")
        end_s = round(start_s + spoken_s(turn["text"], turn.get("pace", CHARACTERS_A_MINUTE)), 2)
        placed.append({"role": turn["role"], "start_s": start_s, "end_s": end_s, "text": turn["text"]})
        latest_start_s, latest_end_s = start_s, max(latest_end_s, end_s)
    return placed


def _call(entry: dict[str, Any]) -> Call:
    turns = _laid_out(entry["id"], entry["turns"])
    duration_s = max(float(str(turn["end_s"])) for turn in turns) + LEAD_S
    document = {
        "format": FORMAT,
        "call_id": entry["id"],
        "language": "zh",
        "duration_s": round(duration_s, 2),
        "turns": turns,
        "facts": entry["facts"],
    }
    return parse_call(json.dumps(document, ensure_ascii=False), file=SET.name)


def _objection(entry: dict[str, Any]) -> LabelledObjection:
    steps = entry.get("steps")
    return LabelledObjection(
        entry["turn"],
        entry.get("type"),
        None if steps is None else frozenset(steps),
        entry.get("outcome"),
    )


def load_calls(path: Path = SET) -> tuple[LabelledCall, ...]:
    """All calls of the set, in the order of the file. Raises `BadTranscript` and `ValueError` for a call that is none."""
    document = yaml.safe_load(path.read_text("utf-8"))
    return tuple(
        LabelledCall(
            title=entry["title"],
            call=_call(entry),
            verdicts={item: Label(label) for item, label in entry["verdicts"].items()},
            unclear=frozenset(entry["unclear"]),
            objections=tuple(map(_objection, entry["objections"])),
        )
        for entry in document["calls"]
    )
