"""What several sections look at, made once and only where it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from tests.bench import speech
from tests.bench.samples import Sample, load_samples


@dataclass
class Runs:
    """The sample calls and how the product heard them. `differences` is printed at the end."""

    verbose: bool = False
    large: bool = False
    differences: list[str] = field(default_factory=list)

    @cached_property
    def samples(self) -> list[Sample]:
        return load_samples()

    @cached_property
    def ours(self) -> speech.Run:
        """The sample calls transcribed as a worker does it."""
        return speech.product_run(self.samples)
