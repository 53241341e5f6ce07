"""Coaching: the board, the editor of a note, a plan with its verdict, the blind second listen."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from api.deps import ReadDep, Services, ServicesDep
from api.pages.actor import actor_of, remember_actor
from api.pages.rendering import render
from api.pages.rubric_shelf import RubricShelf
from api.pages.views.coaching import clip_view, finding_views, picture, plan_lines
from models.access.roles import acting
from models.agent import AgentRow
from models.call import get_call
from models.clock import today_of
from models.coaching import (
    WINDOW_DAYS,
    CoachingListenRow,
    CoachingPlanRow,
    PlanState,
    acknowledge,
    drop,
    due_plans,
    get_plan,
    give,
    list_plans,
    listens_of,
)
from models.coaching_cycle import check_plan, draft_for, find, measure, rated_trainings
from models.columns import utc_now
from models.database import session as writing
from models.library.edit import may_teach
from models.studio.forms import forms_in
from qa_engine.coaching.note import Clip, Note, check_note, judgement_words
from qa_engine.errors import NotFound

router = APIRouter(prefix="/coaching", include_in_schema=False)
Line = Annotated[str, Form(max_length=200)]
Prose = Annotated[str, Form(max_length=4000)]


def _today(services: Services) -> date:
    return today_of(services.settings)


def _rubric(services: Services, asked: str | None) -> str:
    return asked or next(iter(services.settings.rubric_ids), "")


def _names(opened: Session, agents: set[str]) -> dict[str, str]:
    rows = (opened.get(AgentRow, agent) for agent in agents)
    return {row.id: row.name or row.id for row in rows if row}


@router.get("")
def board(
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    *,
    rubric: Annotated[str | None, Query()] = None,
    due: bool = False,
) -> HTMLResponse:
    """Findings by agent, plans by state and due date, trainings by effect; `due`: only plans that wait for somebody."""
    shelf = RubricShelf(forms_in(opened, services.settings))
    chosen, today = _rubric(services, rubric), _today(services)
    found = finding_views(find(opened, chosen, today=today), shelf.item_titles(chosen))
    plans = plan_lines(due_plans(opened, today=today) if due else list_plans(opened), today)
    agents = {line.row.agent_id for line in plans} | set(found)
    return render(
        request,
        "coaching/board.html",
        nav="coaching",
        rubric=chosen,
        rubrics=shelf.titles(),
        found=found,
        plans=plans,
        is_due=due,
        names=_names(opened, agents),
        trainings=rated_trainings(opened),
    )


@router.get("/draft")
def editor(
    request: Request, services: ServicesDep, opened: ReadDep, *, agent: str, item: str, rubric: str
) -> HTMLResponse:
    """The note drafted from a finding, to be put into one's own words. Raises `NotFound`."""
    today = _today(services)
    title = RubricShelf(forms_in(opened, services.settings)).item_titles(rubric).get(item, item)
    drafted = draft_for(opened, rubric, agent, item, title=title, today=today)
    return render(
        request,
        "coaching/editor.html",
        nav="coaching",
        rubric=rubric,
        agent=agent,
        item=item,
        title=title,
        name=_names(opened, {agent}).get(agent, agent),
        finding=finding_views({agent: [drafted.finding]}, {item: title})[agent][0],
        note=drafted.note,
        own=clip_view(drafted.own.clip if drafted.own else None, rubric, item),
        model=clip_view(drafted.model.clip if drafted.model else None, rubric, item),
        due=today + timedelta(days=WINDOW_DAYS),
        actor=actor_of(request),
        teaches=may_teach(),
    )


@router.post("/plans")
def save_plan(  # noqa: PLR0917 (form fields)
    services: ServicesDep,
    agent: Line,
    item: Line,
    rubric: Line,
    situation: Prose,
    behaviour: Prose,
    impact: Prose,
    owner: Line,
    due: Annotated[date, Form()],
    training: Line = "",
    holdout: Annotated[bool, Form()] = False,
) -> RedirectResponse:
    """Keeps the plan as a draft. Evidence and figures are read again, never taken from the form. Raises
    `UncitedBehaviour`, `EmptyNote`, `NotFound`."""
    with writing(services.engine) as opened:
        title = RubricShelf(forms_in(opened, services.settings)).item_titles(rubric).get(item, item)
        drafted = draft_for(opened, rubric, agent, item, title=title, today=_today(services))
        if drafted.own is None:
            raise NotFound("没有可作证据的通话", hint="请等这一项有新的通话再建计划")
        clip = drafted.own.clip
        check_note(
            Note(situation, behaviour, impact), clip, duration_s=get_call(opened, clip.call_id).duration_s
        )
        row = CoachingPlanRow(
            agent_id=agent,
            rubric=rubric,
            item_id=item,
            item_title=title,
            owner=owner,
            training=training.strip(),
            due_on=due,
            is_holdout=holdout,
            situation=situation,
            behaviour=behaviour,
            impact=impact,
            finding=asdict(drafted.finding),
            clip=asdict(clip),
            model_clip=asdict(drafted.model.clip) if drafted.model else None,
        )
        opened.add(row)
        opened.flush()
        plan_id = row.id
    answer = RedirectResponse(f"/coaching/plans/{plan_id}", 303)
    remember_actor(answer, owner)
    return answer


@router.get("/plans/{plan_id}")
def plan_page(request: Request, services: ServicesDep, opened: ReadDep, plan_id: int) -> HTMLResponse:
    """A plan: note, evidence, where it stands, and its verdict. The figures of a running plan stay hidden until the blind
    listen is over, so that nobody listens for them."""
    plan = get_plan(opened, plan_id)
    listens = listens_of(opened, plan_id)
    is_shown = plan.state == PlanState.DONE
    found = measure(opened, plan) if is_shown and plan.started_on else None
    return render(
        request,
        "coaching/plan.html",
        nav="coaching",
        plan=plan,
        name=_names(opened, {plan.agent_id}).get(plan.agent_id, plan.agent_id),
        own=clip_view(plan.clip, plan.rubric, plan.item_id),
        model=clip_view(plan.model_clip, plan.rubric, plan.item_id),
        words=[
            word for text in (plan.situation, plan.behaviour, plan.impact) for word in judgement_words(text)
        ],
        heard=sum(row.reached is not None for row in listens),
        listens=listens,
        is_due=plan.ends_on is not None and _today(services) > plan.ends_on,
        found=found,
        picture=picture(found) if found else None,
        teaches=may_teach(),
        actor=actor_of(request),
    )


@router.post("/plans/{plan_id}/note")
def edit_note(
    services: ServicesDep, plan_id: int, situation: Prose, behaviour: Prose, impact: Prose
) -> RedirectResponse:
    """Rewrites the note of a draft. Raises `UncitedBehaviour`, `EmptyNote`."""
    with writing(services.engine) as opened:
        plan = get_plan(opened, plan_id)
        clip = Clip(**plan.clip) if plan.clip else None
        if plan.state == PlanState.DRAFT and clip is not None:
            duration_s = get_call(opened, clip.call_id).duration_s
            check_note(Note(situation, behaviour, impact), clip, duration_s=duration_s)
            plan.situation, plan.behaviour, plan.impact = situation, behaviour, impact
            opened.add(plan)
    return RedirectResponse(f"/coaching/plans/{plan_id}", 303)


@router.post("/plans/{plan_id}/{step}")
def step_on(services: ServicesDep, plan_id: int, step: str, name: Line = "") -> RedirectResponse:
    """Takes the plan one step further. Raises `WrongState`, `NoName`, `NotFound`."""
    today = _today(services)
    with writing(services.engine) as opened:
        plan = get_plan(opened, plan_id)
        if step == "give":
            give(plan)
        elif step == "acknowledge":
            acknowledge(plan, name=acting(name), today=today)
        elif step == "drop":
            drop(plan)
        elif step == "check":
            check_plan(opened, plan, today=today)
        else:
            raise NotFound("没有这一步", hint="请从计划页面操作")
        opened.add(plan)
    answer = RedirectResponse(f"/coaching/plans/{plan_id}", 303)
    remember_actor(answer, name)
    return answer


@router.get("/plans/{plan_id}/listen")
def listen_page(request: Request, opened: ReadDep, plan_id: int) -> HTMLResponse:
    """The next call of the blind listen: sound and question, neither score nor verdict."""
    plan = get_plan(opened, plan_id)
    rows = listens_of(opened, plan_id)
    waiting = next((row for row in rows if row.reached is None), None)
    return render(
        request,
        "coaching/listen.html",
        nav="coaching",
        plan=plan,
        row=waiting,
        heard=sum(row.reached is not None for row in rows),
        total=len(rows),
        actor=actor_of(request),
    )


@router.post("/plans/{plan_id}/listen/{call_id}")
def heard(
    services: ServicesDep, plan_id: int, call_id: str, reached: Annotated[bool, Form()], name: Line
) -> RedirectResponse:
    """Keeps what a person heard. Raises `NotFound`."""
    with writing(services.engine) as opened:
        row = opened.get(CoachingListenRow, (plan_id, call_id))
        if row is None:
            raise NotFound("这通通话不在盲听样本里", hint="请从计划页面进入盲听")
        row.reached, row.heard_by, row.heard_at = reached, acting(name), utc_now()
        opened.add(row)
    answer = RedirectResponse(f"/coaching/plans/{plan_id}/listen", 303)
    remember_actor(answer, name)
    return answer
