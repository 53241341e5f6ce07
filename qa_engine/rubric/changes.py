"""What is different between two states of a form, item by item."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qa_engine.rubric.load import Rubric, canonical
from qa_engine.rubric.yaml_nodes import Plain, walk

SHOWN_ONLY = frozenset({"examples", "why", "coach", "title"})
"""Keys of an item that change no score."""


@dataclass(frozen=True, slots=True)
class FormChanges:
    """Ids of items that decide otherwise, are new, or are gone; names of phrase lists that differ; and whether the
    objection taxonomy or something of the form as a whole (pass mark, applies_to …) does."""

    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    is_taxonomy: bool = False
    form_keys: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.changed, self.added, self.removed, self.lists, self.is_taxonomy, self.form_keys))


def item_hashes(rubric: Rubric) -> Mapping[str, str]:
    """Item → SHA-256 (hex) of all that decides it: its own text, the named conditions and the phrase lists it uses."""
    return {
        str(item["id"]): hashlib.sha256(canonical(deciding(rubric, item))).hexdigest()
        for item in _items(rubric)
    }


def changes(old: Rubric, new: Rubric) -> FormChanges:
    """From `old` to `new`."""
    before, after = item_hashes(old), item_hashes(new)
    names = sorted(old.phrases.keys() | new.phrases.keys())
    return FormChanges(
        changed=tuple(name for name in after if name in before and before[name] != after[name]),
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        lists=tuple(name for name in names if old.phrases.get(name) != new.phrases.get(name)),
        is_taxonomy=old.taxonomy != new.taxonomy,
        form_keys=_form_keys(old, new),
    )


def _form_keys(old: Rubric, new: Rubric) -> tuple[str, ...]:
    before, after = old.document.data, new.document.data
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    apart = {"sections", "phrases", "conditions"}
    return tuple(
        key for key in sorted((before.keys() | after.keys()) - apart) if before.get(key) != after.get(key)
    )


def _items(rubric: Rubric) -> Iterator[dict[str, Plain]]:
    sections = rubric.document.at(("sections",))
    for section in sections if isinstance(sections, list) else ():
        items = section.get("items") if isinstance(section, dict) else None
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                yield item


def deciding(rubric: Rubric, item: dict[str, Plain]) -> Plain:
    """All that decides an item: its own text, the named conditions and the phrase lists that it uses."""
    own: Plain = {key: value for key, value in item.items() if key not in SHOWN_ONLY}
    named: dict[str, Plain] = {}
    lists: dict[str, Plain] = {}
    todo: list[Plain] = [own]
    while todo:
        for path, value in walk(todo.pop()):
            if not isinstance(value, str):
                continue
            if value.startswith("$") and value[1:] in rubric.phrases:
                lists[value[1:]] = list(rubric.phrases[value[1:]])
            elif path and path[-1] == "use" and value not in named:
                named[value] = rubric.document.at(("conditions", value))
                todo.append(named[value])
    return {"item": own, "conditions": named, "lists": lists}
