"""Who has a call in hand: claims of the queues, with a lease, and who is on the page of a call just now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, Session, SQLModel, col

from models.columns import BigId, UtcDateTime, from_now
from models.database import is_postgresql
from models.review import FIRST

LEASE_S = 900.0
"""A claim that nobody renews is free again after this; an open page renews it with every sign of life."""
PRESENT_S = 30.0
"""Somebody whose page has been silent this long has left."""


class ReviewClaimRow(SQLModel, table=True):
    """A call that a queue handed to somebody; free for others once `lease_until` (the database's clock) has passed."""

    __tablename__ = "review_claim"
    evaluation_id: int = Field(
        primary_key=True, foreign_key="evaluation.id", ondelete="CASCADE", sa_type=BigId
    )
    round: int = Field(primary_key=True)
    name: str = Field(max_length=100, index=True)
    lease_until: datetime = Field(sa_type=UtcDateTime)


class ReviewPresenceRow(SQLModel, table=True):
    """Somebody has the page of this evaluation open."""

    __tablename__ = "review_presence"
    evaluation_id: int = Field(
        primary_key=True, foreign_key="evaluation.id", ondelete="CASCADE", sa_type=BigId
    )
    name: str = Field(primary_key=True, max_length=100)
    seen_at: datetime = Field(sa_type=UtcDateTime)


def claim(opened: Session, evaluation_id: int, *, name: str, round_: int = FIRST) -> bool:
    """Takes the call for a lease, or renews it. False where somebody else has it: two never get the same call."""
    insert = postgresql_insert if is_postgresql(opened) else sqlite_insert
    wanted = insert(ReviewClaimRow).values(
        evaluation_id=evaluation_id, round=round_, name=name, lease_until=from_now(LEASE_S)
    )
    taken = opened.execute(
        wanted.on_conflict_do_update(
            index_elements=["evaluation_id", "round"],
            set_={"name": name, "lease_until": from_now(LEASE_S)},
            where=or_(col(ReviewClaimRow.name) == name, col(ReviewClaimRow.lease_until) < from_now()),
        ).returning(col(ReviewClaimRow.name))
    )
    return taken.first() is not None


def renew(opened: Session, evaluation_id: int, *, name: str) -> None:
    """Keeps what this person has; takes nothing."""
    opened.execute(
        update(ReviewClaimRow)
        .where(col(ReviewClaimRow.evaluation_id) == evaluation_id, col(ReviewClaimRow.name) == name)
        .values(lease_until=from_now(LEASE_S))
        .execution_options(synchronize_session=False)
    )


def release(opened: Session, evaluation_id: int, *, name: str, round_: int = FIRST) -> None:
    """Gives the call back. What was decided stays."""
    opened.execute(
        delete(ReviewClaimRow)
        .where(
            col(ReviewClaimRow.evaluation_id) == evaluation_id,
            col(ReviewClaimRow.round) == round_,
            col(ReviewClaimRow.name) == name,
        )
        .execution_options(synchronize_session=False)
    )


def claimed(opened: Session, evaluation_ids: Collection[int]) -> Mapping[tuple[int, int], str]:
    """(evaluation, round) → who has it, of claims that hold."""
    rows = opened.execute(
        select_columns(
            col(ReviewClaimRow.evaluation_id), col(ReviewClaimRow.round), col(ReviewClaimRow.name)
        ).where(
            col(ReviewClaimRow.evaluation_id).in_(evaluation_ids),
            col(ReviewClaimRow.lease_until) >= from_now(),
        )
    ).all()
    return {(evaluation_id, round_): name for evaluation_id, round_, name in rows}


def arrive(opened: Session, evaluation_id: int, *, name: str) -> None:
    """A sign of life of somebody's page."""
    insert = postgresql_insert if is_postgresql(opened) else sqlite_insert
    here = insert(ReviewPresenceRow).values(evaluation_id=evaluation_id, name=name, seen_at=from_now())
    opened.execute(
        here.on_conflict_do_update(index_elements=["evaluation_id", "name"], set_={"seen_at": from_now()})
    )


def leave(opened: Session, evaluation_id: int, *, name: str) -> None:
    """The page was closed."""
    opened.execute(
        delete(ReviewPresenceRow)
        .where(col(ReviewPresenceRow.evaluation_id) == evaluation_id, col(ReviewPresenceRow.name) == name)
        .execution_options(synchronize_session=False)
    )


def present(opened: Session, evaluation_id: int) -> Sequence[str]:
    """Who is on the page now, by name."""
    return (
        opened.execute(
            select_columns(col(ReviewPresenceRow.name))
            .where(
                col(ReviewPresenceRow.evaluation_id) == evaluation_id,
                col(ReviewPresenceRow.seen_at) >= from_now(-PRESENT_S),
            )
            .order_by(col(ReviewPresenceRow.name))
        )
        .scalars()
        .all()
    )
