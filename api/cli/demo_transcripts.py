"""Made-up transcripts of the demonstration: without sound, each of a dial of the exports, taken in and scored like any other."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from api.cli.console import note
from fixtures.operations.attempts import Attempt
from fixtures.operations.transcripts import MadeUp, made_up_calls
from models.database import session
from models.ingest import Handed, ingest_transcript
from models.settings import Settings
from models.storage import Storage
from qa_engine.calls import CallFacts

TOGETHER = 50
"""Calls a transaction: the workers write between two."""


def take_made_up(engine: Engine, settings: Settings, source: str, dials: Sequence[Attempt]) -> list[str]:
    """Takes the made-up calls in, once; returns their ids."""
    storage = Storage(settings.storage_url)
    ids, new = [], 0
    calls = list(made_up_calls(dials))
    for start in range(0, len(calls), TOGETHER):
        with session(engine) as opened:
            receipts = [
                ingest_transcript(
                    opened, storage, settings=settings, handed=_handed(one, source), document=one.document
                )
                for one in calls[start : start + TOGETHER]
            ]
        ids += [one.call_id for one in receipts]
        new += sum(one.created for one in receipts)
    note(f"虚构文字稿(无录音):新接收 {new} 通,已有 {len(ids) - new} 通")
    return ids


def _handed(one: MadeUp, source: str) -> Handed:
    dial = one.dial
    facts = CallFacts(
        agent_id=dial.agent.id,
        agent_name=dial.agent.name,
        team_id=dial.team,
        campaign=dial.campaign,
        direction="outbound",
        started_at=dial.at,
        disposition=dial.status,
        customer_id=dial.lead,
    )
    return Handed(facts, source, one.name, f"{one.name}.json")
