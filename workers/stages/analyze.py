"""Features of the conversation: normal form, sentiment, stages, objections, signals."""

from __future__ import annotations

from sqlmodel import Session

from models.analysis import save_analysis
from models.call import call_facts, get_call
from models.database import reading
from models.job_lease import Claim
from models.scoring_input import input_sha
from models.stage_job import NewJob, Stage
from models.transcript import get_transcript
from qa_engine.calls import Call
from qa_engine.language.analysis import analysis_json, analyze
from qa_engine.language.sentiment import SCORERS
from qa_engine.speech.signals import measure
from workers.stages.base import Outcome
from workers.tools import Tools


def _talk_s(signals: dict[str, float | None]) -> float | None:
    agent, customer = signals.get("agent_talk_s"), signals.get("customer_talk_s")
    return None if agent is None and customer is None else round((agent or 0.0) + (customer or 0.0), 3)


def run(tools: Tools, job: Claim) -> Outcome:
    """Reads the stored transcript, whatever made it."""
    with reading(tools.engine) as opened:
        transcript, signals = get_transcript(opened, job.call_id)
        facts = call_facts(opened, get_call(opened, job.call_id))
    call = Call(transcript, facts, signals)
    analysis = analyze(call, tools.taxonomy, signals=measure(call), scorer=SCORERS[tools.settings.sentiment])
    document = analysis_json(analysis)
    talk_s = _talk_s(dict(analysis.signals))

    def save(opened: Session) -> None:
        save_analysis(
            opened,
            job.call_id,
            transcript_sha256=job.input_sha,
            document=document,
            objections=analysis.objections,
        )
        call = get_call(opened, job.call_id)
        call.talk_s = talk_s
        opened.add(call)

    sha = input_sha(job.input_sha, facts)
    return Outcome(save, (NewJob(job.call_id, Stage.SCORE, sha, tools.scoring_version),))
