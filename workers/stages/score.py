"""Every active rubric that applies → an evaluation with evidence."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from models.analysis import get_analysis
from models.call import call_facts, get_call
from models.database import reading
from models.evaluation import save_evaluation
from models.history import earlier_calls
from models.job_lease import Claim
from models.llm import Remembered
from models.llm_answer import known_answers, save_answers
from models.stage_job import NewJob, Stage
from models.transcript import canonical_sha256, get_transcript
from qa_engine.calls import Call
from qa_engine.exchange import history_json
from qa_engine.language.analysis import parse_analysis
from qa_engine.scoring import Plan, applies, evaluate
from qa_engine.scoring.evaluation import Evaluation
from qa_engine.scoring.render import evaluation_json
from workers.stages.base import Outcome
from workers.tools import Tools


def run(tools: Tools, job: Claim) -> Outcome:
    """Earlier evaluations stay; these become the current ones."""
    with reading(tools.engine) as opened:
        transcript, signals = get_transcript(opened, job.call_id)
        row = get_call(opened, job.call_id)
        call = Call(transcript, call_facts(opened, row), signals)
        analysis = parse_analysis(get_analysis(opened, job.call_id))
        plans = [plan for plan in tools.plans() if applies(plan, call)]
        if any(plan.uses_history for plan in plans):
            call = replace(call, history=earlier_calls(opened, row))
        asks = tools.questioner is not None and any(plan.asks_model for plan in plans)
        known = known_answers(opened, job.call_id) if asks else {}
    asked = Remembered(tools.questioner, known) if tools.questioner is not None else None
    made = [(plan, evaluate(call, plan, analysis=analysis, questioner=asked)) for plan in plans]
    saved = [
        (evaluation, _input_sha(job, call, plan, evaluation), evaluation_json(evaluation))
        for plan, evaluation in made
    ]

    def save(opened: Session) -> None:
        for evaluation, input_sha, document in saved:
            save_evaluation(opened, evaluation, input_sha=input_sha, document=document)
        if asked is not None and asked.fresh:
            save_answers(opened, job.call_id, asked.name, asked.fresh)

    return Outcome(save, (NewJob(job.call_id, Stage.ROLLUP, job.input_sha, job.engine_ver),))


def _input_sha(job: Claim, call: Call, plan: Plan, evaluation: Evaluation) -> str:
    """What the evaluation was made from, beside rubric and code: transcript and facts, and where the form looks at
    them, the earlier calls and the model."""
    parts: list[object] = [job.input_sha]
    if plan.uses_history:
        parts.append(None if call.history is None else history_json(call.history))
    if evaluation.pins.llm:
        parts.append(evaluation.pins.llm)
    return canonical_sha256(parts) if len(parts) > 1 else job.input_sha
