"""A centre with scored calls: agents who reach an item as often as they are told to, day by day."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from sqlalchemy import Engine

from models.agent import AgentRow
from models.call import CallRow
from models.database import session
from models.evaluation import EvaluationItemRow, EvaluationRow
from models.recording import RecordingRow

RUBRIC, ITEM = "form", "opening.identity"
SHA = "0" * 64
TODAY = date(2026, 11, 20)
_numbers = itertools.count(1)


def add_calls(engine: Engine, agent: str, day: date, reached: int, n: int, *, recorded: bool = True) -> None:
    """`n` scored calls of a day, `reached` of them pass the item; each has a place to listen to."""
    with session(engine) as opened:
        opened.merge(AgentRow(id=agent, name=f"坐席{agent}"))
        opened.flush()
        for at in range(n):
            number = next(_numbers)
            verdict = "pass" if at < reached else "fail"
            opened.add(
                CallRow(
                    id=f"k{number}",
                    source="t",
                    external_id=f"K{number}",
                    sha256=f"{number:064x}",
                    agent_id=agent,
                    day=day,
                    state="done",
                    duration_s=100.0,
                    campaign="c",
                )
            )
            opened.flush()
            if recorded:
                opened.add(RecordingRow(call_id=f"k{number}", audio_key=f"audio/k{number}.wav"))
            piece = {"condition": "says", "text": "", "start_s": 12.0, "end_s": 14.0}
            item = {
                "id": ITEM, "title": "表明身份", "section": "opening", "verdict": verdict, "credit": float(at < reached),
                "weight": 10.0, "evidence": [piece], "reason": "未说公司全称", "coach": "先报公司全称",
            }  # fmt: skip
            row = EvaluationRow(
                call_id=f"k{number}", rubric=RUBRIC, version=1, rubric_sha256=SHA, lexicon_sha256=SHA, code="c",
                input_sha=SHA, score=100.0 * (at < reached), pass_mark=60, result=verdict,
                document={"items": [item], "objections": []},
            )  # fmt: skip
            opened.add(row)
            opened.flush()
            opened.add(
                EvaluationItemRow(
                    evaluation_id=row.id or 0,
                    item_id=ITEM,
                    verdict=verdict,
                    weight=10.0,
                    credit=item["credit"],
                )
            )


def add_centre(engine: Engine, *, peers: int = 12, last: date = TODAY) -> None:
    """Twelve agents, each at a level of its own between 10 and 19 of 20 calls, on four days; `bad` at 6."""
    for week in (1, 2, 3, 4):
        day = last - timedelta(days=7 * week - 3)
        for at in range(peers):
            add_calls(engine, f"p{at}", day, 10 + at * 3 // 4 + (at + week) % 2, 20)
        add_calls(engine, "bad", day, 6, 20)
