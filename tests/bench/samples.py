"""The sample calls as the benchmarks use them: sound, script and what a reviewer expects."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import yaml

from qa_engine.calls import Call, Role
from qa_engine.exchange import parse_call

CALLS = Path(__file__).parents[2] / "fixtures" / "calls"


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample call. `script` is the call as it was written; `expected` maps item → pass | fail | na."""

    id: str
    audio: Path
    agent_channel: int | None
    script: Call
    expected: dict[str, str]
    objections: tuple[str, ...]

    def said_by(self, role: Role, call: Call | None = None) -> str:
        """Everything one side says, in the script or in another version of the call."""
        return "".join(turn.text for turn in (call or self.script).transcript.turns if turn.role is role)


def load_samples() -> list[Sample]:
    """All sample calls, in order of id."""
    expected = yaml.safe_load((CALLS / "expected.yaml").read_text("utf-8"))["calls"]
    with (CALLS / "calls.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["call_id"])
    return [
        Sample(
            id=row["call_id"],
            audio=CALLS / row["file"],
            agent_channel=int(row["agent_channel"]) if row["agent_channel"] else None,
            script=parse_call((CALLS / row["call_id"] / "transcript.json").read_bytes(), file=row["call_id"]),
            expected=expected[row["call_id"]]["verdicts"],
            objections=tuple(found["type"] for found in expected[row["call_id"]].get("objections") or ()),
        )
        for row in rows
    ]
