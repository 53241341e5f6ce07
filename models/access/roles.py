"""Roles, their rights, and whose rows a role sees."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody is here for."""

    AGENT = "agent"
    TEAM_LEAD = "team_lead"
    REVIEWER = "qa_reviewer"
    QA_MANAGER = "qa_manager"
    TRAINER = "trainer"
    ADMIN = "admin"


class Right(StrEnum):
    """What a request may do."""

    CALLS = "calls"  # read calls, transcripts, scores
    LISTEN = "listen"
    REVIEW = "review"  # judge calls, retry them, answer appeals
    APPEAL = "appeal"  # contest and acknowledge scores of own calls
    UPLOAD = "upload"
    FIGURES = "figures"  # boards, figures, alerts, reports
    STEER = "steer"  # work on alerts and their tickets
    PLAN = "plan"  # set targets, weights, experiments
    COACH = "coach"
    LIBRARY = "library"  # listen to examples that are shared
    TEACH = "teach"  # make and share examples
    COACHED = "coached"  # read and acknowledge coaching plans
    RUBRICS = "rubrics"
    DRAFT = "draft"  # write drafts of forms
    RELEASE = "release"  # put forms in force
    SCORE_AGAIN = "score_again"
    ACCOUNTS = "accounts"
    AUDIT = "audit"


_EVERY_CALL = frozenset({Right.CALLS, Right.LISTEN, Right.LIBRARY, Right.COACHED, Right.RUBRICS})
RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.AGENT: _EVERY_CALL | {Right.APPEAL},
        Role.TEAM_LEAD: _EVERY_CALL | {Right.FIGURES, Right.STEER, Right.COACH, Right.REVIEW},
        Role.REVIEWER: _EVERY_CALL | {Right.REVIEW, Right.DRAFT, Right.TEACH},
        Role.QA_MANAGER: _EVERY_CALL
        | {
            *(Right.REVIEW, Right.UPLOAD, Right.FIGURES, Right.STEER, Right.PLAN, Right.COACH),
            *(Right.SCORE_AGAIN, Right.AUDIT, Right.DRAFT, Right.RELEASE, Right.TEACH),
        },
        Role.TRAINER: _EVERY_CALL | {Right.FIGURES, Right.COACH, Right.TEACH},
        # Runs the system and its accounts, and hears nobody.
        Role.ADMIN: frozenset(
            {Right.ACCOUNTS, Right.AUDIT, Right.UPLOAD, Right.RUBRICS, Right.DRAFT, Right.RELEASE}
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody signed in. An agent sees what is their own, a team lead what belongs to their teams, the rest all."""

    account_id: int
    login: str
    name: str
    role: Role
    agent_id: str = ""
    teams: tuple[str, ...] = ()

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]

    @property
    def is_limited(self) -> bool:
        """Whether some rows are not theirs to see."""
        return self.role in {Role.AGENT, Role.TEAM_LEAD}


_CURRENT: ContextVar[Access | None] = ContextVar("callqa_access", default=None)


def current_access() -> Access | None:
    """Who the running request belongs to; None in workers, on the command line and where nobody signs in."""
    return _CURRENT.get()


def acting(typed: str) -> str:
    """Under which name something is done: that of who is signed in, whatever a form says; else the one typed."""
    access = current_access()
    return typed if access is None else access.name


def set_access(access: Access | None) -> None:
    """Says who the running request belongs to; holds for this request alone."""
    _CURRENT.set(access)
