"""Whom a target is for: ids and names that people type, held against who there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from models.agent import regions
from models.dial_kpi import By
from models.scopes import scope_id, scope_names
from qa_engine.targets.target import BadTarget, Scope, Target


def known_scopes(session: Session) -> Mapping[Scope, Mapping[str, str]]:
    """Ids of all regions, teams and agents → their names, "" where only the id is known."""
    names = scope_names(session)
    return {
        Scope.REGION: dict.fromkeys(sorted(set(regions(session).values())), ""),
        Scope.TEAM: names[By.TEAM],
        Scope.AGENT: names[By.AGENT],
    }


def for_known(session: Session, target: Target) -> Target:
    """The target with the id of whom it is for, which may have been typed as a name. Raises `BadTarget` for nobody known:
    nothing would ever be counted towards it."""
    if target.scope is Scope.COMPANY:
        return target
    names = known_scopes(session)[target.scope]
    found = scope_id(names, target.scope_id)
    if found not in names:
        raise BadTarget(
            f"没有 {target.scope.value} {target.scope_id[:40]}",
            hint="团队和坐席随导入而出现,区域用 callqa target region 设置;请从列表中选择",
        )
    return replace(target, scope_id=found)
