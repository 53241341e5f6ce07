"""A transcript corrected by a person: the replaced one is kept, the forms that judged it judge again, reviews move along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlmodel import Field, Session, SQLModel, col, select

from models.analysis import save_analysis
from models.call import call_facts, get_call
from models.columns import BigId, UtcDateTime, utc_now
from models.database import lock_names
from models.evaluation import EvaluationRow, get_evaluations, save_evaluation
from models.history import earlier_calls
from models.replay import remembered
from models.review import ReviewRow
from models.review_claim import ReviewClaimRow
from models.review_total import Reckoner
from models.scoring_input import Beside, input_sha, keep_input
from models.snapshot import kept_rubric
from models.stage_job import NewJob, Stage, enqueue
from models.transcript import get_transcript, save_transcript, transcript_row
from models.version import code_version
from qa_engine.calls import Call
from qa_engine.errors import BadInput, Conflict, NotFound
from qa_engine.language.analysis import Analysis, analysis_json, analyze, parse_analysis
from qa_engine.language.sentiment import SCORERS
from qa_engine.objections import load_taxonomy
from qa_engine.rubric.load import taxonomy_path
from qa_engine.scoring.compile import compile_rubric
from qa_engine.scoring.evaluator import evaluate
from qa_engine.scoring.render import evaluation_json
from qa_engine.speech.correct import corrected_turn
from qa_engine.speech.signals import measure

MAX_TURN_CHARS = 5000


class TranscriptEditRow(SQLModel, table=True):
    """One correction; `sha_before` names the transcript that was replaced and is kept."""

    __tablename__ = "transcript_edit"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", index=True, max_length=32)
    turn: int
    before: str
    after: str
    name: str = Field(max_length=100)
    sha_before: str = Field(max_length=64)
    sha_after: str = Field(max_length=64)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class TurnChanged(Conflict):
    """Somebody corrected the turn meanwhile."""

    code = "turn_changed"


@dataclass(frozen=True, slots=True)
class Correction:
    """A turn (0-based) as it stood on the person's page, and as it should read."""

    turn: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that comes out otherwise after a correction."""

    item_id: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rescored:
    """A form judged again: scores before and after, and the items that differ."""

    rubric: str
    score_before: float | None
    score_after: float | None
    items: tuple[ItemChange, ...]


def edits_of(opened: Session, call_id: str) -> Sequence[TranscriptEditRow]:
    """Corrections of a call, oldest first."""
    return opened.exec(
        select(TranscriptEditRow)
        .where(TranscriptEditRow.call_id == call_id)
        .order_by(col(TranscriptEditRow.id))
    ).all()


def correct(
    opened: Session, call_id: str, correction: Correction, *, name: str, reckoner: Reckoner
) -> Sequence[Rescored]:
    """Corrects a turn and scores the call again under the forms that had judged it, as they were; a language model is not asked
    again. Raises `NotFound`, `TurnChanged`, `BadInput`, `SnapshotMissing`."""
    lock_names(opened, f"transcript:{call_id}")
    row = get_call(opened, call_id)
    transcript, signals = get_transcript(opened, call_id)
    if not 0 <= correction.turn < len(transcript.turns):
        raise NotFound(f"没有第 {correction.turn + 1} 句", hint="请刷新页面")
    turn = transcript.turns[correction.turn]
    if turn.text != correction.before:
        raise TurnChanged("这一句刚刚被改过", hint="请刷新页面,看过改动后再改")
    after = correction.after.strip().replace("\0", "")
    if not after or len(after) > MAX_TURN_CHARS:
        raise BadInput(f"一句话应有 1 到 {MAX_TURN_CHARS} 个字,现在 {len(after)} 个", hint="请检查后再保存")
    turns = list(transcript.turns)
    turns[correction.turn] = corrected_turn(turn, after)
    sha_before = transcript_row(call_id, transcript, signals).sha256
    made = transcript_row(call_id, replace(transcript, turns=tuple(turns)), signals)
    save_transcript(opened, made)
    opened.add(
        TranscriptEditRow(
            call_id=call_id, turn=correction.turn, before=turn.text, after=after, name=name,
            sha_before=sha_before, sha_after=made.sha256,
        )
    )  # fmt: skip
    stored, signals = get_transcript(opened, call_id)
    call = Call(stored, call_facts(opened, row), signals, earlier_calls(opened, row))
    analysis = analyze(
        call,
        load_taxonomy(taxonomy_path()),
        signals=measure(call),
        scorer=SCORERS[reckoner.settings.sentiment],
    )
    document = analysis_json(analysis)
    save_analysis(
        opened, call_id, transcript_sha256=made.sha256, document=document, objections=analysis.objections
    )
    heard = parse_analysis(document)  # what a worker would read
    done = [
        _again(opened, reckoner, (call, heard), evaluation, made.sha256)
        for evaluation in get_evaluations(opened, call_id)
    ]
    sha = input_sha(made.sha256, call.facts)
    enqueue(opened, NewJob(call_id, Stage.ROLLUP, sha, f"{code_version()}~edit"))
    return done


def _again(
    opened: Session, reckoner: Reckoner, heard: tuple[Call, Analysis], old: EvaluationRow, sha256: str
) -> Rescored:
    call, analysis = heard
    rubric = kept_rubric(opened, old.rubric_sha256, old.lexicon_sha256)
    zone = ZoneInfo(old.document["pins"].get("zone") or reckoner.settings.zone.key)
    plan = compile_rubric(rubric, zone=zone, code_version=code_version())
    asked = call if plan.uses_history else replace(call, history=None)
    questioner = remembered(opened, old)
    evaluation = evaluate(asked, plan, analysis=analysis, questioner=questioner)
    beside = Beside(plan.uses_history, asked.history, evaluation.pins.llm)
    sha = keep_input(opened, old.call_id, sha256, call.facts, beside)
    document = evaluation_json(evaluation)
    new = save_evaluation(opened, evaluation, input_sha=sha, document=document)
    _move_reviews(opened, old, new, reckoner)
    was = {item["id"]: item["verdict"] for item in old.document["items"]}
    return Rescored(
        old.rubric,
        old.score,
        new.score,
        tuple(
            ItemChange(item.id, item.title, was.get(item.id, ""), item.verdict.value)
            for item in evaluation.items
            if was.get(item.id) != item.verdict.value
        ),
    )


def _move_reviews(opened: Session, old: EvaluationRow, new: EvaluationRow, reckoner: Reckoner) -> None:
    """What people decided stays theirs: the review goes over to the new evaluation with its log, and its total is worked out
    on what the machine says now."""
    if old.id == new.id:
        return
    reviews = opened.exec(select(ReviewRow).where(ReviewRow.evaluation_id == old.id)).all()
    for review in reviews:
        assert new.id is not None
        review.evaluation_id = new.id
        opened.add(review)
        opened.flush()
        reckoner.settle(opened, review)
    opened.execute(
        update(ReviewClaimRow)
        .where(col(ReviewClaimRow.evaluation_id) == old.id)
        .values(evaluation_id=new.id)
        .execution_options(synchronize_session=False)
    )
    opened.flush()
