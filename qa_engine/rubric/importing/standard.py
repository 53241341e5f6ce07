"""The shipped form as a source of conditions that are known to work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa_engine.rubric.load import Rubric
from qa_engine.rubric.yaml_nodes import Plain

WAYS = ("pass_when", "fail_when", "graded", "measure", "pass_from")


@dataclass(frozen=True, slots=True)
class Standard:
    """Items of a form by id."""

    items: Mapping[str, dict[str, Plain]]
    shared: frozenset[str] = frozenset()
    """Names of conditions that every form may use."""

    def decides(self, name: str) -> dict[str, Plain]:
        """The keys that decide an item. What refers to another item is replaced by that item's own condition, so that
        the result stands alone. Empty where the form has no such item, or it decides in another way."""
        item = self.items.get(name, {})
        found = {key: item[key] for key in (*WAYS, "na_when", "applies_when") if key in item}
        alone = {key: self._alone(value, frozenset({name})) for key, value in found.items()}
        if any(value is None for value in alone.values()) or not found.keys() & {*WAYS}:
            return {}
        return alone

    def examples(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Example lines of an item by kind."""
        examples = self.items.get(name, {}).get("examples")
        return {
            kind: tuple(str(line) for line in lines)
            for kind, lines in (examples.items() if isinstance(examples, dict) else ())
            if isinstance(lines, list) and kind != "known_miss"
        }

    def _alone(self, value: Plain, seen: frozenset[str]) -> Plain:
        """`value` without references to items; None where one cannot be replaced."""
        if isinstance(value, list):
            parts = [self._alone(part, seen) for part in value]
            return (
                None if any(p is None and v is not None for p, v in zip(parts, value, strict=True)) else parts
            )
        if not isinstance(value, dict):
            return value
        if "use" in value:
            return value if value["use"] in self.shared else None
        asked = value.get("item")
        if isinstance(asked, dict):
            name = str(asked.get("id"))
            reason = self.items.get(name, {}).get("na_when")
            if asked.get("verdict") not in ("na", ["na"]) or name in seen or reason is None:
                return None
            return self._alone(reason, seen | {name})
        made = {key: self._alone(part, seen) for key, part in value.items()}
        return None if any(made[key] is None and value[key] is not None for key in made) else made


def standard_of(rubric: Rubric) -> Standard:
    """The items of a loaded form."""
    items: dict[str, dict[str, Plain]] = {}
    for s, section in enumerate(rubric.sections):
        for i, item in enumerate(section.items):
            written = rubric.document.at(("sections", s, "items", i))
            if isinstance(written, dict):
                items[item.id] = written
    shared = frozenset(str(path[1]) for path in rubric.document.mounted)
    return Standard(items, shared)
