"""The frozen, hand-labelled sets of `sets/`: what a careful labeller, by the guide alone, says about customers' turns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from qa_engine.calls import Role

SETS = Path(__file__).parent / "sets"

SENTIMENTS = ("positive", "negative", "neutral")
OBJECTION_TYPES = (
    "price",
    "no_need",
    "no_time",
    "distrust",
    "has_alternative",
    "must_consult",
    "defer",
    "bad_experience",
    "privacy",
    "do_not_call",
    "complaint",
)
STEPS = ("acknowledge", "clarify", "respond", "confirm", "advance")
OUTCOMES = ("open", "resolved", "lost")

_ROLES = {"客户": Role.CUSTOMER, "坐席": Role.AGENT}
_LONGEST_WINDOW = 4


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn without times."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class SentimentCase:
    """One to four turns that end with the customer; `label` is the customer's stance over them."""

    id: str
    turns: tuple[Spoken, ...]
    label: str


@dataclass(frozen=True, slots=True)
class LabelledObjection:
    """`turn` is the index of the customer's turn. `steps` and `outcome` are both None where handling is not labelled."""

    turn: int
    type: str
    steps: tuple[str, ...] | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectionCase:
    """An utterance or a short dialogue; `objections` is empty for a look-alike."""

    id: str
    turns: tuple[Spoken, ...]
    objections: tuple[LabelledObjection, ...]


def load_sentiment(path: Path = SETS / "sentiment.yaml") -> list[SentimentCase]:
    """All windows, in the file's order. Raises ValueError naming the case that breaks the format."""
    return [_sentiment_case(row) for row in _rows(path)]


def load_objections(path: Path = SETS / "objections.yaml") -> list[ObjectionCase]:
    """All utterances and dialogues, in the file's order. Raises ValueError naming the case that breaks the format."""
    return [_objection_case(row) for row in _rows(path)]


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = yaml.safe_load(path.read_text("utf-8"))
    seen: set[str] = set()
    for row in rows:
        _require(row["id"] not in seen, row["id"], "is used twice")
        seen.add(row["id"])
    return list(rows)


def _sentiment_case(row: dict[str, Any]) -> SentimentCase:
    case = SentimentCase(id=row["id"], turns=_turns(row), label=row["label"])
    _require(row.keys() == {"id", "label", "turns"}, case.id, f"has the keys {sorted(row)}")
    _require(case.label in SENTIMENTS, case.id, f"has the label {case.label!r}, expected one of {SENTIMENTS}")
    _require(len(case.turns) <= _LONGEST_WINDOW, case.id, f"is longer than {_LONGEST_WINDOW} turns")
    _require(case.turns[-1].role is Role.CUSTOMER, case.id, "does not end with the customer")
    return case


def _objection_case(row: dict[str, Any]) -> ObjectionCase:
    _require(row.keys() == {"id", "turns", "objections"}, row["id"], f"has the keys {sorted(row)}")
    turns = _turns(row)
    objections = tuple(_objection(found, turns, row["id"]) for found in row["objections"])
    places = [objection.turn for objection in objections]
    _require(places == sorted(set(places)), row["id"], "has two objections in a turn, or not in order")
    return ObjectionCase(id=row["id"], turns=turns, objections=objections)


def _objection(row: dict[str, Any], turns: tuple[Spoken, ...], case: str) -> LabelledObjection:
    steps = row.get("steps")
    objection = LabelledObjection(
        turn=row["turn"],
        type=row["type"],
        steps=None if steps is None else tuple(steps),
        outcome=row.get("outcome"),
    )
    _require(row.keys() <= {"turn", "type", "steps", "outcome"}, case, f"has an objection with {sorted(row)}")
    _require(objection.type in OBJECTION_TYPES, case, f"has the type {objection.type!r}")
    _require(0 <= objection.turn < len(turns), case, f"has no turn {objection.turn}")
    _require(
        turns[objection.turn].role is Role.CUSTOMER, case, f"turn {objection.turn} is not the customer's"
    )
    _require((objection.steps is None) == (objection.outcome is None), case, "labels steps without outcome")
    if objection.steps is not None:
        _check_handling(objection, turns, case)
    return objection


def _check_handling(objection: LabelledObjection, turns: tuple[Spoken, ...], case: str) -> None:
    steps = objection.steps or ()
    _require(objection.outcome in OUTCOMES, case, f"has the outcome {objection.outcome!r}")
    _require(list(steps) == [step for step in STEPS if step in steps], case, f"has the steps {steps}")
    later = {turn.role for turn in turns[objection.turn + 1 :]}
    _require(Role.AGENT in later, case, "labels handling without a reply")
    # By the definition, an agreement that was not earned stays open.
    earned = {"acknowledge", "respond"} <= set(steps)
    _require(objection.outcome != "resolved" or earned, case, "is resolved without acknowledge and respond")


def _turns(row: dict[str, Any]) -> tuple[Spoken, ...]:
    turns = []
    for line in row["turns"]:
        speaker, colon, text = line.partition(":")
        _require(
            bool(colon and text.strip()) and speaker in _ROLES,
            row["id"],
            "has a turn without speaker or text",
        )
        turns.append(Spoken(_ROLES[speaker], text))
    _require(bool(turns), row["id"], "has no turns")
    return tuple(turns)


def _require(holds: bool, case: str, found: str) -> None:
    if not holds:
        raise ValueError(f"labelled case {case} {found}")
