"""Targets: the tree of a day, a new one, one with its path, split and log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.deps import ReadDep, ServicesDep
from api.pages.actor import actor_of, remember_actor
from api.pages.rendering import render
from api.pages.views.targets import METRIC_CHOICES, number, read_draft, tree
from api.routes.parameters import Day, Text
from models.agent import all_teams, names_of
from models.clock import today_of
from models.database import reading
from models.database import session as writing
from models.scorecard import month_of
from models.target import save_target, targets_on
from models.target_figures import FUNNEL_METRICS, standings
from models.target_figures import behind as behind_path
from models.target_path import chance, dials_for
from models.target_scope import for_known, known_scopes
from qa_engine.errors import BadInput, CallQAError
from qa_engine.kpi.registry import BY_ID
from qa_engine.targets.funnel import Needed, Stage
from qa_engine.targets.target import Scope, Target

router = APIRouter(prefix="/targets", include_in_schema=False)
SEE_OTHER = 303
MOST_DEALS = 1e9


async def form_fields(request: Request) -> dict[str, str]:
    """The text fields of a posted form."""
    form = await request.form(max_fields=5000)
    return {key: value for key, value in form.items() if isinstance(value, str) and "\0" not in value}


Fields = Annotated[dict[str, str], Depends(form_fields)]


@router.get("")
def target_list(
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    *,
    day: Day | None = None,
    behind: bool = False,
    need: Text = "",
    of: Text = "sales",
    scope: Text = Scope.COMPANY.value,
    scope_id: Text = "",
) -> HTMLResponse:
    """The tree of a day, or with `behind` those of today that are below their path; `need` sales (contacts, connects) are
    worked back to dials."""
    today = today_of(services.settings)
    on = today if behind else day or today
    rows, gone = targets_on(opened, on), [] if behind else targets_on(opened, on, withdrawn=True)
    found_on = behind_path(opened, today=today) if behind else standings(opened, rows, today=min(on, today))
    asked = {"need": need, "of": of, "scope": scope, "scope_id": scope_id}
    found, refused = _needed(opened, asked, today) if need else (None, None)
    return render(
        request,
        "targets/list.html",
        nav="targets",
        day=on,
        lines=tree(found_on),
        is_behind=behind,
        gone=tree(standings(opened, gone, today=min(on, today))),
        names={
            **dict(all_teams(opened)),
            **names_of(opened, [row.scope_id for row in (*rows, *gone) if row.scope == Scope.AGENT]),
        },
        asked=asked,
        known=known_scopes(opened),
        needed=found,
        refused=refused,
        stages=[BY_ID[name] for name in reversed(FUNNEL_METRICS)],
        scopes=tuple(Scope),
    )


def _needed(
    opened: Session, asked: Mapping[str, str], today: date
) -> tuple[tuple[Needed, list[Stage]] | None, CallQAError | None]:
    metric = BY_ID.get(asked["of"])
    try:
        scope, deals = Scope(asked["scope"]), number(asked["need"], "数量")
        if metric is None or not 0 < deals <= MOST_DEALS:
            return None, BadInput("数量应为大于 0 的数字", hint="例如 120 个成交")
        key = asked["scope_id"].strip()
        target = Target(metric.id, metric.unit, deals, scope, key, "-", today, today, 0)
        return dials_for(opened, for_known(opened, target), today=today), None
    except ValueError:
        return None, BadInput(f"没有范围 {asked['scope'][:40]}", hint="应为公司、区域、团队或坐席")
    except CallQAError as error:
        return None, error


@router.get("/new")
def new(request: Request, services: ServicesDep, opened: ReadDep) -> HTMLResponse:
    """An empty form for this month."""
    first, last = month_of(today_of(services.settings))
    filled = {
        "scope": "company",
        "first": first.isoformat(),
        "last": last.isoformat(),
        "owner": actor_of(request),
    }
    return _form(request, filled, known=known_scopes(opened))


def _form(
    request: Request,
    filled: Mapping[str, str],
    *,
    known: Mapping[Scope, Mapping[str, str]],
    status: int = 200,
    problem: CallQAError | None = None,
    likely: object = None,
) -> HTMLResponse:
    return render(
        request,
        "targets/form.html",
        status=status,
        nav="targets",
        filled=filled,
        known=known,
        problem=problem,
        likely=likely,
        metrics=METRIC_CHOICES,
        scopes=tuple(Scope),
    )


@router.post("")
def create(request: Request, services: ServicesDep, fields: Fields) -> Response:
    """`act=check` says what is wrong or how likely it is; otherwise it is stored. Faults are said in the form."""
    today = today_of(services.settings)
    try:
        target = read_draft(fields)
        with writing(services.engine) as opened:
            target = for_known(opened, target)
            if fields.get("act") == "check":
                likely = chance(opened, target, today=today)
                return _form(request, fields, likely=likely, known=known_scopes(opened))
            saved = save_target(opened, target).id
    except BadInput as error:
        with reading(services.engine) as opened:
            known = known_scopes(opened)
        return _form(request, fields, status=error.http_status, problem=error, known=known)
    answer = RedirectResponse(f"/targets/{saved}", SEE_OTHER)
    remember_actor(answer, target.owner)
    return answer
