"""How much recording a second: a queue of short calls, CallQA's way beside those of the field, and what the work grows with."""

from __future__ import annotations

from tests.bench.throughput.report import section

__all__ = ["section"]
