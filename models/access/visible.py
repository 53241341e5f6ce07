"""The one place where rows are kept from those who may not see them: every ORM query of a request is narrowed here.

A table with an agent and a team is narrowed to the asker's own; one that hangs on a call to those of calls that the asker
may see; so is every table that is added later. Workers and the command line have no asker and see all."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, event, false, or_
from sqlalchemy import select as select_columns
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlmodel import SQLModel, col

from models.access.narrow import own
from models.access.roles import Access, Role, current_access
from models.agent import AgentRow, MembershipRow, TeamRow
from models.alert import AlertRow
from models.call import CallRow
from models.call_comment import CommentChangeRow, CommentRow, MentionRow
from models.dial_store import core_table
from models.target import TargetRow

_CALL, _MEMBER = core_table(CallRow), core_table(MembershipRow)
_COMMENT = core_table(CommentRow)


def _members(access: Access) -> Any:
    if access.role is Role.AGENT:
        return [access.agent_id]
    return select_columns(_MEMBER.c.agent_id).where(_MEMBER.c.team_id.in_(access.teams))


def _teams(access: Access) -> Any:
    if access.role is Role.TEAM_LEAD:
        return access.teams
    return select_columns(_MEMBER.c.team_id).where(_MEMBER.c.agent_id == access.agent_id)


def _alerts(access: Access) -> ColumnElement[bool]:
    if access.role is Role.AGENT:
        return false()
    scope, key = col(AlertRow.scope), col(AlertRow.scope_key)
    return or_(
        (scope == "team") & key.in_(access.teams),
        (scope == "agent") & key.in_(_members(access)),
        (scope == "call") & key.in_(_calls(access)),
    )


def _targets(access: Access) -> ColumnElement[bool]:
    """One's own and those above: a team's portion means little without the whole."""
    scope, key = col(TargetRow.scope), col(TargetRow.scope_id)
    return or_(
        scope.in_(("company", "region")),
        (scope == "team") & key.in_(_teams(access)),
        (scope == "agent") & key.in_(_members(access)),
    )


def _comments(access: Access, table: type[Any]) -> ColumnElement[bool]:
    """Those of the asker's calls; an agent sees those that are meant for agents."""
    own_calls: ColumnElement[bool] = table.call_id.in_(_calls(access))
    if access.role is not Role.AGENT:
        return own_calls
    shown = select_columns(_COMMENT.c.id).where(_COMMENT.c.for_agent.is_(True))
    comment_id = table.id if table is CommentRow else table.comment_id
    meant: ColumnElement[bool] = comment_id.in_(shown)
    return own_calls & meant


def _calls(access: Access) -> Any:
    return select_columns(_CALL.c.id).where(own(access, _CALL.c.team_id, _CALL.c.agent_id))


@cache
def _narrowable() -> tuple[type[Any], ...]:
    mapped = [mapper.class_ for mapper in SQLModel._sa_registry.mappers]  # noqa: SLF001 (its only list of tables)
    return tuple(sorted(mapped, key=lambda one: str(one.__tablename__)))


def _criterion(access: Access, table: type[Any]) -> ColumnElement[bool] | None:
    columns = core_table(table).c
    found: ColumnElement[bool] | None = None
    if table.__module__.startswith("models.access") or table is MembershipRow:
        return None
    if table is AlertRow:
        found = _alerts(access)
    elif table is TargetRow:
        found = _targets(access)
    elif table is AgentRow:
        found = col(AgentRow.id).in_(_members(access))
    elif table is TeamRow:
        found = col(TeamRow.id).in_(_teams(access))
    elif table in {CommentRow, CommentChangeRow, MentionRow}:
        found = _comments(access, table)
    elif "agent_id" in columns and "team_id" in columns:
        found = own(access, table.team_id, table.agent_id)
    elif "call_id" in columns:
        found = table.call_id.in_(_calls(access))
    elif "agent_id" in columns:
        found = table.agent_id.in_(_members(access))
    return found


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    access = current_access()
    if access is None or not access.is_limited:
        return
    for table in _narrowable():
        found = _criterion(access, table)
        if found is not None:
            state.statement = state.statement.options(
                with_loader_criteria(table, found, include_aliases=True, track_closure_variables=False)
            )
