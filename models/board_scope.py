"""Which calls a board is about: days and scope as conditions, the same as those of the list of calls, so that every figure
made with them opens as many calls as it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col

from models.agent import in_region
from models.call import CallRow
from models.dial_kpi import By
from models.evaluation import EvaluationRow


@dataclass(frozen=True, slots=True)
class BoardScope:
    """Calls of `first` … `last` under one form; `where` narrows to one team, agent, campaign or region."""

    rubric: str
    first: date
    last: date
    where: Mapping[By, str] = field(default_factory=dict)

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """On `CallRow`."""
        named: dict[By, Any] = {
            By.AGENT: col(CallRow.agent_id),
            By.TEAM: col(CallRow.team_id),
            By.CAMPAIGN: col(CallRow.campaign),
        }
        return [
            col(CallRow.day) >= self.first,
            col(CallRow.day) <= self.last,
            *(
                in_region(col(CallRow.team_id), key) if by is By.REGION else named[by] == key
                for by, key in self.where.items()
            ),
        ]

    @property
    def scored(self) -> list[ColumnElement[bool]]:
        """The same with the current evaluation of the form, joined by its call."""
        return [
            *self.conditions,
            col(EvaluationRow.call_id) == col(CallRow.id),
            col(EvaluationRow.rubric) == self.rubric,
            col(EvaluationRow.current).is_(True),
        ]
