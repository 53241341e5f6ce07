"""Every table of the product, imported once so that the metadata is complete."""

from __future__ import annotations

from sqlmodel import SQLModel

from models import (
    agent,
    analysis,
    call,
    evaluation,
    job_dispatch,
    llm_answer,
    recording,
    rollup,
    stage_job,
    transcript,
    watch,
)

MODULES = (
    agent,
    call,
    recording,
    transcript,
    analysis,
    evaluation,
    llm_answer,
    stage_job,
    job_dispatch,
    rollup,
    watch,
)
metadata = SQLModel.metadata
