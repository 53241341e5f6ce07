"""How a criterion may be judged by machine, before anybody has agreed to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa_engine.rubric.yaml_nodes import Plain

Lines = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """`decides` are the keys of an item that decide it. `examples` are candidates: those that come out otherwise are
    dropped. `fault` is the condition that happens once for every fault, where faults can be counted. `topics` are what
    it covers, for the questions; `doubts` what its owner should look at."""

    topics: tuple[str, ...]
    decides: Mapping[str, Plain]
    examples: Lines = field(default_factory=dict)
    fault: Mapping[str, Plain] | None = None
    doubts: tuple[str, ...] = ()
    compliance: bool = False
