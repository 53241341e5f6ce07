"""What a back-test found, `callqa.backtest/1`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from qa_engine.quality.estimates import Mean, Share

FORMAT: Literal["callqa.backtest/1"] = "callqa.backtest/1"


@dataclass(frozen=True, slots=True)
class FormSide:
    """One of the two forms."""

    rubric: str
    version: int
    title: str
    sha256: str
    lexicon_sha256: str


@dataclass(frozen=True, slots=True)
class Transition:
    """How many calls went from one verdict or result to another (or stayed)."""

    old: str
    new: str
    calls: int


@dataclass(frozen=True, slots=True)
class Example:
    """A call to listen to: the words that decide under the new form (under the old one where the new has none), masked,
    with their milliseconds. `turn` is None for a stretch without words, the times too where a fact decides."""

    call_id: str
    item: str
    old: str
    new: str
    turn: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Against reviewers, where they have judged. Found = the machine says fail: precision = found and right / found,
    recall = found and right / all that reviewers failed (an unknown is no find). Agreement = same verdict."""

    reviewed: int
    agreement: Share
    precision: Share
    recall: Share


@dataclass(frozen=True, slots=True)
class ItemReport:
    """One item. `form` says what was done to it: same, changed, added, removed; an item that is the same may still come
    out otherwise, where it asks about another. `absent` in a transition: the form does not have it."""

    id: str
    title: str
    form: str
    calls: int
    changed: int
    transitions: tuple[Transition, ...]
    old_points: float
    new_points: float
    examples: tuple[Example, ...]
    old_review: Reviewed | None
    new_review: Reviewed | None


@dataclass(frozen=True, slots=True)
class AgentShift:
    """Scores of one agent's calls (empty id: unknown); `change` is the mean of new minus old, call by call."""

    agent_id: str
    old: Mean
    new: Mean
    change: Mean


@dataclass(frozen=True, slots=True)
class AutoFailChange:
    """Calls with an auto-fail that the other form does not give, by item."""

    calls: int
    items: Mapping[str, int]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Adjustments:
    """Mean points a call that bonus items add and deductions take."""

    old_bonus: Mean
    new_bonus: Mean
    old_deduct: Mean
    new_deduct: Mean


@dataclass(frozen=True, slots=True)
class BackTestReport:
    """The whole report. Figures are of the `compared` calls, to which both forms apply."""

    old: FormSide
    new: FormSide
    compared: int
    only_old: int
    only_new: int
    neither: int
    old_score: Mean
    new_score: Mean
    score_change: Mean
    results: tuple[Transition, ...]
    agents: tuple[AgentShift, ...]
    auto_fails_gained: AutoFailChange
    auto_fails_lost: AutoFailChange
    adjustments: Adjustments
    items: tuple[ItemReport, ...]


def backtest_json(report: BackTestReport) -> dict[str, object]:
    """The `callqa.backtest/1` document."""
    return {"format": FORMAT, **asdict(report)}
