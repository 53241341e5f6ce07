"""Coaching of the demonstration: what was practised on the first day of the last fortnight, and what the figures say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlmodel import Session, select

from fixtures.operations.transcripts import CHANGE
from models.agent import AgentRow
from models.coaching import (
    WINDOW_DAYS,
    CoachingListenRow,
    CoachingPlanRow,
    PlanState,
    acknowledge,
    give,
)
from models.coaching_cycle import check_all, draft_for, sample_listen
from models.columns import utc_now
from qa_engine.errors import NotFound

RUBRIC = "telesales-standard"
OWNER = "林岚"
LISTENER = "郑可"
QUESTIONS, REMINDER, ROLE_PLAY = "提问工作坊", "晨会提醒开场话术", "异议角色扮演"


@dataclass(frozen=True, slots=True)
class Practice:
    """A plan: who, on what, by which training."""

    agent_id: str
    item_id: str
    title: str
    training: str
    started_on: date = CHANGE


PRACTISED = (
    Practice("A007", "discovery.questions", "用开放式问题了解需求(至少两个)", QUESTIONS),
    Practice("A010", "discovery.questions", "用开放式问题了解需求(至少两个)", QUESTIONS),
    Practice("A011", "closing.next_step", "约定下一步和时间", QUESTIONS),
    Practice("A002", "opening.recording_notice", "告知通话录音", REMINDER),
    Practice("A009", "opening.permission", "询问是否方便通话", REMINDER),
    Practice("A012", "opening.permission", "询问是否方便通话", REMINDER),
    Practice("A006", "objection.acknowledged", "异议先认同", ROLE_PLAY),
)


def practise(opened: Session) -> None:
    """Plans of the findings of that day, handed over and begun. What was not found (the calls are others) is left out."""
    for one in PRACTISED:
        agent = opened.get(AgentRow, one.agent_id)
        try:
            drafted = draft_for(
                opened, RUBRIC, one.agent_id, one.item_id, title=one.title, today=one.started_on
            )
        except NotFound:
            continue
        if agent is None or drafted.own is None or drafted.note is None:
            continue
        row = CoachingPlanRow(
            agent_id=one.agent_id,
            rubric=RUBRIC,
            item_id=one.item_id,
            item_title=one.title,
            owner=OWNER,
            training=one.training,
            due_on=one.started_on + timedelta(days=WINDOW_DAYS),
            situation=drafted.note.situation,
            behaviour=drafted.note.behaviour,
            impact=drafted.note.impact,
            finding=asdict(drafted.finding),
            clip=asdict(drafted.own.clip),
            model_clip=asdict(drafted.model.clip) if drafted.model else None,
        )
        opened.add(row)
        opened.flush()
        give(row)
        acknowledge(row, name=agent.name, today=one.started_on)


def check_plans(opened: Session, *, today: date) -> None:
    """Listens to the drawn calls of plans whose time is over, then judges all."""
    running = opened.exec(select(CoachingPlanRow).where(CoachingPlanRow.state == PlanState.RUNNING)).all()
    for plan in running:
        if plan.ends_on is not None and plan.ends_on < today:
            _listen(opened, sample_listen(opened, plan))
    check_all(opened, today=today)


def _listen(opened: Session, rows: Sequence[CoachingListenRow]) -> None:
    """The made-up listener hears what the machine heard."""
    for row in rows:
        if row.reached is None:
            row.reached, row.heard_by, row.heard_at = row.machine_reached, LISTENER, utc_now()
            opened.add(row)
    opened.flush()
