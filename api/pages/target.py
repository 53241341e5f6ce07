"""One target: where it stands, its path and weeks, its split, calibration, edits, and the log of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.deps import ReadDep, Services, ServicesDep
from api.pages.actor import actor_of, remember_actor
from api.pages.rendering import render
from api.pages.targets import SEE_OTHER, Fields
from api.pages.views.board import figure_text
from api.pages.views.targets import (
    day,
    edited,
    form_of,
    number,
    portion_lines,
    target_line,
    tree,
    typed_potential,
    typed_shares,
)
from api.routes.parameters import Text
from models.access.roles import acting
from models.agent import all_teams, names_of
from models.clock import today_of
from models.database import reading
from models.database import session as writing
from models.target import TargetRow, children_of, get_target
from models.target_change import changes_of, edit_target, restore_target, withdraw_target
from models.target_figures import levels_below, standings
from models.target_path import keep_split, propose_split, read_path
from models.target_rules import calibrate_target
from qa_engine.errors import BadInput, CallQAError, Conflict
from qa_engine.kpi.registry import BY_ID
from qa_engine.targets.calibration import Rule
from qa_engine.targets.split import Portion
from qa_engine.targets.target import BadTarget, Scope

router = APIRouter(prefix="/targets", include_in_schema=False)


@router.get("/{target_id}")
def target_page(request: Request, services: ServicesDep, opened: ReadDep, target_id: Text) -> HTMLResponse:
    """One target; `p.<key>` and `s.<key>` try a split. Raises `NotFound`."""
    return _page(request, services, opened, target_id, request.query_params)


def _page(
    request: Request,
    services: Services,
    opened: Session,
    target_id: str,
    fields: Mapping[str, str],
    *,
    refused: tuple[str, CallQAError] | None = None,
) -> HTMLResponse:
    """`refused` = (which form, why): its fields keep what was typed."""
    row, today = get_target(opened, target_id), today_of(services.settings)
    metric = BY_ID[row.metric]
    (standing,) = standings(opened, [row], today=today)
    children = children_of(opened, target_id)
    levels = () if children or row.withdrawn_at else levels_below(opened, Scope(row.scope))
    level, portions, problem = _split(opened, services, row, fields) if levels else (None, [], None)
    names = (
        dict(all_teams(opened)) if level is Scope.TEAM else names_of(opened, [one.key for one in portions])
    )
    return render(
        request,
        "targets/target.html",
        status=refused[1].http_status if refused else 200,
        nav="targets",
        line=target_line(standing),
        standing=standing,
        parent=get_target(opened, row.parent_id) if row.parent_id else None,
        names={
            **dict(all_teams(opened)),
            **names_of(opened, [one.scope_id for one in (row, *children) if one.scope == Scope.AGENT]),
        },
        metric=metric,
        figure=figure_text,
        path=read_path(opened, row.target, today=today),
        children=tree(standings(opened, children, today=today)),
        levels=levels,
        level=level,
        portions=portion_lines(portions, metric, names),
        portions_sum=figure_text(metric, sum(one.value for one in portions)),
        split_problem=problem,
        changes=changes_of(opened, target_id),
        rules=tuple(Rule),
        filled={**form_of(row.target), "happened": today.isoformat(), **(fields if refused else {})},
        refused=refused,
        actor=actor_of(request),
    )


def _split(
    opened: Session, services: Services, row: TargetRow, fields: Mapping[str, str]
) -> tuple[Scope | None, list[Portion], CallQAError | None]:
    """The proposed split, and beside it why the typed one is refused."""
    today = today_of(services.settings)
    to = Scope(fields["to"]) if fields.get("to") in set(Scope) else None
    try:
        level, portions = propose_split(
            opened,
            row,
            today=today,
            to=to,
            potential=typed_potential(fields),
            shares=typed_shares(fields) if fields.get("by") == "shares" else None,
        )
    except BadInput as error:
        try:
            level, portions = propose_split(opened, row, today=today, to=to)
        except BadInput:  # not even by history: nobody below, or teams without a region
            return to, [], error
        return level, portions, error
    return level, portions, None


def _act(
    request: Request,
    services: Services,
    target_id: str,
    fields: Mapping[str, str],
    *,
    form: str,
    act: Callable[[Session], object],
) -> Response:
    """Does it, or shows the page with why not beside the `form`."""
    try:
        with writing(services.engine) as opened:
            act(opened)
    except (BadInput, Conflict) as error:
        with reading(services.engine) as opened:
            return _page(request, services, opened, target_id, fields, refused=(form, error))
    answer = RedirectResponse(f"/targets/{target_id}", SEE_OTHER)
    if fields.get("by_name"):
        remember_actor(answer, fields["by_name"])
    return answer


@router.post("/{target_id}/split")
def split(request: Request, services: ServicesDep, target_id: Text, fields: Fields) -> Response:
    """Stores the portions of the shares as they were typed."""

    def act(opened: Session) -> None:
        row = get_target(opened, target_id)
        to = Scope(fields["to"]) if fields.get("to") in set(Scope) else None
        shares = typed_shares(fields) if row.target.is_additive else None
        today = today_of(services.settings)
        level, portions = propose_split(
            opened, row, today=today, to=to, potential=typed_potential(fields), shares=shares
        )
        keep_split(opened, row, level, portions, owners={})

    return _act(request, services, target_id, fields, form="split", act=act)


@router.post("/{target_id}/edit")
def edit(request: Request, services: ServicesDep, target_id: Text, fields: Fields) -> Response:
    """Value, owner, days, baseline, stretch."""
    today = today_of(services.settings)

    def act(opened: Session) -> None:
        changed = edited(get_target(opened, target_id).target, fields)
        edit_target(
            opened,
            target_id,
            changed,
            reason=fields.get("reason", ""),
            by=acting(fields.get("by_name", "")),
            today=today,
        )

    return _act(request, services, target_id, fields, form="edit", act=act)


@router.post("/{target_id}/calibrate")
def calibrate(request: Request, services: ServicesDep, target_id: Text, fields: Fields) -> Response:
    """Moves it by a declared rule."""

    def act(opened: Session) -> None:
        if fields.get("rule") not in set(Rule):
            raise BadTarget("没有选择规则", hint="应为日历、停机或市场")
        calibrate_target(
            opened,
            target_id,
            Rule(fields["rule"]),
            happened=day(fields.get("happened", ""), "发生日"),
            amount=number(fields.get("amount", ""), "数量"),
            base=number(fields.get("base", ""), "基数"),
            reason=fields.get("reason", ""),
            approver=acting(fields.get("by_name", "")),
        )

    return _act(request, services, target_id, fields, form="calibrate", act=act)


@router.post("/{target_id}/withdraw")
def withdraw(request: Request, services: ServicesDep, target_id: Text, fields: Fields) -> Response:
    """With those below it."""
    today = today_of(services.settings)

    def act(opened: Session) -> None:
        if not fields.get("sure"):
            raise BadTarget("没有确认撤回", hint="请勾选确认")
        reason, by = fields.get("reason", ""), acting(fields.get("by_name", ""))
        withdraw_target(opened, target_id, reason=reason, by=by, today=today)

    return _act(request, services, target_id, fields, form="withdraw", act=act)


@router.post("/{target_id}/restore")
def restore(request: Request, services: ServicesDep, target_id: Text, fields: Fields) -> Response:
    """The undo of a withdrawal."""
    today = today_of(services.settings)

    def act(opened: Session) -> None:
        restore_target(opened, target_id, by=acting(fields.get("by_name", "")), today=today)

    return _act(request, services, target_id, fields, form="restore", act=act)
