"""How often each team or agent meets each item of a form: the cells of the heat map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from models.board_scope import BoardScope
from models.call import CallRow
from models.coaching_cells import JUDGED
from models.dial_kpi import By
from models.evaluation import EvaluationItemRow, EvaluationRow


@dataclass(frozen=True, slots=True)
class HeatCell:
    """`met` of the `n` calls of a group on which the machine was sure about the item. `key` "" = no team, no agent."""

    key: str
    item_id: str
    met: int
    n: int


def read_heat(opened: Session, scope: BoardScope, *, by: By) -> Sequence[HeatCell]:
    """One statement, by team or by agent. *Unknown* and *not applicable* count nowhere."""
    key = col(CallRow.agent_id) if by is By.AGENT else col(CallRow.team_id)
    item, verdict = col(EvaluationItemRow.item_id), col(EvaluationItemRow.verdict)
    query = (
        select_columns(key, item, func.sum(case((verdict == "pass", 1), else_=0)), func.count())
        .select_from(CallRow)
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .join(EvaluationItemRow, col(EvaluationItemRow.evaluation_id) == col(EvaluationRow.id))
        .where(*scope.scored, verdict.in_(JUDGED))
        .group_by(key, item)
        .order_by(key, item)
    )
    return [HeatCell(group or "", name, int(met), n) for group, name, met, n in opened.execute(query)]
