"""The rubrics of an installation, compiled."""

from __future__ import annotations

from collections.abc import Sequence

from models.studio.forms import Forms
from models.version import code_version
from qa_engine.scoring.compile import Plan, compile_rubric


def load_plans(forms: Forms, names: Sequence[str] | None = None) -> tuple[Plan, ...]:
    """Rubrics by id or path, those that score calls by default. Raises `NotFound`, `BadRubric`."""
    return tuple(
        compile_rubric(forms.rubric(name), zone=forms.settings.zone, code_version=code_version())
        for name in (forms.active if names is None else names)
    )
