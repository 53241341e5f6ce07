"""From findings to plans to verdicts, over the store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from models.call import CallRow
from models.coaching import (
    WINDOW_DAYS,
    CoachingListenRow,
    CoachingPlanRow,
    PlanState,
    listens_of,
    next_round,
)
from models.coaching_cells import JUDGED, item_weights, read_cells
from models.coaching_clips import Chosen, best_peer, worst_own
from models.evaluation import EvaluationItemRow, EvaluationRow
from models.recording import RecordingRow
from qa_engine.coaching.effect import Effect, Level, comparable, estimate, levels
from qa_engine.coaching.findings import Finding, findings
from qa_engine.coaching.note import Note, draft
from qa_engine.coaching.trainings import Measured, Rated, rate
from qa_engine.coaching.verdict import LISTENED, Judgement, Listening, judge
from qa_engine.errors import NotFound

FINDING_DAYS = 28
MIN_HOLDOUTS = 10


def find(
    opened: Session, rubric: str, *, today: date, days: int = FINDING_DAYS
) -> Mapping[str, tuple[Finding, ...]]:
    """What to work on with whom, from the `days` days before today."""
    cells = read_cells(opened, rubric, first=today - timedelta(days=days), last=today - timedelta(days=1))
    return findings(cells, item_weights(opened, rubric))


@dataclass(frozen=True, slots=True)
class Drafted:
    """A finding with its evidence and the note made of both. Clips are None where no such call is stored."""

    finding: Finding
    own: Chosen | None
    model: Chosen | None
    note: Note | None


def draft_for(
    opened: Session, rubric: str, agent_id: str, item_id: str, *, title: str, today: date
) -> Drafted:
    """The draft for one finding. Raises `NotFound` where there is no such finding now."""
    found = next(
        (one for one in find(opened, rubric, today=today).get(agent_id, ()) if one.item_id == item_id), None
    )
    if found is None:
        raise NotFound("这位坐席目前没有这一项发现", hint="差异可能已在误差之内,请回到辅导看板查看最新的发现")
    span = {"first": today - timedelta(days=FINDING_DAYS), "last": today - timedelta(days=1)}
    own = worst_own(opened, rubric, item_id, agent_id, **span)
    model = best_peer(opened, rubric, item_id, not_of=agent_id, campaign=own.campaign if own else "", **span)
    note = own and draft(
        found, own.clip, title=title, day=own.day.isoformat(), campaign=own.campaign, coach=own.coach
    )
    return Drafted(found, own, model, note or None)


@dataclass(frozen=True, slots=True)
class Measurement:
    """The figures of a plan on a day: the agent's and the peers' levels, the effect. None where too few calls."""

    own: Level | None
    peers: tuple[Level, ...]
    target: float
    effect: Effect | None
    against_holdouts: bool


def windows(plan: CoachingPlanRow) -> tuple[date, date, date, date]:
    """First and last day before, first and last day after. The plan must have started."""
    assert plan.started_on is not None
    assert plan.ends_on is not None
    before = plan.started_on - timedelta(days=WINDOW_DAYS)
    return before, plan.started_on - timedelta(days=1), plan.started_on, plan.ends_on


def measure(opened: Session, plan: CoachingPlanRow) -> Measurement:
    """The plan's figures over its own windows."""
    first, middle, start, last = windows(plan)
    half = first + timedelta(days=WINDOW_DAYS // 2)

    early, late = (
        read_cells(opened, plan.rubric, first=a, last=b, item_id=plan.item_id)
        for a, b in ((first, half - timedelta(days=1)), (half, middle))
    )
    post = read_cells(opened, plan.rubric, first=start, last=last, item_id=plan.item_id)
    found = levels([*early, *late], post, early=early, late=late)
    coached, held = _others(opened, plan, first, last)
    own = next((one for one in found if one.agent_id == plan.agent_id), None)
    free = [one for one in comparable(found) if one.agent_id != plan.agent_id and one.agent_id not in coached]
    holdouts = [one for one in free if one.agent_id in held]
    use_holdouts = len(holdouts) >= MIN_HOLDOUTS
    peers = tuple(holdouts if use_holdouts else free)
    target = sum(one.post for one in free) / len(free) if free else 1.0
    effect = estimate([own], peers) if own and comparable([own]) else None
    return Measurement(own, peers, target, effect, use_holdouts)


def _others(opened: Session, plan: CoachingPlanRow, first: date, last: date) -> tuple[set[str], set[str]]:
    """Who else was coached on the item while this plan was measured, and who was held back for comparison."""
    rows = opened.exec(
        select(CoachingPlanRow).where(
            CoachingPlanRow.rubric == plan.rubric, CoachingPlanRow.item_id == plan.item_id
        )
    ).all()
    coached = {
        row.agent_id
        for row in rows
        if not row.is_holdout
        and row.started_on is not None
        and row.started_on <= last
        and (row.ends_on or last) >= first
    }
    return coached, {row.agent_id for row in rows if row.is_holdout} - coached


def sample_listen(opened: Session, plan: CoachingPlanRow) -> Sequence[CoachingListenRow]:
    """Draws the calls of the second listen once: ten of the time after on which the item was judged, by a hash of plan and
    call, so that nobody chooses and a repeat draws the same. Only calls that can be listened to; none where only
    transcripts were imported."""
    assert plan.id is not None
    drawn = listens_of(opened, plan.id)
    if drawn:
        return drawn
    _, _, start, last = windows(plan)
    rows = opened.exec(
        select(CallRow.id, EvaluationItemRow.verdict)
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .join(EvaluationItemRow, col(EvaluationItemRow.evaluation_id) == col(EvaluationRow.id))
        .join(RecordingRow, col(RecordingRow.call_id) == col(CallRow.id))
        .where(
            col(RecordingRow.audio_key).is_not(None),
            CallRow.agent_id == plan.agent_id,
            CallRow.day >= start,
            CallRow.day <= last,
            EvaluationRow.rubric == plan.rubric,
            col(EvaluationRow.current).is_(True),
            EvaluationItemRow.item_id == plan.item_id,
            col(EvaluationItemRow.verdict).in_(JUDGED),
        )
    ).all()
    by_hash = sorted(rows, key=lambda row: hashlib.sha256(f"{plan.id}\0{row[0]}".encode()).digest())
    made = [
        CoachingListenRow(plan_id=plan.id, call_id=call_id, place=place, machine_reached=verdict == "pass")
        for place, (call_id, verdict) in enumerate(by_hash[:LISTENED], start=1)
    ]
    opened.add_all(made)
    opened.flush()
    return made


def listening_of(rows: Sequence[CoachingListenRow]) -> Listening | None:
    """The blind listen so far; None where nothing was heard."""
    heard = [row for row in rows if row.reached is not None]
    if not heard:
        return None
    return Listening(
        len(heard), sum(bool(row.reached) for row in heard), sum(row.machine_reached for row in heard)
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a plan on a check: `judgement` None = it waits for its time, or for people to listen."""

    plan_id: int
    judgement: Judgement | None
    waits_for: str = ""
    next_plan_id: int | None = None


def check_plan(opened: Session, plan: CoachingPlanRow, *, today: date) -> Checked:
    """Judges a running plan whose time is over and whose sample has been heard. Where it did not work the next round opens
    by itself; where the interval leaves it open the time is extended once."""
    assert plan.id is not None
    if plan.state != PlanState.RUNNING or plan.ends_on is None:
        return Checked(plan.id, None, "state")
    if today <= plan.ends_on:
        return Checked(plan.id, None, "time")
    found = measure(opened, plan)
    rows = sample_listen(opened, plan)
    if any(row.reached is None for row in rows):
        return Checked(plan.id, None, "listen")
    own = found.own
    judgement = judge(
        found.effect,
        post=own.post if own else None,
        target=found.target,
        n_pre=own.n_pre if own else 0,
        n_post=own.n_post if own else 0,
        listening=listening_of(rows),
        may_wait=not plan.extended,
    )
    if judgement.outcome == "too_few" and not plan.extended:
        plan.extended = True
        for row in rows:  # the sample is drawn anew over the longer time
            opened.delete(row)
        opened.flush()
        return Checked(plan.id, judgement, "extended")
    _close(plan, judgement, found, today=today)
    opened.add(plan)
    following = next_round(plan, today=today) if judgement.opens_round else None
    if following is not None:
        opened.add(following)
    opened.flush()
    return Checked(plan.id, judgement, next_plan_id=following.id if following else None)


def _close(plan: CoachingPlanRow, judgement: Judgement, found: Measurement, *, today: date) -> None:
    plan.state = PlanState.DONE
    plan.outcome = judgement.outcome.value
    plan.judged_on = today
    if found.effect is not None:
        plan.effect, plan.effect_low, plan.effect_high = (
            found.effect.effect,
            found.effect.low,
            found.effect.high,
        )
    plan.verdict = {
        "reason": judgement.reason,
        "own": asdict(found.own) if found.own else None,
        "target": found.target,
        "peers": len(found.peers),
        "effect": asdict(found.effect) if found.effect else None,
        "against_holdouts": found.against_holdouts,
    }


def check_all(opened: Session, *, today: date) -> Sequence[Checked]:
    """Every running plan. Rows are locked: two that check at once open one next round."""
    rows = opened.exec(
        select(CoachingPlanRow).where(CoachingPlanRow.state == PlanState.RUNNING).with_for_update()
    ).all()
    return [check_plan(opened, row, today=today) for row in rows]


def rated_trainings(opened: Session) -> Sequence[Rated]:
    """Trainings by the measured effect of their plans that came to a verdict with an estimate."""
    rows = opened.exec(
        select(CoachingPlanRow).where(
            CoachingPlanRow.state == PlanState.DONE,
            CoachingPlanRow.training != "",
            col(CoachingPlanRow.effect).is_not(None),
        )
    ).all()
    return rate(
        Measured(row.training, row.effect, row.effect_low, row.effect_high)
        for row in rows
        if row.effect is not None and row.effect_low is not None and row.effect_high is not None
    )
