"""Accounts, sessions and keys of programs, as tables. Secrets are kept as hashes only."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import JSON, Column, Field, SQLModel

from models.columns import BigId, UtcDateTime, utc_now


class AccountRow(SQLModel, table=True):
    """Somebody who can sign in. `teams` are those of a team lead, `agent_id` is that of an agent. `failures` in a row
    lock the account until `locked_until`."""

    __tablename__ = "account"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    login: str = Field(max_length=60, unique=True)
    name: str = Field(max_length=60)
    role: str = Field(max_length=20)
    agent_id: str = Field(default="", max_length=100)
    teams: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    password: str = Field(max_length=200)
    must_change: bool = False
    disabled: bool = False
    failures: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class SignInRow(SQLModel, table=True):
    """A session of a browser: the hash of its cookie."""

    __tablename__ = "sign_in"
    token_sha: str = Field(primary_key=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE", index=True, sa_type=BigId)
    began_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class AccessKeyRow(SQLModel, table=True):
    """A key with which a program acts as an account, by its hash; `label` says which program."""

    __tablename__ = "access_key"
    key_sha: str = Field(primary_key=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE", index=True, sa_type=BigId)
    label: str = Field(max_length=60)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class AuditRow(SQLModel, table=True):
    """Who did what, when: never changed, never with words of a call. `did` is a word such as `listen` or `sign_in`,
    or method and route of a change; `about` the address it was done to."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime, index=True)
    account_id: int | None = Field(default=None, sa_type=BigId, index=True)
    who: str = Field(max_length=60)
    did: str = Field(max_length=120)
    about: str = Field(default="", max_length=300)
    status: int = 0
