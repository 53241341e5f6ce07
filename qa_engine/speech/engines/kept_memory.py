"""The allocator keeps what a model freed, for its next window.

A window's attention takes tens of megabytes at a time (heads × 1500² × 4 bytes: 54 MB with `tiny`). glibc gives blocks of that size
back to the system when they are freed, so that every window pays for them anew, page by page: 30–40 % of the encoder's processor
time on two AMD cores (docs/benchmarks.md, throughput). Price: a process that loaded a model stays as large as its largest batch.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

# From <malloc.h>: no block by mmap, never give back, one arena (only the main one may grow without mmap).
_M_MMAP_MAX: Final = -4
_M_TRIM_THRESHOLD: Final = -1
_M_ARENA_MAX: Final = -8
_NEVER: Final = 2**31 - 1


def keep_memory() -> bool:
    """From now on in this process; best before the threads of a model are started. False where the C library is not glibc, and
    nothing is changed."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return False
    wanted = ((_M_ARENA_MAX, 1), (_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, _NEVER))
    taken = [library.mallopt(option, value) == 1 for option, value in wanted]
    return all(taken)
