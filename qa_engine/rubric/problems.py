"""What can be wrong with a rubric file, and the error that carries all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from qa_engine.errors import BadInput, Where

SHOWN_IN_MESSAGE = 5
NEAR_PERCENT = 60
"""Likeness from which a word may be a misspelling of another."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault at one place. `code` is stable; `message` says what was found, `hint` what to write instead."""

    code: str
    message: str
    hint: str = ""
    where: Where = field(default_factory=Where)

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}"
        return f"{text} → {self.hint}" if self.hint else text


class BadRubric(BadInput):
    """A rubric or phrase file that cannot be used. `problems` lists every fault found, in file order."""

    code = "bad_rubric"

    def __init__(self, problems: Sequence[Problem]) -> None:
        ordered = tuple(sorted(problems, key=_file_order))
        first = ordered[0]
        more = [str(problem) for problem in ordered[1:SHOWN_IN_MESSAGE]]
        if len(ordered) > SHOWN_IN_MESSAGE:
            more.append(f"……另有 {len(ordered) - SHOWN_IN_MESSAGE} 处问题")
        super().__init__(first.message, hint="\n".join([first.hint, *more]).strip(), where=first.where)
        self.problems = ordered


def _file_order(problem: Problem) -> tuple[str, int, int]:
    where = problem.where
    return (where.file or "", where.line or 0, where.column or 0)


def did_you_mean(found: str, allowed: Iterable[str], *, limit: int = 12) -> str:
    """A hint that names the nearest allowed word (if one is near) and the words allowed."""
    words = sorted(allowed)
    if not words:
        return ""
    best = process.extractOne(found, words, scorer=fuzz.ratio, score_cutoff=NEAR_PERCENT)
    listed = "、".join(words[:limit]) + ("……" if len(words) > limit else "")
    return f"是不是想写 {best[0]}?可用:{listed}" if best else f"可用:{listed}"
