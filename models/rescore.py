"""Scoring stored calls again, on request: after a rubric has changed its old scores stay until somebody asks for new ones.

A request becomes ordinary score jobs, a chunk of calls a transaction: killed anywhere, what was asked for is done, and
asking again takes up the rest. A call that has the score already, or whose job is still to run, is left out.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func
from sqlalchemy import select as select_columns
from sqlmodel import Field, Session, SQLModel, col

from models.agent import AgentRow
from models.analysis import AnalysisRow
from models.call import CallRow, call_facts
from models.columns import Json, UtcDateTime, utc_now
from models.database import reading, session
from models.evaluation import EvaluationRow
from models.history import earlier_calls
from models.scoring_input import Beside, input_sha
from models.stage_job import JobState, NewJob, Stage, StageJobRow, enqueue_many
from models.stored_calls import Wanted, wanted_calls
from models.transcript import TranscriptRow
from models.version import code_version
from qa_engine.calls import CallFacts
from qa_engine.errors import NotFound
from qa_engine.scoring.compile import Plan

CHUNK = 500
BULK = -1
"""Priority under that of calls that come in."""
OPEN = (JobState.WAITING.value, JobState.RUNNING.value)
_ENGINE_VER = re.compile(r"(?P<version>[^#~]*)(#(?P<rubric>[^~]+))?(~(?P<batch>[0-9a-z]+))?")


class RescoreRow(SQLModel, table=True):
    """A request. `rubric` is empty for all active ones; `matched` calls fitted the filters, for `asked` of them a job
    was made."""

    __tablename__ = "rescore"
    id: str = Field(primary_key=True, max_length=32)
    rubric: str = Field(default="", max_length=200)
    engine_ver: str = Field(max_length=300)
    wanted: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    matched: int = 0
    asked: int = 0
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a request: calls that match, jobs made for them (or that would be made). No id: a dry run."""

    id: str | None
    matched: int
    asked: int


@dataclass(frozen=True, slots=True)
class RescoreProgress:
    """How far a request is; `failed` jobs ended with a reason on their call."""

    asked: int
    done: int
    open: int
    failed: int


def scoring_version(plans: Sequence[Plan], model: str = "") -> str:
    """What scoring jobs are told apart by: code, the very text of the rubrics, and the language model if they ask it."""
    pins = "\n".join(f"{plan.rubric.id} {plan.rubric.sha256} {plan.rubric.lexicon_sha256}" for plan in plans)
    if model and any(plan.asks_model for plan in plans):
        pins += f"\nllm {model}"
    return f"{code_version()}+{hashlib.sha256(pins.encode()).hexdigest()[:16]}"


def wanted_rubric(engine_ver: str) -> str | None:
    """The one rubric that a score job asks for; None for all."""
    found = _ENGINE_VER.fullmatch(engine_ver)
    return found["rubric"] if found else None


def priority_of(engine_ver: str) -> int:
    """The priority of what follows a score job: of a re-score all of it comes after calls that come in."""
    return BULK if "~" in engine_ver else 0


def ask_rescore(
    engine: Engine,
    plans: Sequence[Plan],
    wanted: Wanted,
    *,
    model: str = "",
    is_dry_run: bool = False,
    on_progress: Callable[[int, int], None] = lambda _matched, _asked: None,
) -> Asked:
    """Makes the score jobs. `plans` are the active rubrics as they are now, `model` the language model set up.

    Raises `NotFound` for a rubric that is not among them."""
    chosen = [plan for plan in plans if wanted.rubric in {None, plan.rubric.id}]
    if not chosen:
        active = "、".join(plan.rubric.id for plan in plans)
        raise NotFound(
            f"质检表 {wanted.rubric} 没有启用,不给电话评分", hint=f"启用的有:{active};启用见 CALLQA_RUBRICS"
        )
    version = scoring_version(chosen, model) + (f"#{wanted.rubric}" if wanted.rubric else "")
    batch = None if is_dry_run else secrets.token_hex(6)
    engine_ver = f"{version}~{batch}"
    if batch is not None:
        with session(engine) as opened:
            wish = {key: str(value) for key, value in asdict(wanted).items() if value}
            opened.add(RescoreRow(id=batch, rubric=wanted.rubric or "", engine_ver=engine_ver, wanted=wish))
    matched = asked = 0
    last = ""
    while True:
        with reading(engine) if is_dry_run else session(engine) as opened:
            chunk = _chunk(opened, wanted, after=last)
            jobs = _needed(opened, chunk, chosen, version=version, wanted=wanted, model=model)
            if batch is not None:
                new = [NewJob(call_id, Stage.SCORE, sha, engine_ver, BULK) for call_id, sha in jobs]
                asked += enqueue_many(opened, new)
                row = opened.get_one(RescoreRow, batch)
                row.matched, row.asked = matched + len(chunk), asked
                opened.add(row)
            else:
                asked += len(jobs)
        matched += len(chunk)
        on_progress(matched, asked)
        if len(chunk) < CHUNK:
            return Asked(batch, matched, asked)
        last = chunk[-1].call_id


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A call that matches, and what it would be scored from now."""

    row: CallRow
    transcript_sha256: str
    facts: CallFacts

    @property
    def call_id(self) -> str:
        return self.row.id

    @property
    def sha(self) -> str:
        """Hash of the input of a form that looks at nothing beside."""
        return input_sha(self.transcript_sha256, self.facts)


def _chunk(opened: Session, wanted: Wanted, *, after: str) -> list[_Candidate]:
    """Calls in the order of ids."""
    rows = opened.execute(
        select_columns(CallRow, col(TranscriptRow.sha256))
        .join(TranscriptRow, col(TranscriptRow.call_id) == col(CallRow.id))
        .join(AnalysisRow, col(AnalysisRow.call_id) == col(CallRow.id))
        .outerjoin(AgentRow, col(AgentRow.id) == col(CallRow.agent_id))
        .where(*wanted_calls(wanted), col(CallRow.id) > after)
        .order_by(col(CallRow.id))
        .limit(CHUNK)
    ).all()
    return [_Candidate(call, sha, call_facts(opened, call)) for call, sha in rows]


def _input_for(opened: Session, plan: Plan, candidate: _Candidate, model: str) -> str:
    history = earlier_calls(opened, candidate.row) if plan.uses_history else None
    beside = Beside(plan.uses_history, history, model if plan.asks_model else "")
    return input_sha(candidate.transcript_sha256, candidate.facts, beside)


def _needed(
    opened: Session,
    chunk: Sequence[_Candidate],
    plans: Sequence[Plan],
    *,
    version: str,
    wanted: Wanted,
    model: str,
) -> list[tuple[str, str]]:
    ids = [candidate.call_id for candidate in chunk]
    waiting = _jobs(opened, ids, version, OPEN)
    if wanted.is_forced:
        return [(one.call_id, one.sha) for one in chunk if one.call_id not in waiting]
    tried = _jobs(opened, ids, version, (JobState.DONE.value,))
    current = {
        (row.call_id, row.rubric): (row.rubric_sha256, row.lexicon_sha256, row.code, row.input_sha)
        for row in opened.execute(
            select_columns(
                col(EvaluationRow.call_id), col(EvaluationRow.rubric), col(EvaluationRow.rubric_sha256),
                col(EvaluationRow.lexicon_sha256), col(EvaluationRow.code), col(EvaluationRow.input_sha),
            ).where(col(EvaluationRow.call_id).in_(ids), col(EvaluationRow.current).is_(True))
        )
    }  # fmt: skip

    def lacks(one: _Candidate, plan: Plan) -> bool:
        pins = current.get((one.call_id, plan.rubric.id))
        if pins is None:  # never asked, or asked and found not to be for this call
            return one.call_id not in tried
        sha = _input_for(opened, plan, one, model)
        return pins != (plan.rubric.sha256, plan.rubric.lexicon_sha256, plan.code_version, sha)

    return [
        (one.call_id, one.sha)
        for one in chunk
        if one.call_id not in waiting and any(lacks(one, plan) for plan in plans)
    ]


def _jobs(opened: Session, ids: Sequence[str], version: str, states: Collection[str]) -> frozenset[str]:
    """Those of the calls that have a score job of this version in one of the states, of whatever request."""
    rows = opened.execute(
        select_columns(col(StageJobRow.call_id), col(StageJobRow.engine_ver)).where(
            col(StageJobRow.call_id).in_(ids),
            col(StageJobRow.stage) == Stage.SCORE.value,
            col(StageJobRow.state).in_(states),
        )
    )
    return frozenset(call_id for call_id, engine_ver in rows if engine_ver.partition("~")[0] == version)


def rescore_progress(opened: Session, batch: str) -> RescoreProgress:
    """Counts of a request's score jobs. Raises `NotFound`."""
    row = opened.get(RescoreRow, batch)
    if row is None:
        raise NotFound(f"没有编号为 {batch[:40]} 的重新评分", hint="编号见 callqa rescore 的输出")
    counted = dict(
        opened.execute(
            # by state first, which is indexed: the many jobs that are done need not be looked at
            select_columns(col(StageJobRow.state), func.count())
            .where(
                col(StageJobRow.state).in_([*OPEN, JobState.FAILED.value, JobState.QUARANTINED.value]),
                col(StageJobRow.stage) == Stage.SCORE.value,
                col(StageJobRow.engine_ver) == row.engine_ver,
            )
            .group_by(col(StageJobRow.state))
        ).all()
    )
    still = sum(counted.get(state, 0) for state in OPEN)
    failed = sum(counted.values()) - still
    return RescoreProgress(row.asked, row.asked - still - failed, still, failed)


def open_rescores(opened: Session) -> tuple[int, int]:
    """(calls whose new score is still to come, jobs of re-scores still to run), of all requests."""
    counted = opened.execute(
        select_columns(col(StageJobRow.stage), func.count())
        .where(col(StageJobRow.state).in_(OPEN), col(StageJobRow.priority) < 0)
        .group_by(col(StageJobRow.stage))
    ).all()
    by_stage: dict[str, int] = {stage: number for stage, number in counted}  # noqa: C416 (rows)
    return by_stage.get(Stage.SCORE.value, 0), sum(by_stage.values())
