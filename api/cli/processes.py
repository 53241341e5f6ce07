"""Starts worker processes and keeps them running: the embedded default, and `callqa worker -n`.

They are started by name, as any service manager would; nothing of theirs is imported here."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

import structlog

from models.settings import Settings
from models.stage_job import Queue
from qa_engine.speech.engines.layout import own_cores

log = structlog.get_logger()

CHECK_EVERY_S = 0.5
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0


def settings_environment(settings: Settings) -> Mapping[str, str]:
    """The environment with the settings written into it, so that a child has the very same ones."""
    given = {
        f"CALLQA_{name.upper()}": str(value)
        for name, value in settings.model_dump().items()
        if value is not None
    }
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("CALLQA_")}
    return {**kept, **given}


def _sharing_cores(settings: Settings, n: int) -> Settings:
    """Several recognisers that each take all cores would be slower than one."""
    if n < 2 or settings.whisper_threads:
        return settings
    return settings.model_copy(update={"whisper_threads": max(1, own_cores() // n)})


class WorkerProcesses:
    """`n` worker processes. One that dies is started again, later each time it dies at once."""

    def __init__(self, settings: Settings, n: int = 1, queues: tuple[Queue, ...] = tuple(Queue)) -> None:
        self._settings, self._queues = _sharing_cores(settings, n), queues
        self._processes: list[subprocess.Popen[bytes]] = []
        self._n = n
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def _start_one(self) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "workers.embedded",
            "--queues",
            ",".join(self._queues),
            "--parent",
            str(os.getpid()),
        ]
        return subprocess.Popen(  # noqa: S603 (our own module, no shell)
            command,
            env=dict(settings_environment(self._settings)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # Celery takes leave there; results of the command line do not mix with that
            process_group=0,  # Ctrl-C in a terminal is for the parent, which stops its workers in order
        )

    def start(self) -> Self:
        """Starts the processes; returns at once."""
        self._processes = [self._start_one() for _ in range(self._n)]
        self._keeper.start()
        return self

    def _keep(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.wait(CHECK_EVERY_S):
            for index, process in enumerate(self._processes):
                if process.poll() is None:
                    continue
                log.warning("worker.died", pid=process.pid, status=process.returncode, again_in_s=pause_s)
                if self._stopping.wait(pause_s):
                    return
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
                self._processes[index] = self._start_one()

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that run now."""
        return tuple(self._running())

    def _running(self) -> Iterator[int]:
        for process in self._processes:
            if process.poll() is None:
                yield process.pid

    def stop(self) -> None:
        """Asks all to stop, waits for their drain time, then ends them."""
        self._stopping.set()
        if self._keeper.is_alive():
            self._keeper.join()
        for process in self._processes:
            if process.poll() is None:
                process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=self._settings.drain_s + 10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
