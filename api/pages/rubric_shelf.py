"""The centre's rubrics as pages need them: which there are, and the titles behind ids. Files are read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from models.settings import Settings
from qa_engine.errors import CallQAError, NotFound
from qa_engine.rubric.load import Rubric, load_rubric, shipped_rubrics


@dataclass(frozen=True, slots=True)
class Shelved:
    """A rubric, or the error that its file has."""

    id: str
    rubric: Rubric | None
    error: CallQAError | None
    scores_calls: bool


class RubricShelf:
    """The rubrics of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.rubrics_dir
        self._phrases = (settings.phrases,) if settings.phrases else ()
        self._active = settings.rubric_ids

    def all(self) -> tuple[Shelved, ...]:
        """Every rubric that can be shown, those that score calls first."""
        ids = dict.fromkeys(
            [*self._active, *shipped_rubrics(), *(shipped_rubrics(self._folder) if self._folder else {})]
        )
        return tuple(self._shelved(rubric_id) for rubric_id in ids)

    def get(self, rubric_id: str) -> Rubric:
        """Raises `NotFound`, or `BadRubric` with what is wrong in the file."""
        known = {**shipped_rubrics(), **(shipped_rubrics(self._folder) if self._folder else {})}
        # ids only: an address must not open any file that the process can read
        if rubric_id not in known:
            raise NotFound(f"没有质检表 {rubric_id[:80]}", hint="可用的质检表:" + "、".join(known))
        path = known[rubric_id]
        phrases = tuple((file, file.stat().st_mtime_ns) for file in self._phrases if file.is_file())
        return _load(path, path.stat().st_mtime_ns, phrases)

    def section_titles(self, rubric_id: str | None = None) -> Mapping[str, str]:
        """Titles of sections by id; of all rubrics where none is named."""
        return {
            section.id: section.title for rubric in self._readable(rubric_id) for section in rubric.sections
        }

    def item_titles(self, rubric_id: str | None = None) -> Mapping[str, str]:
        """Titles of items by id, in the order of the form."""
        return {item.id: item.title for rubric in self._readable(rubric_id) for item in rubric.items}

    def titles(self) -> Mapping[str, str]:
        """Titles of rubrics by id."""
        return {shelved.id: shelved.rubric.title for shelved in self.all() if shelved.rubric}

    def _shelved(self, rubric_id: str) -> Shelved:
        try:
            return Shelved(rubric_id, self.get(rubric_id), None, rubric_id in self._active)
        except CallQAError as error:
            return Shelved(rubric_id, None, error, rubric_id in self._active)

    def _readable(self, rubric_id: str | None) -> tuple[Rubric, ...]:
        wanted = [self._shelved(rubric_id)] if rubric_id else self.all()
        return tuple(shelved.rubric for shelved in wanted if shelved.rubric)


@lru_cache(maxsize=32)
def _load(path: Path, _changed: int, phrases: tuple[tuple[Path, int], ...]) -> Rubric:
    return load_rubric(path, phrase_files=[file for file, _ in phrases])
