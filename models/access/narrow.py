"""Whose rows an asker may see, as a condition of SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Select, false

from models.access.roles import Access, Role, current_access, set_access


def own(access: Access, team_id: Any, agent_id: Any) -> ColumnElement[bool]:
    """Whether a row of this team and agent is the asker's to see; for those who are limited."""
    found: ColumnElement[bool] = (
        agent_id == access.agent_id if access.role is Role.AGENT else team_id.in_(access.teams)
    )
    return found if access.agent_id or access.teams else false()


def narrowed(query: Select[Any], team_id: Any, agent_id: Any) -> Select[Any]:
    """A query over a table without a class, narrowed in the same way."""
    access = current_access()
    return query if access is None or not access.is_limited else query.where(own(access, team_id, agent_id))


@contextmanager
def whole_group() -> Iterator[None]:
    """Reads everybody's rows, whoever asks: for figures that only mean something beside the group (what is drawn to it, ranks,
    a team's level). Who uses it gives out no more than the asker's own part, or sums over a group."""
    access = current_access()
    set_access(None)
    try:
        yield
    finally:
        set_access(access)


def is_seen(team_ids: Mapping[str, str]) -> Callable[[str], bool]:
    """Whether the asker may see an agent, for what is kept in one piece; `team_ids` by agent. Everybody else sees all."""
    access = current_access()
    if access is None or not access.is_limited:
        return lambda _agent_id: True
    if access.role is Role.AGENT:
        return lambda agent_id: agent_id == access.agent_id
    return lambda agent_id: team_ids.get(agent_id) in access.teams
