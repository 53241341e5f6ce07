"""Keeps a job's lease alive while its stage computes."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy import Engine

from models.database import session
from models.job_lease import Claim, renew
from qa_engine.errors import Unavailable

log = structlog.get_logger()


class Heartbeat:
    """Renews the lease every third of it, from a thread: recognition runs outside the interpreter lock.

    `lost` is set when the job was given to another worker; the result will be fenced off anyway."""

    def __init__(self, engine: Engine, held: Claim, lease_s: float) -> None:
        self._engine, self._held, self._lease_s = engine, held, lease_s
        self._stop = threading.Event()
        self.lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{held.job_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stop.wait(self._lease_s / 3):
            try:
                with session(self._engine) as opened:
                    kept = renew(opened, self._held, self._lease_s)
            except Unavailable as error:
                log.warning("job.heartbeat_failed", job_id=self._held.job_id, error=error.code)
                continue
            if not kept:
                self.lost.set()
                log.warning("job.lease_lost", job_id=self._held.job_id, call_id=self._held.call_id)
                return
