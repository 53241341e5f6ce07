"""What a target asks for from here on: its path, its weeks, the dials behind a number of deals, and its split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from models.target import TargetRow, save_split, work_calendar
from models.target_figures import WEEKS, actual, funnel_stages, next_level, reached_by, weekly_history
from qa_engine.errors import CallQAError
from qa_engine.targets.attainment import Chance, chance_of
from qa_engine.targets.funnel import Needed, Stage, needed_dials
from qa_engine.targets.path import Milestone, PathCard, milestones, path_card
from qa_engine.targets.split import HALF, Portion, split_value
from qa_engine.targets.target import Scope, Target


@dataclass(frozen=True, slots=True)
class Week:
    """A milestone and what was reached by its end; None for weeks to come and where it is unknown."""

    due: Milestone
    reached: float | None


@dataclass(frozen=True, slots=True)
class TargetPath:
    """`left` to reach in `days` working days, today included; None for rates. `card` None where no day is left, or where
    `problem` says why there is no funnel: `stages` is empty then."""

    card: PathCard | None
    stages: tuple[Stage, ...]
    weeks: tuple[Week, ...]
    problem: CallQAError | None
    left: float | None
    days: float


def chance(session: Session, target: Target, *, today: date) -> Chance:
    """How likely it is from the weeks before its first day."""
    before = min(target.first, today)
    return chance_of(target, weekly_history(session, target, before=before), work_calendar(session))


def read_path(session: Session, target: Target, *, today: date) -> TargetPath:
    """Dials a day from today to the end by the rates of the last 12 weeks, and the weeks."""
    calendar = work_calendar(session)
    due = milestones(target, calendar)
    reached = reached_by(session, target, [week.last for week in due], today=today)
    weeks = tuple(Week(*pair) for pair in zip(due, reached, strict=True))
    so_far = actual(session, target, today=today) or 0.0
    left = max(target.value - so_far, 0.0) if target.is_additive else None
    days = calendar.days(max(today, target.first), target.last)
    try:
        stages = tuple(funnel_stages(session, target, before=today))
        card = path_card(target, so_far, stages, calendar, today=today)
    except CallQAError as error:
        return TargetPath(None, (), weeks, error, left, days)
    return TargetPath(card, stages, weeks, None, left, days)


def dials_for(session: Session, target: Target, *, today: date) -> tuple[Needed, list[Stage]]:
    """How many dials stand behind a target's value, by the rates of its scope over the last 12 weeks. Raises `BadTarget`
    for metrics outside the funnel, `NoRates`."""
    stages = funnel_stages(session, target, before=today)
    return needed_dials(target.value, stages), stages


def propose_split(
    session: Session,
    row: TargetRow,
    *,
    today: date,
    to: Scope | None = None,
    potential: Mapping[str, float] | None = None,
    potential_weight: float = HALF,
    shares: Mapping[str, float] | None = None,
) -> tuple[Scope, list[Portion]]:
    """The portions of the level below, by history and potential, or by edited shares. A rate is not shared out: everybody
    gets the whole of it. Raises `BadTarget`."""
    level, members = next_level(session, row.target, before=min(row.starts, today), to=to)
    if not row.target.is_additive:
        return level, [Portion(key, past, None, 1.0, row.value) for key, past in members]
    market = potential or {}
    rows: Sequence[tuple[str, float, float | None]] = [(key, past, market.get(key)) for key, past in members]
    portions = split_value(
        row.value * (1 + row.stretch),
        rows,
        potential_weight=potential_weight,
        shares=shares or None,
    )
    return level, portions


def keep_split(
    session: Session, row: TargetRow, level: Scope, portions: Sequence[Portion], *, owners: dict[str, str]
) -> list[TargetRow]:
    """Stores a proposed split. The baseline of a count is its history brought to the target's length. Raises as
    `save_split`."""
    length = ((row.ends - row.starts).days + 1) / (7 * WEEKS) if row.target.is_additive else 1.0
    scaled = [replace(one, history=round(one.history * length, 6)) for one in portions]
    return save_split(session, row.id, level, scaled, owners=owners)
