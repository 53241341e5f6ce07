"""Every active rubric that applies → an evaluation with evidence."""

from __future__ import annotations

from sqlmodel import Session

from models.analysis import get_analysis
from models.call import call_facts, get_call
from models.database import reading
from models.evaluation import save_evaluation
from models.job_lease import Claim
from models.stage_job import NewJob, Stage
from models.transcript import get_transcript
from qa_engine.calls import Call
from qa_engine.language.analysis import parse_analysis
from qa_engine.scoring import applies, evaluate
from qa_engine.scoring.render import evaluation_json
from workers.stages.base import Outcome
from workers.tools import Tools


def run(tools: Tools, job: Claim) -> Outcome:
    """Earlier evaluations stay; these become the current ones."""
    with reading(tools.engine) as opened:
        transcript, signals = get_transcript(opened, job.call_id)
        facts = call_facts(opened, get_call(opened, job.call_id))
        analysis = parse_analysis(get_analysis(opened, job.call_id))
    call = Call(transcript, facts, signals)
    evaluations = [evaluate(call, plan, analysis=analysis) for plan in tools.plans() if applies(plan, call)]
    documents = [evaluation_json(evaluation) for evaluation in evaluations]

    def save(opened: Session) -> None:
        for evaluation, document in zip(evaluations, documents, strict=True):
            save_evaluation(opened, evaluation, input_sha=job.input_sha, document=document)

    return Outcome(save, (NewJob(job.call_id, Stage.ROLLUP, job.input_sha, job.engine_ver),))
