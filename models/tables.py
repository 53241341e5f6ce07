"""Every table of the product, imported once so that the metadata is complete."""

from __future__ import annotations

from sqlmodel import SQLModel

from models import (
    agent,
    alert,
    analysis,
    call,
    call_figures,
    coaching,
    dial,
    evaluation,
    experiment,
    job_dispatch,
    kpi_cell,
    llm_answer,
    outbox,
    recording,
    rescore,
    rollup,
    scorecard,
    scoring_input,
    snapshot,
    stage_job,
    target,
    ticket,
    transcript,
    watch,
)

MODULES = (
    agent,
    call,
    coaching,
    recording,
    transcript,
    analysis,
    evaluation,
    experiment,
    llm_answer,
    snapshot,
    scoring_input,
    stage_job,
    rescore,
    job_dispatch,
    rollup,
    watch,
    dial,
    alert,
    ticket,
    outbox,
    call_figures,
    kpi_cell,
    scorecard,
    target,
)
metadata = SQLModel.metadata
