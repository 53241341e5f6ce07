"""Appeals as pages show them: on the item that they contest, and in lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from api.pages.figures import clock, local_time
from api.pages.languages import Words
from api.pages.views.queue import due_text
from models.acknowledgement import Answer
from models.appeal import AppealRow, AppealStepRow, is_overdue, shown_state
from qa_engine.quality.appeal import Act, State
from qa_engine.quality.review import HUMAN, Reason
from qa_engine.scoring.evaluation import Evidence, Verdict

VERDICTS = tuple(verdict.value for verdict in HUMAN)
REASONS = tuple(Reason)


@dataclass(frozen=True, slots=True)
class StepView:
    """A line of the log."""

    act: str
    step: str
    name: str
    note: str
    at: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class AppealView:
    """An appeal. `acts` are what the reader may do; `due` is in words, `due_at` as a time."""

    row: AppealRow
    state: str
    steps: tuple[StepView, ...]
    acts: tuple[str, ...]
    filed_at: str
    due: str
    due_at: str
    is_overdue: bool
    place: str

    @property
    def is_open(self) -> bool:
        return self.state in {State.OPEN, State.REFUSED}

    @property
    def answers(self) -> tuple[str, ...]:
        """What needs a form of its own: an overturn."""
        return tuple(act for act in self.acts if act != Act.OVERTURN)

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What it may be overturned to, what the agent asks for first."""
        others = [verdict for verdict in VERDICTS if verdict not in {self.row.contested, self.row.wanted}]
        return (self.row.wanted, *others)


@dataclass(frozen=True, slots=True)
class Standing:
    """The score with people's verdicts in it: of which round (`review`, `second`, `appeal`), by whom."""

    score: float | None
    low: float | None
    high: float | None
    result: str
    kind: str
    name: str
    items: Mapping[str, tuple[str, str]]
    """Item → verdict and who gave it."""


@dataclass(frozen=True, slots=True)
class CallAppeals:
    """What the call page shows of appeals and acknowledgement. `limit` is until when an appeal may be filed ("" = no end yet)."""

    evaluation_id: int
    by_item: Mapping[str, Sequence[AppealView]]
    may_file: bool
    may_acknowledge: bool
    answer: Answer
    answered_at: str
    limit: str
    standing: Standing | None
    token: str
    queue: str
    evidence: Mapping[str, Sequence[tuple[int, str]]]

    @property
    def reasons(self) -> tuple[str, ...]:
        return REASONS

    def of(self, item_id: str) -> Sequence[AppealView]:
        return self.by_item.get(item_id, ())

    def stands(self, item_id: str, machine: str) -> str:
        """The verdict of an item as it stands."""
        return self.standing.items.get(item_id, (machine, ""))[0] if self.standing else machine

    def choices(self, item_id: str, machine: str) -> tuple[str, ...]:
        """What may be asked for instead."""
        stands = self.stands(item_id, machine)
        return tuple(verdict for verdict in VERDICTS if verdict != stands)

    def may_file_on(self, item_id: str) -> bool:
        """Whether the item may be contested: not while an appeal lies on it, nor after one was decided."""
        return self.may_file and all(one.state == State.WITHDRAWN for one in self.of(item_id))


def appeal_view(
    row: AppealRow,
    steps: Sequence[AppealStepRow],
    acts: Sequence[Act],
    *,
    now: datetime,
    zone: ZoneInfo,
    words: Words,
) -> AppealView:
    """An appeal in the reader's language."""
    state = shown_state(row, now)
    node = row.node or {}
    start_s = node.get("start_s")
    return AppealView(
        row=row,
        state=state.value,
        steps=tuple(
            StepView(step.act, step.step, step.name, step.note, local_time(step.at, zone), step.is_late)
            for step in steps
        ),
        acts=tuple(acts),
        filed_at=local_time(row.filed_at, zone),
        due=due_text(row.due_at, now, words) if state in {State.OPEN, State.REFUSED} else "",
        due_at=local_time(row.due_at, zone),
        is_overdue=state is State.OPEN and is_overdue(row, now),
        place=clock(start_s) if start_s is not None else "",
    )


def evidence_choices(pieces: Sequence[Evidence], words: Words) -> list[tuple[int, str]]:
    """Pieces of evidence to choose from, by their place."""
    found = []
    for place, piece in enumerate(pieces):
        quote = f" “{piece.text[:24]}”" if piece.text else ""
        when = clock(piece.start_s) if piece.start_s is not None else words("appeal.fact")
        found.append((place, f"{when}{quote}"))
    return found


def known_verdict(text: str | None) -> Verdict | None:
    """A form's verdict; None where nothing was chosen."""
    return Verdict(text) if text else None
