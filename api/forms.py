"""The rubrics of an installation, compiled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from models.settings import Settings
from models.version import code_version
from qa_engine.rubric import find_rubric, load_rubric
from qa_engine.scoring.compile import Plan, compile_rubric


def load_plans(
    settings: Settings, names: Sequence[str] | None = None, *, phrases: Path | None = None
) -> tuple[Plan, ...]:
    """Rubrics by id or path, those of the settings by default. Raises `NotFound`, `BadRubric`."""
    files = tuple(path for path in (settings.phrases, phrases) if path is not None)
    paths = [
        find_rubric(name, folder=settings.rubrics_dir)
        for name in (settings.rubric_ids if names is None else names)
    ]
    return tuple(
        compile_rubric(load_rubric(path, phrase_files=files), zone=settings.zone, code_version=code_version())
        for path in paths
    )
