"""The forms of an installation, by one rule for pages, API, command line and workers.

A form is what was last released in the studio and has started; where nothing was released, the file: the centre's own in
`CALLQA_RUBRICS_DIR`, else the shipped one. Those named in `CALLQA_RUBRICS` score calls, and released ones that say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Engine
from sqlmodel import Session

from models.database import reading
from models.settings import Settings
from models.studio.release import InForce, ReleasedForm, released_form, releases_in_force
from qa_engine.errors import NotFound
from qa_engine.rubric.load import (
    SHARED_FOLDERS,
    Rubric,
    find_rubric,
    load_rubric,
    parse_rubric,
    shipped_folder,
    shipped_rubrics,
)
from qa_engine.rubric.phrases import add_lists, read_phrase_file
from qa_engine.rubric.problems import did_you_mean

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]
"""Changes whenever a form, or a list or condition that it may use, does."""
Loader: TypeAlias = Callable[[int], ReleasedForm]


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms as they are now. Loaded ones are kept between calls while nothing changes."""

    settings: Settings
    released: Mapping[str, InForce]
    load: Loader
    extra: tuple[Path, ...] = ()
    """Phrase files that add to those of the settings."""

    @property
    def known(self) -> tuple[str, ...]:
        """Ids: those that score calls first, then the files, then what was only ever released."""
        return tuple(dict.fromkeys([*self.active, *self.files, *self.released]))

    @property
    def files(self) -> Mapping[str, Path]:
        """Files by id; the centre's own win over the shipped ones, those that the settings name by their path over both."""
        folder, named = self.settings.rubrics_dir, self.settings.rubric_ids
        own = shipped_rubrics(folder) if folder else {}
        return {**shipped_rubrics(), **own, **{_stem(one): Path(one) for one in named if _is_path(one)}}

    @property
    def active(self) -> tuple[str, ...]:
        """Ids of what scores every call to which it applies: those of the settings, and released ones that say so."""
        named = dict.fromkeys(_stem(one) for one in self.settings.rubric_ids)
        kept = [one for one in named if one not in self.released or self.released[one].scores_calls]
        also = [one.rubric for one in self.released.values() if one.scores_calls]
        return tuple(dict.fromkeys([*kept, *also]))

    def is_active(self, rubric_id: str) -> bool:
        """Whether it scores every call to which it applies."""
        return rubric_id in self.active

    def in_force(self, named: str) -> InForce | None:
        """The release behind a form; None where a file is."""
        return None if _is_path(named) else self.released.get(named)

    def path(self, named: str) -> Path:
        """The file of a form: the path itself, else by id. Raises `NotFound`."""
        if _is_path(named):
            return find_rubric(named)
        files = self.files
        if named not in files:
            raise NotFound(f"没有质检表 {named[:80]}", hint=did_you_mean(named[:80], self.known))
        return files[named]

    def rubric(self, named: str) -> Rubric:
        """The form. Raises `NotFound`, or `BadRubric` with what is wrong in it."""
        release, extra = self.in_force(named), self._phrase_files
        if release is not None:
            return parse_release(self.load(release.id), named, extra)
        path = self.path(named)
        return _from_file(path, self.stamp(named), extra)

    def text(self, named: str) -> str:
        """The form as it was written. Raises `NotFound`."""
        release = self.in_force(named)
        if release is not None:
            return self.load(release.id).text
        return self.path(named).read_text("utf-8-sig", errors="replace")

    def file_rubric(self, rubric_id: str) -> Rubric:
        """The form as its file has it, whatever was released. Raises `NotFound`, `BadRubric`."""
        return Forms(self.settings, {}, self.load, self.extra).rubric(rubric_id)

    def file_text(self, rubric_id: str) -> str:
        """Its file's text. Raises `NotFound`."""
        return Forms(self.settings, {}, self.load, self.extra).text(rubric_id)

    def stamp(self, named: str) -> Stamp:
        """What tells two states of a form apart, without loading it. Raises `NotFound`."""
        own = _stamp(self._phrase_files)
        release = self.in_force(named)
        if release is not None:
            return (("release", release.id, 0), *own)
        path = self.path(named)
        folders = [parent / name for parent in (shipped_folder(), path.parent) for name in SHARED_FOLDERS]
        return (
            *_stamp((path, *sorted({file for folder in folders for file in folder.glob("*.yaml")}))),
            *own,
        )

    @property
    def _phrase_files(self) -> tuple[Path, ...]:
        own = (self.settings.phrases,) if self.settings.phrases else ()
        return (*own, *self.extra)


def forms_in(opened: Session, settings: Settings, *, extra: Sequence[Path] = ()) -> Forms:
    """The forms as this transaction sees them; usable while it is open."""
    return Forms(
        settings, releases_in_force(opened), lambda release: released_form(opened, release), tuple(extra)
    )


def forms_of(engine: Engine, settings: Settings, *, extra: Sequence[Path] = ()) -> Forms:
    """The forms as they are now."""

    def load(release: int) -> ReleasedForm:
        with reading(engine) as opened:
            return released_form(opened, release)

    with reading(engine) as opened:
        return Forms(settings, releases_in_force(opened), load, tuple(extra))


def file_forms(settings: Settings, *, extra: Sequence[Path] = ()) -> Forms:
    """The forms where there is no database: files alone."""

    def load(release: int) -> ReleasedForm:
        raise NotFound(f"没有编号为 {release} 的发布")

    return Forms(settings, {}, load, tuple(extra))


def parse_release(form: ReleasedForm, name: str, phrase_files: Sequence[Path] = ()) -> Rubric:
    """The form of a release with the centre's own words added. Raises `BadRubric`."""
    return _from_release(form, name, _stamp(phrase_files), tuple(phrase_files))


@lru_cache(maxsize=32)
def _from_release(form: ReleasedForm, name: str, _changed: Stamp, phrase_files: tuple[Path, ...]) -> Rubric:
    lists = dict(form.phrases)
    for file in phrase_files:
        add_lists(lists, read_phrase_file(file))
    return parse_rubric(form.source, file=f"{name}.yaml", shared=lists)


@lru_cache(maxsize=32)
def _from_file(path: Path, _changed: Stamp, phrase_files: tuple[Path, ...]) -> Rubric:
    return load_rubric(path, phrase_files=phrase_files)


def _stamp(files: Sequence[Path]) -> Stamp:
    stats = ((file, file.stat()) for file in files if file.is_file())
    return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in stats)


def _stem(named: str) -> str:
    return named.rpartition("/")[2].removesuffix(".yaml").removesuffix(".yml")


def _is_path(named: str) -> bool:
    return named.endswith((".yaml", ".yml")) or "/" in named
