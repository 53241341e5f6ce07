"""The hand-labelled text sets in `tests/bench/sets/`: compliance, PII, numerals and matching.

Labels follow the definitions of the product, not what its rules find. `sets/README.md` says how each set was made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

SETS = Path(__file__).parent / "sets"
ROLES: dict[str, Literal["agent", "customer"]] = {"坐席": "agent", "客户": "customer"}
COMPLIANCE_ITEMS = frozenset(
    f"compliance.{name}"
    for name in (
        "no_guaranteed_return",
        "no_absolute_claims",
        "no_impersonation",
        "no_abuse",
        "no_private_transfer",
        "respects_refusal",
    )
)
VERDICTS = frozenset({"pass", "fail", "na"})
PII_KINDS = frozenset({"phone", "id_card", "bank_card", "name", "address", "plate", "email", "wechat"})
MATCH_MODES = frozenset({"exact", "homophone", "fuzzy"})


class BadLabel(ValueError):
    """A case that breaks the form of its set; the message names the set, the case and what to correct."""


@dataclass(frozen=True, slots=True)
class Line:
    """One turn of a short exchange, without its role label."""

    role: Literal["agent", "customer"]
    text: str


@dataclass(frozen=True, slots=True)
class ComplianceCase:
    """An exchange with the verdict that one compliance item deserves."""

    id: str
    item: str
    lines: tuple[Line, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A value in turn number `turn`, `[start, end)` in characters of that turn's text."""

    turn: int
    kind: str
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class PiiCase:
    """Turns with every entity in them; none means that there is nothing to find."""

    id: str
    turns: tuple[Line, ...]
    entities: tuple[Entity, ...]


@dataclass(frozen=True, slots=True)
class NumeralCase:
    """A sentence, the numbers its normalised text holds in order, and the words it must leave alone.

    Each number is a tuple of equally right readings, such as `("50万", "500000")`.
    """

    id: str
    text: str
    numbers: tuple[tuple[str, ...], ...]
    keep: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatchingCase:
    """Whether `phrase` is said in `text` under a match mode."""

    id: str
    phrase: str
    match: str
    text: str
    hit: bool


def compliance_cases(path: Path = SETS / "compliance.yaml") -> tuple[ComplianceCase, ...]:
    """All compliance cases. Raises `BadLabel` for an unknown item, verdict or role."""
    cases = []
    for raw in _rows(path, {"id", "item", "lines", "verdict"}):
        where = f"{path.name} {raw['id']}"
        _require(
            raw["item"] in COMPLIANCE_ITEMS, where, f"item {raw['item']!r} is none of the compliance items"
        )
        _require(raw["verdict"] in VERDICTS, where, f"verdict {raw['verdict']!r} is not pass, fail or na")
        cases.append(ComplianceCase(raw["id"], raw["item"], _lines(raw["lines"], where), raw["verdict"]))
    return tuple(cases)


def pii_cases(path: Path = SETS / "pii.yaml") -> tuple[PiiCase, ...]:
    """All PII cases. Raises `BadLabel` where an entity's text is absent, or ambiguous without `start`."""
    cases = []
    for raw in _rows(path, {"id", "turns", "entities"}):
        where = f"{path.name} {raw['id']}"
        turns = _lines(raw["turns"], where)
        cases.append(PiiCase(raw["id"], turns, tuple(_entity(e, turns, where) for e in raw["entities"])))
    return tuple(cases)


def numeral_cases(path: Path = SETS / "numerals.yaml") -> tuple[NumeralCase, ...]:
    """All numeral cases. Raises `BadLabel` where a kept word is not in the sentence."""
    cases = []
    for raw in _rows(path, {"id", "text", "numbers", "keep"}):
        where = f"{path.name} {raw['id']}"
        for word in raw["keep"]:
            _require(word in raw["text"], where, f"{word!r} is not in the sentence")
        _require(bool(raw["numbers"] or raw["keep"]), where, "neither numbers nor words to keep")
        numbers = tuple(tuple(number.split("/")) for number in raw["numbers"])
        cases.append(NumeralCase(raw["id"], raw["text"], numbers, tuple(raw["keep"])))
    return tuple(cases)


def matching_cases(path: Path = SETS / "matching.yaml") -> tuple[MatchingCase, ...]:
    """All matching cases. Raises `BadLabel` for an unknown mode or a label that is no truth value."""
    cases = []
    for raw in _rows(path, {"id", "phrase", "match", "text", "hit"}):
        where = f"{path.name} {raw['id']}"
        _require(
            raw["match"] in MATCH_MODES, where, f"match {raw['match']!r} is not exact, homophone or fuzzy"
        )
        _require(isinstance(raw["hit"], bool), where, "hit must be true or false")
        cases.append(MatchingCase(**raw))
    return tuple(cases)


def numeral_faults(case: NumeralCase, normalized: str) -> tuple[str, ...]:
    """What is wrong with a normalised text: numbers missing in their order, words that were changed."""
    faults = []
    position = 0
    for readings in case.numbers:
        hits = [hit for reading in readings if (hit := _number(reading).search(normalized, position))]
        if hits:
            position = min(hits, key=lambda hit: (hit.start(), -hit.end())).end()
        else:
            faults.append(f"no {' or '.join(readings)}")
    return (*faults, *(f"changed {word}" for word in case.keep if word not in normalized))


def _number(reading: str) -> re.Pattern[str]:
    """The reading as a whole number: 39 is not in 139, 39.5, 39% or 39万."""
    tail = r"(?!\.?\d|[%万亿])" if reading[-1].isdigit() else ""
    return re.compile(rf"(?<!\d)(?<!\d\.){re.escape(reading)}{tail}")


def _entity(raw: dict[str, Any], turns: tuple[Line, ...], where: str) -> Entity:
    unknown = raw.keys() ^ {"turn", "kind", "text"}
    _require(
        unknown <= {"start"}, where, f"an entity has turn, kind, text and perhaps start, not {sorted(raw)}"
    )
    _require(raw["kind"] in PII_KINDS, where, f"kind {raw['kind']!r} is none of the PII kinds")
    _require(raw["turn"] in range(len(turns)), where, f"there is no turn {raw['turn']}")
    value, text = raw["text"], turns[raw["turn"]].text
    _require(value in text, where, f"{value!r} is not in turn {raw['turn']}")
    unique = text.find(value) == text.rfind(value)
    _require(unique or "start" in raw, where, f"{value!r} occurs twice: give its start")
    start = raw.get("start", text.find(value))
    _require(text.startswith(value, start), where, f"{value!r} does not start at {start}")
    return Entity(raw["turn"], raw["kind"], start, value)


def _lines(raw: list[str], where: str) -> tuple[Line, ...]:
    lines = []
    for line in raw:
        label, colon, text = line.partition(":")
        _require(
            label in ROLES and colon == ":" and bool(text),
            where,
            f"{line!r} does not start with 坐席: or 客户:",
        )
        lines.append(Line(ROLES[label], text))
    _require(bool(lines), where, "no lines")
    return tuple(lines)


def _rows(path: Path, keys: set[str]) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for raw in yaml.safe_load(path.read_text(encoding="utf-8")):
        where = f"{path.name} {raw.get('id', '(without id)')}"
        _require(raw.keys() == keys, where, f"a case has {sorted(keys)}, not {sorted(raw)}")
        _require(raw["id"] not in seen, where, "another case has this id")
        seen.add(raw["id"])
        yield raw


def _require(holds: bool, where: str, message: str) -> None:
    if not holds:
        raise BadLabel(f"{where}: {message}")
