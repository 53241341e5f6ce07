"""Every active rubric that applies → an evaluation with evidence."""

from __future__ import annotations

from sqlmodel import Session

from models.analysis import get_analysis
from models.call import call_facts, get_call
from models.database import reading
from models.evaluation import save_evaluation
from models.job_lease import Claim
from models.rescore import priority_of, wanted_rubric
from models.scoring_input import keep_input
from models.snapshot import keep_snapshot
from models.stage_job import NewJob, Stage
from models.transcript import TranscriptRow, get_transcript
from qa_engine.calls import Call
from qa_engine.language.analysis import parse_analysis
from qa_engine.scoring import applies, evaluate
from qa_engine.scoring.render import evaluation_json
from workers.stages.base import Outcome
from workers.tools import Tools


def run(tools: Tools, job: Claim) -> Outcome:
    """Earlier evaluations stay; these become the current ones. A re-score may ask for one rubric only."""
    with reading(tools.engine) as opened:
        row = opened.get_one(TranscriptRow, job.call_id)
        transcript, signals = get_transcript(opened, job.call_id)
        facts = call_facts(opened, get_call(opened, job.call_id))
        analysis = parse_analysis(get_analysis(opened, job.call_id))
    call = Call(transcript, facts, signals)
    plans = [plan for plan in tools.plans(wanted_rubric(job.engine_ver)) if applies(plan, call)]
    evaluations = [evaluate(call, plan, analysis=analysis) for plan in plans]
    documents = [evaluation_json(evaluation) for evaluation in evaluations]

    def save(opened: Session) -> None:
        # of what was read above, which an edit may have made newer than what was asked for
        sha = keep_input(opened, job.call_id, row.sha256, facts)
        for plan, evaluation, document in zip(plans, evaluations, documents, strict=True):
            keep_snapshot(opened, plan.rubric)
            save_evaluation(opened, evaluation, input_sha=sha, document=document)

    priority = priority_of(job.engine_ver)
    return Outcome(save, (NewJob(job.call_id, Stage.ROLLUP, job.input_sha, job.engine_ver, priority),))
