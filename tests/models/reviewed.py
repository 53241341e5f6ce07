"""Scored calls for the tests of reviews and their queues."""

from __future__ import annotations

import itertools
from datetime import date

from sqlalchemy import Engine

from models.agent import AgentRow
from models.analysis import ObjectionRow
from models.call import CallRow
from models.database import session
from models.evaluation import EvaluationItemRow, EvaluationRow

RUBRIC = "form"
SHA = "0" * 64
VERDICTS = {"a.greeting": "pass", "a.price": "fail", "a.tone": "unknown"}
_numbers = itertools.count(1)


def add_scored(
    engine: Engine,
    call_id: str | None = None,
    *,
    agent: str = "A1",
    day: date = date(2026, 11, 18),
    result: str = "needs_review",
    score: float = 70.0,
    objection: str | None = None,
    **call: object,
) -> int:
    """A call and its evaluation, whose id is returned."""
    number = next(_numbers)
    name = call_id or f"c{number:06d}"
    with session(engine) as opened:
        opened.merge(AgentRow(id=agent, name=f"坐席{agent}"))
        opened.flush()
        values = {
            "id": name, "source": "t", "external_id": name, "sha256": f"{number:064x}", "agent_id": agent, "day": day,
            "state": "done", "duration_s": 100.0, **call,
        }  # fmt: skip
        opened.add(CallRow.model_validate(values))
        opened.flush()
        items = [
            {"id": item, "title": item, "section": "only", "verdict": verdict, "credit": None, "weight": 10.0}
            for item, verdict in VERDICTS.items()
        ]
        row = EvaluationRow(
            call_id=name, rubric=RUBRIC, version=1, rubric_sha256=SHA, lexicon_sha256=SHA, code="c", input_sha=SHA,
            score=score, score_low=score - 5, score_high=score + 5, pass_mark=60, result=result,
            document={"items": items},
        )  # fmt: skip
        opened.add(row)
        opened.flush()
        assert row.id is not None
        opened.add_all(
            EvaluationItemRow(evaluation_id=row.id, item_id=item, verdict=verdict, weight=10.0)
            for item, verdict in VERDICTS.items()
        )
        if objection:
            opened.add(ObjectionRow(call_id=name, type=objection, turn=0, outcome="open"))
        return row.id
