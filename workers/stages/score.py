"""Every active rubric that applies → an evaluation with evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from models.analysis import get_analysis
from models.call import call_facts, get_call
from models.database import reading
from models.evaluation import save_evaluation
from models.history import earlier_calls
from models.job_lease import Claim
from models.llm import Remembered
from models.llm_answer import known_answers, save_answers
from models.rescore import priority_of, wanted_rubric
from models.scoring_input import Beside, keep_input
from models.snapshot import keep_snapshot
from models.stage_job import NewJob, Stage
from models.transcript import TranscriptRow, get_transcript
from qa_engine.calls import Call
from qa_engine.language.analysis import parse_analysis
from qa_engine.scoring import Plan, applies, evaluate
from qa_engine.scoring.evaluation import Evaluation
from qa_engine.scoring.render import evaluation_json
from workers.stages.base import Outcome
from workers.tools import Tools


@dataclass(frozen=True, slots=True)
class _Made:
    """An evaluation, and what the form looked at beside transcript and facts."""

    plan: Plan
    evaluation: Evaluation
    document: dict[str, Any]
    beside: Beside


def run(tools: Tools, job: Claim) -> Outcome:
    """Earlier evaluations stay; these become the current ones. A re-score may ask for one rubric only."""
    with reading(tools.engine) as opened:
        heard = opened.get_one(TranscriptRow, job.call_id)
        transcript, signals = get_transcript(opened, job.call_id)
        row = get_call(opened, job.call_id)
        call = Call(transcript, call_facts(opened, row), signals)
        analysis = parse_analysis(get_analysis(opened, job.call_id))
        plans = [plan for plan in tools.plans(wanted_rubric(job.engine_ver)) if applies(plan, call)]
        if any(plan.uses_history for plan in plans):
            call = replace(call, history=earlier_calls(opened, row))
        asks = tools.questioner is not None and any(plan.asks_model for plan in plans)
        known = known_answers(opened, job.call_id) if asks else {}
    asked = Remembered(tools.questioner, known) if tools.questioner is not None else None
    made: list[_Made] = []
    for plan in plans:
        evaluation = evaluate(call, plan, analysis=analysis, questioner=asked)
        beside = _beside(call, plan, evaluation, asked)
        made.append(_Made(plan, evaluation, evaluation_json(evaluation), beside))

    def save(opened: Session) -> None:
        for one in made:
            # of what was read above, which an edit may have made newer than what was asked for
            sha = keep_input(opened, job.call_id, heard.sha256, call.facts, one.beside)
            keep_snapshot(opened, one.plan.rubric)
            save_evaluation(opened, one.evaluation, input_sha=sha, document=one.document)
        if asked is not None and asked.fresh:
            save_answers(opened, job.call_id, asked.name, asked.fresh)

    priority = priority_of(job.engine_ver)
    return Outcome(save, (NewJob(job.call_id, Stage.ROLLUP, job.input_sha, job.engine_ver, priority),))


def _beside(call: Call, plan: Plan, evaluation: Evaluation, asked: Remembered | None) -> Beside:
    """A model that left a question open is named so, and asked again when the call is next scored."""
    history = call.history if plan.uses_history else None
    model = evaluation.pins.llm or (asked.name if asked is not None and plan.asks_model else "")
    return Beside(plan.uses_history, history, model)
