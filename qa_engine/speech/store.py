"""Where samples go while they are decoded: memory for usual calls, an unnamed temporary file for long ones."""

from __future__ import annotations

import tempfile
from typing import Final

import numpy as np

from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples

# 10 minutes of two channels are 77 MB of float32; longer recordings go to disk, where pages can be dropped.
SPILL_S: Final = 600.0


class SampleStore:
    """Collects blocks of shape (channels, k) and returns them as one read-only (channels, n) array.

    `max_samples` is the most that will ever be appended to one channel."""

    def __init__(self, channels: int, max_samples: int, *, spill_s: float = SPILL_S) -> None:
        self._channels = channels
        self._max_samples = max_samples
        self._spill = int(spill_s * SAMPLE_RATE_HZ)
        self._blocks: list[Samples] = []
        self._file: np.memmap[tuple[int, ...], np.dtype[np.float32]] | None = None
        self.size = 0

    def append(self, block: Samples) -> None:
        """Takes a block. The caller has checked that it fits."""
        if self._file is None and self.size + block.shape[1] > self._spill:
            self._open_file()
        if self._file is None:
            self._blocks.append(block)
        # A hole in the file reads as zeros: digital silence, however long, takes no space.
        elif block.any():
            self._file[:, self.size : self.size + block.shape[1]] = block
        self.size += block.shape[1]

    def finish(self) -> Samples:
        """All samples. The temporary file disappears with the array."""
        if self._file is not None:
            samples: Samples = self._file[:, : self.size]
        elif self._blocks:
            samples = np.concatenate(self._blocks, axis=1)
        else:
            samples = np.zeros((self._channels, 0), np.float32)
        samples.flags.writeable = False
        return samples

    def _open_file(self) -> None:
        with tempfile.TemporaryFile(prefix="callqa-") as file:
            # The mapping keeps the unnamed file alive after the descriptor is closed.
            self._file = np.memmap(file, np.float32, "w+", shape=(self._channels, self._max_samples))
        at = 0
        for block in self._blocks:
            self._file[:, at : at + block.shape[1]] = block
            at += block.shape[1]
        self._blocks.clear()
