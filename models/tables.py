"""Every table of the product, imported once so that the metadata is complete."""

from __future__ import annotations

from sqlmodel import SQLModel

from models import (
    agent,
    analysis,
    call,
    coaching,
    dial,
    evaluation,
    experiment,
    job_dispatch,
    llm_answer,
    recording,
    rescore,
    rollup,
    scoring_input,
    snapshot,
    stage_job,
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
)
metadata = SQLModel.metadata
