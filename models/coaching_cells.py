"""Stored evaluations summed to cells of agent × item × kind of call: one statement, whatever the number of calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import case, exists, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.analysis import ObjectionRow
from models.call import CallRow
from models.evaluation import EvaluationItemRow, EvaluationRow
from qa_engine.coaching.cells import LENGTH_BANDS_S, Cell

JUDGED = ("pass", "fail")


def read_cells(
    opened: Session, rubric: str, *, first: date, last: date, item_id: str | None = None
) -> Sequence[Cell]:
    """Cells of the days `first` … `last`, both included. Only verdicts that are sure count: *unknown* and *not
    applicable* say nothing about the agent."""
    raised = exists().where(col(ObjectionRow.call_id) == col(CallRow.id))
    objection = case((raised, 1), else_=0)
    band = case(
        (col(CallRow.duration_s).is_(None), -1),
        *((col(CallRow.duration_s) < limit, place) for place, limit in enumerate(LENGTH_BANDS_S)),
        else_=len(LENGTH_BANDS_S),
    )
    credit = func.coalesce(
        col(EvaluationItemRow.credit), case((col(EvaluationItemRow.verdict) == "pass", 1.0), else_=0.0)
    )
    campaign = func.coalesce(col(CallRow.campaign), "")
    calls = (
        select_columns(
            col(CallRow.agent_id).label("agent"),
            col(EvaluationItemRow.item_id).label("item"),
            campaign.label("campaign"),
            objection.label("objection"),
            band.label("band"),
            (1 - credit).label("lost"),
        )
        .select_from(CallRow)
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .join(EvaluationItemRow, col(EvaluationItemRow.evaluation_id) == col(EvaluationRow.id))
        .where(
            col(EvaluationRow.rubric) == rubric,
            col(EvaluationRow.current).is_(True),
            col(EvaluationItemRow.verdict).in_(JUDGED),
            col(CallRow.agent_id).is_not(None),
            col(CallRow.day) >= first,
            col(CallRow.day) <= last,
        )
    )
    if item_id is not None:
        calls = calls.where(col(EvaluationItemRow.item_id) == item_id)
    part = calls.subquery()
    keys = (part.c.agent, part.c.item, part.c.campaign, part.c.objection, part.c.band)
    rows = opened.execute(
        select_columns(*keys, func.count(), func.sum(part.c.lost), func.sum(part.c.lost * part.c.lost))
        .group_by(*keys)
        .order_by(*keys)
    )
    return [
        Cell(agent, item, (campaign_, bool(raised_), band_), n, float(lost), float(squares))
        for agent, item, campaign_, raised_, band_, n, lost, squares in rows
    ]


def item_weights(opened: Session, rubric: str) -> Mapping[str, float]:
    """Points of each item on the newest evaluation of the rubric."""
    newest = (
        select_columns(func.max(col(EvaluationRow.id)))
        .where(col(EvaluationRow.rubric) == rubric, col(EvaluationRow.current).is_(True))
        .scalar_subquery()
    )
    rows = opened.execute(
        select_columns(col(EvaluationItemRow.item_id), col(EvaluationItemRow.weight)).where(
            col(EvaluationItemRow.evaluation_id) == newest
        )
    )
    return {row[0]: row[1] for row in rows}
