"""An item of a form with its place in the file, as lint looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qa_engine.rubric.load import Rubric
from qa_engine.rubric.problems import Problem
from qa_engine.rubric.yaml_nodes import Path, Plain

POSITIVE_KEYS = ("any_of", "all_of", "of")
"""Keys whose phrases are looked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """An item of the file with its path."""

    rubric: Rubric
    path: Path
    item: dict[str, Plain]

    @property
    def id(self) -> str:
        return str(self.item["id"])

    def problem(self, code: str, message: str, hint: str = "", path: Path = ("id",)) -> Problem:
        where = self.rubric.document.where((*self.path, *path), key=isinstance(path[-1], str))
        return Problem(code, f"{self.id}:{message}", hint, where)


def places_of(rubric: Rubric) -> Iterator[Place]:
    """The items of a form in its order."""
    for s, section in enumerate(rubric.sections):
        for i in range(len(section.items)):
            path: Path = ("sections", s, "items", i)
            item = rubric.document.at(path)
            if isinstance(item, dict):
                yield Place(rubric, path, item)
