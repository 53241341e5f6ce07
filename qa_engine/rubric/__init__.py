"""The rubric language: read, check and describe the forms by which calls are judged."""

from qa_engine.rubric.load import Rubric, find_rubric, load_rubric, parse_rubric, shipped_rubrics
from qa_engine.rubric.problems import BadRubric, Problem

__all__ = [
    "BadRubric", "Problem", "Rubric", "find_rubric", "load_rubric", "parse_rubric", "shipped_rubrics",
]  # fmt: skip
