"""What a model frees is used again, not given back to the system and paid for anew."""

from __future__ import annotations

import subprocess
import sys
import threading
from resource import RUSAGE_SELF, getrusage

import numpy as np
import pytest

from qa_engine.speech.engines.kept_memory import keep_memory

ONE_BLOCK = 64 << 20


def faults_of_blocks(times: int) -> int:
    """Pages that the system had to hand out for `times` blocks, taken, written and freed on a thread of their own."""
    found: list[int] = []

    def work() -> None:
        before = getrusage(RUSAGE_SELF).ru_minflt
        for _ in range(times):
            np.empty(ONE_BLOCK, np.uint8).fill(1)
        found.append(getrusage(RUSAGE_SELF).ru_minflt - before)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


def main() -> None:
    if not keep_memory():
        sys.stdout.write("-1 -1")
        return
    faults_of_blocks(1)
    sys.stdout.write(f"{faults_of_blocks(1)} {faults_of_blocks(8)}")


def test_a_block_is_used_again() -> None:
    """In a process of its own, for it changes the allocator for good."""
    ended = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True)
    one, eight = map(int, ended.stdout.split())
    if one < 0:
        pytest.skip("the C library is not glibc")
    pages = ONE_BLOCK // 4096
    assert one < pages / 10
    assert eight < pages / 10


if __name__ == "__main__":
    main()
