"""The outline of a form that is being written: sections and items with their lines and weights, also while it has faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qa_engine.rubric.items import WAYS
from qa_engine.rubric.yaml_nodes import Document, Path, Plain


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """One item. `weight` is None where none is written, `way` the key that decides it ("" while there is none)."""

    id: str
    title: str
    line: int
    weight: float | None
    way: str
    is_trial: bool
    auto_fail: str
    examples: int


@dataclass(frozen=True, slots=True)
class OutlineSection:
    """A section. `weight` is of its items that are not on trial."""

    id: str
    title: str
    line: int
    weight: float
    items: tuple[OutlineItem, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole form; `weight` should come to 100."""

    rubric: str
    version: int | None
    title: str
    weight: float
    sections: tuple[OutlineSection, ...]


def outline(document: Document) -> Outline:
    """What stands where. Nothing of it need be right yet."""
    sections = tuple(_sections(document))
    version = document.at(("version",))
    return Outline(
        rubric=_text(document.at(("rubric",))),
        version=version if isinstance(version, int) and not isinstance(version, bool) else None,
        title=_text(document.at(("title",))),
        weight=round(sum(section.weight for section in sections), 6),
        sections=sections,
    )


def _sections(document: Document) -> Iterator[OutlineSection]:
    for number, section in enumerate(_list(document.at(("sections",)))):
        path: Path = ("sections", number)
        given = section if isinstance(section, dict) else {}
        items = tuple(_items(document, path, given.get("items")))
        weight = sum(item.weight or 0.0 for item in items if not item.is_trial)
        yield OutlineSection(
            _text(given.get("id")), _text(given.get("title")), _line(document, path), round(weight, 6), items
        )


def _items(document: Document, section: Path, items: Plain) -> Iterator[OutlineItem]:
    for number, item in enumerate(_list(items)):
        if not isinstance(item, dict):
            continue
        examples = item.get("examples")
        lines = [_list(part) for part in examples.values()] if isinstance(examples, dict) else []
        yield OutlineItem(
            id=_text(item.get("id")),
            title=_text(item.get("title")),
            line=_line(document, (*section, "items", number)),
            weight=_number(item.get("weight")),
            way=next((way for way in WAYS if way in item), ""),
            is_trial=item.get("trial") is True,
            auto_fail="cap" if isinstance(item.get("auto_fail"), dict) else _text(item.get("auto_fail")),
            examples=sum(map(len, lines)),
        )


def _line(document: Document, path: Path) -> int:
    return document.where(path).line or 1


def _list(value: Plain) -> list[Plain]:
    return value if isinstance(value, list) else []


def _text(value: Plain) -> str:
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _number(value: Plain) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
