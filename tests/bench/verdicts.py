"""How often the machine's verdicts and objections are those that a reviewer expects on the sample calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from qa_engine.calls import Call
from qa_engine.rubric import find_rubric, load_rubric
from qa_engine.scoring import Plan, compile_rubric, evaluate
from qa_engine.scoring.evaluation import Verdict
from tests.bench.runs import Runs
from tests.bench.samples import Sample
from tests.bench.statistics import share


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


def section(runs: Runs) -> list[str]:
    """The section of the report."""
    plan = standard_plan()
    scripts = {sample.id: sample.script for sample in runs.samples}
    on_script = agreement(runs.samples, scripts, plan)
    on_sound = agreement(runs.samples, runs.ours.calls, plan)
    rows = (("script", on_script), ("recognised", on_sound))
    if runs.verbose:
        for name, found in rows:
            runs.differences += [
                f"\n{name}:",
                *(f"  {miss}" for miss in (*found.misses, *found.objection_misses)),
            ]
    return [
        "## Verdicts against one reviewer's expectations (`fixtures/calls/expected.yaml`)",
        "",
        (
            "The rules were written with these calls in sight, so the first row says that the parts fit together, not how "
            "well they do on other calls. Items left `unknown` count as not agreed."
        ),
        "",
        "| text | items agreed | of the rest unknown | objections: recall | objections: precision |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {share(found.agreed, found.judged)} | {found.unknown} of {found.judged - found.agreed} "
            f"| {share(found.objection_hits, found.objections_expected)} "
            f"| {share(found.objection_hits, found.objections_found)} |"
            for name, found in rows
        ),
        "",
    ]
