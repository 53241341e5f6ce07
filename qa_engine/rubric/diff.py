"""What changed between two forms, in the terms of the form: items, keys and phrases, not lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from qa_engine.rubric.items import WAYS
from qa_engine.rubric.load import Rubric, canonical
from qa_engine.rubric.lock import UNSCORED_KEYS, scored_sha256
from qa_engine.rubric.yaml_nodes import Path, Plain, walk

HEAD_KEYS = ("rubric", "version", "title", "status", "applies_to", "pass_mark", "shown_score")


@dataclass(frozen=True, slots=True)
class Change:
    """One value: `path` is the way to it from the item (or the form), such as `pass_when.says.within.first_s`.

    `before` or `after` is None where the key was added or removed. For lists of words, `added` and `removed` say which.
    `scored` is False for texts that cannot change a score (titles, reasons, coaching, examples).
    """

    path: str
    before: Plain
    after: Plain
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    scored: bool = True


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that is in both forms and differs. `was` is its id before where it was renamed."""

    id: str
    title: str
    changes: tuple[Change, ...]
    was: str | None = None


@dataclass(frozen=True, slots=True)
class RubricDiff:
    """Everything that differs, in the order of the new form. `lists` are phrase lists that either form names.

    `version_missing`: what decides scores differs under the same id and version, which the lock would refuse."""

    head: tuple[Change, ...]
    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    changed: tuple[ItemChange, ...]
    lists: tuple[Change, ...]
    version_missing: bool = False

    @property
    def empty(self) -> bool:
        return not (self.head or self.added or self.removed or self.changed or self.lists)

    @property
    def scores_change(self) -> bool:
        """Whether the same call may get another score."""
        inside = [*self.head, *self.lists, *(change for item in self.changed for change in item.changes)]
        return bool(self.added or self.removed) or any(change.scored for change in inside)


def diff_rubrics(before: Rubric, after: Rubric) -> RubricDiff:
    """What is to be done to `before` to get `after`."""
    old, new = _items(before), _items(after)
    renamed = _renamed(old, new)
    changed = []
    for name, item in new.items():
        was = name if name in old else renamed.get(name)
        if was is None:
            continue
        changes = tuple(_item_changes(old[was], item))
        if changes:
            changed.append(ItemChange(name, str(item["title"]), changes, was if was != name else None))
    found = RubricDiff(
        head=tuple(_head(before, after)),
        added=tuple((n, str(i["title"])) for n, i in new.items() if n not in old and n not in renamed),
        removed=tuple(
            (n, str(i["title"])) for n, i in old.items() if n not in new and n not in renamed.values()
        ),
        changed=tuple(changed),
        lists=tuple(_list_changes(before, after)),
    )
    locked = before.id == after.id and before.version == after.version
    return replace(found, version_missing=locked and scored_sha256(before) != scored_sha256(after))


def _items(rubric: Rubric) -> Mapping[str, dict[str, Plain]]:
    """Items by id, with the section they stand in as a key of their own."""
    found: dict[str, dict[str, Plain]] = {}
    for s, section in enumerate(rubric.sections):
        for i, item in enumerate(section.items):
            written = rubric.document.at(("sections", s, "items", i))
            assert isinstance(written, dict)
            found[item.id] = {**written, "section": section.id}
    return found


def _decided_by(item: Mapping[str, Plain]) -> bytes:
    return canonical({key: item[key] for key in (*WAYS, "na_when", "applies_when") if key in item})


def _renamed(old: Mapping[str, dict[str, Plain]], new: Mapping[str, dict[str, Plain]]) -> Mapping[str, str]:
    """New id → old id of items that are decided in the same way, where that is said of one item only on each side."""
    gone: dict[bytes, list[str]] = {}
    for name, item in old.items():
        if name not in new:
            gone.setdefault(_decided_by(item), []).append(name)
    come: dict[bytes, list[str]] = {}
    for name, item in new.items():
        if name not in old:
            come.setdefault(_decided_by(item), []).append(name)
    return {
        names[0]: gone[content][0]
        for content, names in come.items()
        if len(names) == 1 and len(gone.get(content, ())) == 1
    }


def _item_changes(before: Mapping[str, Plain], after: Mapping[str, Plain]) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        if key != "id":
            yield from _changes(before.get(key), after.get(key), (key,))


def _head(before: Rubric, after: Rubric) -> Iterator[Change]:
    for key in HEAD_KEYS:
        yield from _changes(before.document.at((key,)), after.document.at((key,)), (key,))
    yield from _changes(
        before.document.at(("conditions",)), after.document.at(("conditions",)), ("conditions",)
    )


def _changes(before: Plain, after: Plain, path: Path) -> Iterator[Change]:
    if canonical(before) == canonical(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _changes(before.get(key), after.get(key), (*path, key))
        return
    words = _words(before), _words(after)
    if isinstance(before, list) and isinstance(after, list) and None in words and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _changes(old, new, (*path, index))
        return
    listed = isinstance(before, list) or isinstance(after, list)
    added, removed = (_added(*words), _added(*reversed(words))) if listed else ((), ())
    scored = path[0] not in {*UNSCORED_KEYS, "rubric", "version"}
    yield Change(_dotted(path), before, after, added, removed, scored=scored)


def _words(value: Plain) -> tuple[str, ...] | None:
    """A list of words; one word may be written without brackets. None for everything else."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(str(part) for part in value)
    return None


def _added(before: Sequence[str] | None, after: Sequence[str] | None) -> tuple[str, ...]:
    return () if before is None or after is None else tuple(word for word in after if word not in before)


def _dotted(path: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _list_changes(before: Rubric, after: Rubric) -> Iterator[Change]:
    for name in sorted(_named(before) | _named(after)):
        old, new = before.phrases.get(name), after.phrases.get(name)
        if old != new:
            added, removed = _added(old or (), new or ()), _added(new or (), old or ())
            yield Change(f"${name}", _plain(old), _plain(new), added, removed)


def _plain(words: tuple[str, ...] | None) -> Plain:
    return None if words is None else list(words)


def _named(rubric: Rubric) -> set[str]:
    named = {v[1:] for _, v in walk(rubric.document.data) if isinstance(v, str) and v.startswith("$")}
    return (named & rubric.phrases.keys()) | set(rubric.spec.phrases)
