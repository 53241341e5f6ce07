"""How often the machine's verdicts and objections are those that a reviewer expects on the sample calls."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from zoneinfo import ZoneInfo

from qa_engine.calls import Call
from qa_engine.rubric import find_rubric, load_rubric
from qa_engine.scoring import Plan, compile_rubric, evaluate
from qa_engine.scoring.evaluation import Verdict
from qa_engine.scoring.render import evaluation_json
from tests.bench.samples import Sample


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts over the items that a reviewer judged; `misses` lists `call item expected found`."""

    agreed: int
    unknown: int
    judged: int
    misses: tuple[str, ...]
    objection_hits: int
    objections_found: int
    objections_expected: int
    objection_misses: tuple[str, ...] = field(default=())


def standard_plan() -> Plan:
    """The shipped form, compiled."""
    rubric = load_rubric(find_rubric("telesales-standard"))
    return compile_rubric(rubric, zone=ZoneInfo("Asia/Shanghai"), code_version="bench")


def agreement(samples: list[Sample], calls: Mapping[str, Call], plan: Plan) -> Agreement:
    """Judges `calls` (script or recognised text) by `plan`."""
    agreed = unknown = judged = hits = found_n = expected_n = 0
    misses: list[str] = []
    objection_misses: list[str] = []
    for sample in samples:
        call = calls.get(sample.id)
        if call is None:
            continue
        evaluation = evaluate(call, plan)
        verdicts = {item.id: item.verdict for item in evaluation.items}
        for item, expected in sample.expected.items():
            verdict = verdicts[item]
            judged += 1
            agreed += verdict.value == expected
            unknown += verdict is Verdict.UNKNOWN
            if verdict.value != expected:
                misses.append(f"{sample.id} {item} expected {expected} found {verdict.value}")
        found = Counter(objection.type for objection in evaluation.objections)
        wanted = Counter(sample.objections)
        hits += (found & wanted).total()
        found_n += found.total()
        expected_n += wanted.total()
        objection_misses += [f"{sample.id} missed {kind}" for kind in (wanted - found).elements()]
        objection_misses += [f"{sample.id} invented {kind}" for kind in (found - wanted).elements()]
    return Agreement(
        agreed, unknown, judged, tuple(misses), hits, found_n, expected_n, tuple(objection_misses)
    )


def calls_per_second(calls: list[Call], plan: Plan, rounds: int = 5) -> tuple[float, float]:
    """Scored calls a second on one core, JSON included, and mean characters a call."""
    characters = sum(len(turn.text) for call in calls for turn in call.transcript.turns) / len(calls)
    start = perf_counter()
    for _ in range(rounds):
        for call in calls:
            json.dumps(evaluation_json(evaluate(call, plan)), ensure_ascii=False)
    return rounds * len(calls) / (perf_counter() - start), characters
