"""Rubric × call → evaluation: three-valued logic, evidence, arithmetic.

The public names are loaded on first use: conditions of the rubric language use this package's values, and this package
compiles those conditions.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Plan, compile_rubric
    from qa_engine.scoring.evaluator import applies, evaluate

__all__ = ["Plan", "applies", "compile_rubric", "evaluate"]
_HOMES = {"Plan": "compile", "compile_rubric": "compile", "applies": "evaluator", "evaluate": "evaluator"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
