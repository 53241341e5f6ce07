"""What a stage is: a pure piece of the engine, wrapped in load and save."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from models.job_lease import Claim
from models.stage_job import NewJob
from workers.tools import Tools


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stage leaves behind. `save` writes the result, and nothing else happens to it: the runner calls it in the
    transaction that also finishes the job and asks for `next_jobs`."""

    save: Callable[[Session], None]
    next_jobs: tuple[NewJob, ...] = ()


class StageWork(Protocol):
    """`run` of a stage module: loads what it needs, computes without a transaction, returns what to save.

    Raises a CallQAError for an expected fault; `permanent` ends the call, else the job is tried again."""

    def __call__(self, tools: Tools, job: Claim) -> Outcome: ...
