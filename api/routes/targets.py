"""Targets over HTTP: the tree of a day, one with its path, creating, splitting, calibrating, taking back."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlmodel import Session

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.routes.bodies.targets import (
    ActBody,
    Calibrating,
    ChanceBody,
    ChangeBody,
    EditedTarget,
    NeededBody,
    NewTarget,
    OneTarget,
    PathBody,
    PortionBody,
    SavedTarget,
    SplitBody,
    Splitting,
    StageBody,
    TargetBody,
    WeekBody,
    target_body,
)
from api.routes.parameters import Day, Text
from models.access.roles import acting
from models.clock import today_of
from models.database import session
from models.target import TargetRow, children_of, get_target, save_target, targets_on
from models.target_change import changes_of, edit_target, restore_target, withdraw_target
from models.target_figures import standings
from models.target_path import chance, dials_for, keep_split, propose_split, read_path
from models.target_rules import calibrate_target
from models.target_scope import for_known
from qa_engine.kpi.registry import BY_ID
from qa_engine.targets.path import PathCard
from qa_engine.targets.target import BadTarget, Scope, Target, check_target

router = APIRouter(prefix="/targets", tags=["targets"])
TargetId = Annotated[Text, Path(description="目标编号 · Id of the target", examples=["5f2c9a1be3d04711"])]


def _bodies(opened: Session, services: ServicesDep, rows: list[TargetRow]) -> list[TargetBody]:
    today = today_of(services.settings)
    return [target_body(one) for one in standings(opened, rows, today=today)]


@router.get("", summary="某天的目标 · Targets of a day")
def targets(
    services: ServicesDep,
    opened: ReadDep,
    day: Annotated[Day | None, Query(description="缺省为今天 · Today")] = None,
    *,
    withdrawn: Annotated[bool, Query(description="已撤回的 · Those withdrawn")] = False,
) -> list[TargetBody]:
    """A tree by `parent_id`, with attainment of today."""
    on = day or today_of(services.settings)
    return _bodies(opened, services, list(targets_on(opened, on, withdrawn=withdrawn)))


@router.post("", summary="新建目标 · Create", status_code=201)
def create(
    services: ServicesDep,
    body: NewTarget,
    *,
    dry_run: Annotated[bool, Query(description="只检查 · Check only")] = False,
) -> SavedTarget:
    """Refused where a SMART field is missing; a chance under 10 % or over 95 % warns."""
    today, target = today_of(services.settings), body.target()
    check_target(target)
    with session(services.engine) as opened:
        target = for_known(opened, target)
        likely = ChanceBody.model_validate(chance(opened, target, today=today))
        saved = None if dry_run else _bodies(opened, services, [save_target(opened, target)])[0]
        return SavedTarget(target=saved, chance=likely)


@router.get("/needed", summary="成交倒推拨打 · Dials behind a number of deals")
def needed(
    services: ServicesDep,
    opened: ReadDep,
    *,
    value: Annotated[float, Query(gt=0, le=1e9, description="要多少 · How many", examples=[120])],
    metric: Annotated[Text, Query(description="sales、contacts 或 connects", examples=["sales"])] = "sales",
    scope: Annotated[Scope, Query(description="范围 · Whose rates")] = Scope.COMPANY,
    scope_id: Annotated[Text, Query(description="团队、区域或坐席 · Team, region or agent")] = "",
) -> NeededBody:
    """By the rates of the last 12 weeks, 80 % interval."""
    if metric not in BY_ID:
        raise BadTarget(f"没有指标 {metric[:80]}", hint="可用:sales、contacts、connects")
    today = today_of(services.settings)
    asked = Target(metric, BY_ID[metric].unit, value, scope, scope_id, "-", today, today, 0)
    found, stages = dials_for(opened, for_known(opened, asked), today=today)
    return NeededBody(
        deals=value,
        dials=found.middle,
        low=found.low,
        high=found.high,
        steps=dict(found.steps),
        rates=[StageBody.model_validate(stage) for stage in stages],
    )


@router.get("/{target_id}", summary="一个目标 · One target", responses=responses(404))
def one(services: ServicesDep, opened: ReadDep, target_id: TargetId) -> OneTarget:
    """With children, path, weeks and log."""
    row, today = get_target(opened, target_id), today_of(services.settings)
    found = read_path(opened, row.target, today=today)
    return OneTarget(
        target=_bodies(opened, services, [row])[0],
        children=_bodies(opened, services, list(children_of(opened, target_id))),
        path=_path(found.card) if found.card else None,
        path_refused=found.problem.message if found.problem else "",
        rates=[StageBody.model_validate(stage) for stage in found.stages],
        weeks=[
            WeekBody(
                first=week.due.first,
                last=week.due.last,
                days=week.due.days,
                due=week.due.due,
                reached=week.reached,
            )
            for week in found.weeks
        ],
        log=[ChangeBody.model_validate(change) for change in changes_of(opened, target_id)],
    )


def _path(card: PathCard) -> PathBody:
    return PathBody(
        left=card.left, days=card.days, dials=card.dials, low=card.low, high=card.high, steps=dict(card.steps)
    )


@router.patch("/{target_id}", summary="修改目标 · Edit", responses=responses(404, 409))
def edit(services: ServicesDep, target_id: TargetId, body: EditedTarget) -> TargetBody:
    """Checked like a new one; the log keeps old and new values."""
    fields = body.model_dump(exclude={"reason", "by"}, exclude_none=True)
    with session(services.engine) as opened:
        changed = replace(get_target(opened, target_id).target, **fields)
        today = today_of(services.settings)
        row = edit_target(opened, target_id, changed, reason=body.reason, by=acting(body.by), today=today)
        return _bodies(opened, services, [row])[0]


@router.post("/{target_id}/split", summary="拆分到下一级 · Split", responses=responses(404, 409))
def split(services: ServicesDep, target_id: TargetId, body: Splitting) -> SplitBody:
    """By history and potential; stores only with `save`."""
    with session(services.engine) as opened:
        row = get_target(opened, target_id)
        level, portions = propose_split(
            opened,
            row,
            today=today_of(services.settings),
            to=body.to,
            potential=body.potential,
            potential_weight=body.potential_weight,
            shares=body.shares,
        )
        saved = keep_split(opened, row, level, portions, owners=body.owners) if body.save else []
        made = [PortionBody.model_validate(portion) for portion in portions]
        return SplitBody(to=level, portions=made, saved=[one.id for one in saved])


@router.post("/{target_id}/calibrate", summary="弹性校准 · Calibrate", responses=responses(404, 409))
def calibrate(services: ServicesDep, target_id: TargetId, body: Calibrating) -> TargetBody:
    """Only by a rule that was declared before it happened."""
    with session(services.engine) as opened:
        calibrate_target(
            opened,
            target_id,
            body.rule,
            happened=body.happened,
            amount=body.amount,
            base=body.base,
            reason=body.reason,
            approver=acting(body.by),
        )
        return _bodies(opened, services, [get_target(opened, target_id)])[0]


@router.post("/{target_id}/withdraw", summary="撤回 · Withdraw", responses=responses(404, 409))
def withdraw(services: ServicesDep, target_id: TargetId, body: ActBody) -> TargetBody:
    """With those below it; they stay stored."""
    today = today_of(services.settings)
    with session(services.engine) as opened:
        withdraw_target(opened, target_id, reason=body.reason, by=acting(body.by), today=today)
        return _bodies(opened, services, [get_target(opened, target_id)])[0]


@router.post("/{target_id}/restore", summary="恢复 · Bring back", responses=responses(404, 409))
def restore(services: ServicesDep, target_id: TargetId, body: ActBody) -> TargetBody:
    """With those that were withdrawn together with it."""
    with session(services.engine) as opened:
        restore_target(opened, target_id, by=acting(body.by), today=today_of(services.settings))
        return _bodies(opened, services, [get_target(opened, target_id)])[0]
