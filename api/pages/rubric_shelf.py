"""The centre's rubrics as pages need them: which there are, and the titles behind ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.studio.forms import Forms
from models.studio.release import InForce
from qa_engine.errors import CallQAError, NotFound
from qa_engine.rubric.load import Rubric


@dataclass(frozen=True, slots=True)
class Shelved:
    """A rubric, or the error that its file has. `release` put it in force; None for a file."""

    id: str
    rubric: Rubric | None
    error: CallQAError | None
    scores_calls: bool
    release: InForce | None = None


class RubricShelf:
    """The rubrics of one installation, as they are in force now."""

    def __init__(self, forms: Forms) -> None:
        self.forms = forms

    def all(self) -> tuple[Shelved, ...]:
        """Every rubric that can be shown, those that score calls first."""
        return tuple(self._shelved(rubric_id) for rubric_id in self.forms.known)

    def get(self, rubric_id: str) -> Rubric:
        """Raises `NotFound`, or `BadRubric` with what is wrong in the file."""
        known = self.forms.known
        # ids only: an address must not open any file that the process can read
        if rubric_id not in known:
            raise NotFound(f"没有质检表 {rubric_id[:80]}", hint="可用的质检表:" + "、".join(known))
        return self.forms.rubric(rubric_id)

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
        release, is_active = self.forms.in_force(rubric_id), self.forms.is_active(rubric_id)
        try:
            return Shelved(rubric_id, self.get(rubric_id), None, is_active, release)
        except CallQAError as error:
            return Shelved(rubric_id, None, error, is_active, release)

    def _readable(self, rubric_id: str | None) -> tuple[Rubric, ...]:
        wanted = [self._shelved(rubric_id)] if rubric_id else self.all()
        return tuple(shelved.rubric for shelved in wanted if shelved.rubric)
