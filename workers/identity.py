"""Names worker processes so that another process of the same machine can tell whether one is dead."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from pathlib import Path


def _started(pid: int) -> str | None:
    """The start of a process in kernel ticks (guards against a reused pid); "" where the system does not tell,
    None where there is no such process."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in {"Z", "X"} else fields[19]  # a zombie does no more work
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return ""
    return ""


def _here() -> str:
    """Host and process namespace: two containers may share a host name but not their pids."""
    try:
        namespace = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        namespace = ""
    return f"{socket.gethostname()[:80]}/{''.join(filter(str.isdigit, namespace))}"


def worker_name(pid: int | None = None) -> str:
    """`host/namespace/pid/start` of a process, by default this one."""
    number = os.getpid() if pid is None else pid
    return f"{_here()}/{number}/{_started(number) or ''}"


def dead_workers(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that belonged to a process of this machine that is gone; of other machines none.

    A wrong guess costs double work, never a double result: the fencing token decides."""
    dead: list[str] = []
    here = _here()
    for name in names:
        place, _, process = name.rpartition("/")[0].rpartition("/")
        pid, started = process, name.rpartition("/")[2]
        if place == here and pid.isdigit() and _started(int(pid)) != (started or ""):
            dead.append(name)
    return tuple(dead)
