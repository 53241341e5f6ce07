"""Who answers questions about what was said: a language model behind a Protocol, handed in by the caller.

The engine itself reaches no network. Without a questioner every question is unknown, and the score says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Verdict: TypeAlias = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Line:
    """A turn as the model reads it: its number, `agent` or `customer`, what was said."""

    turn: int
    role: str
    text: str


UNREACHED = " unreached "
"""In a pin: between the model's name and how many of its questions went without an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """yes, no or unknown with `why`; `quote` is what the model says was said. `reached`: whether a model answered at
    all, as opposed to being away."""

    verdict: Verdict
    quote: str = ""
    why: str = ""
    reached: bool = True


class Questioner(Protocol):
    """Answers one question about a stretch of a call. Raises nothing: whatever goes wrong is an unknown."""

    @property
    def name(self) -> str:
        """The model, as it is pinned in evaluations."""

    def ask(self, question: str, lines: Sequence[Line]) -> Answer:
        """The answer of the model."""


class NoQuestioner:
    """No model is set up."""

    name = ""

    def ask(self, question: str, lines: Sequence[Line]) -> Answer:
        """Always unknown."""
        del question, lines
        return Answer("unknown", why="没有接大模型(设置 CALLQA_LLM_URL 后启用)", reached=False)


def question_key(model: str, question: str, lines: Sequence[Line]) -> str:
    """What an answer depends on, as a hash: equal questions about equal words to the same model have one answer."""
    content = [model, question, [[line.role, line.text] for line in lines]]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()
