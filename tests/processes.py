"""Real processes of the product, for tests that talk to them, stop them and kill them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import col, select

from api.cli.processes import settings_environment
from models.database import reading
from models.settings import Settings
from models.stage_job import JobState, StageJobRow
from tests.workers.scene import wait_for
from workers.identity import dead_workers

STOP_TIMEOUT_S = 60.0
BYTECODE = Path(tempfile.gettempdir()) / f"callqa-test-bytecode-{os.getuid()}"
"""Shared by all children, so that only the first compiles what they import."""


def environment(settings: Settings) -> dict[str, str]:
    """What a child needs to have exactly these settings."""
    made = {**settings_environment(settings), "PYTHONPYCACHEPREFIX": str(BYTECODE), "PYTHONUNBUFFERED": "1"}
    made.pop("PYTHONDONTWRITEBYTECODE", None)
    return made


@dataclass
class Running:
    """A child and what it wrote."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def text(self) -> str:
        """Both streams, so far."""
        return self.log.read_text("utf-8", errors="replace")

    def alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """kill -9, and the proof that it was running until then."""
        assert self.alive(), f"ended by itself before it was killed:\n{self.text()}"
        self.process.kill()
        assert self.process.wait(STOP_TIMEOUT_S) == -signal.SIGKILL

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        self.process.terminate()
        return self.process.wait(STOP_TIMEOUT_S)


@contextmanager
def started(settings: Settings, module: str, arguments: Sequence[str], log: Path) -> Iterator[Running]:
    """`python -m module arguments…` with these settings; killed on leaving if it still runs."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=environment(settings),
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Running(process, log)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(STOP_TIMEOUT_S)


@contextmanager
def callqa(settings: Settings, *arguments: str, log: Path) -> Iterator[Running]:
    """The command line."""
    with started(settings, "api.cli", arguments, log) as running:
        yield running


@contextmanager
def serving(settings: Settings, *arguments: str, log: Path) -> Iterator[tuple[Running, str]]:
    """`callqa serve` on a free port, with its address once it listens."""
    with callqa(settings, "serve", "--port", "0", *arguments, log=log) as running:
        wait_for(lambda: "http://" in running.text() or not running.alive(), what="the address")
        found = re.search(r"http://[\d.]+:\d+", running.text())
        assert found, running.text()
        yield running, found.group()


def pid_of(worker: str) -> int:
    """The process id in a worker's name."""
    return int(worker.split("/")[-2])


def running_job(engine: Engine, stage: str) -> StageJobRow | None:
    """A job of the stage that some worker holds now."""
    held = select(StageJobRow).where(StageJobRow.state == JobState.RUNNING, StageJobRow.stage == stage)
    with reading(engine) as opened:
        return opened.exec(held.order_by(col(StageJobRow.id)).limit(1)).first()


def kill_in_the_middle(engine: Engine, stage: str) -> StageJobRow:
    """kill -9 of a worker that is at work on a job of the stage; returns the job as it was at that moment.

    The worker is frozen first and the job looked at again, so that the blow is sure to fall in the middle."""
    struck: list[StageJobRow] = []

    def strike() -> bool:
        job = running_job(engine, stage)
        if job is None or dead_workers([str(job.worker)]):
            return False
        pid = pid_of(str(job.worker))
        os.kill(pid, signal.SIGSTOP)
        with reading(engine) as opened:
            now = opened.get_one(StageJobRow, job.id)
        if (now.state, now.token) != (JobState.RUNNING, job.token):
            os.kill(pid, signal.SIGCONT)
            return False
        os.kill(pid, signal.SIGKILL)
        struck.append(now)
        return True

    wait_for(strike, what=f"a worker in the middle of {stage}")
    wait_for(lambda: bool(dead_workers([str(struck[0].worker)])), what="the worker's death")
    return struck[0]
