"""A rubric checked as a whole: problems, warnings, and every example run as a test."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import TypeAlias
from zoneinfo import ZoneInfo

from qa_engine.errors import Where
from qa_engine.rubric.changes import deciding
from qa_engine.rubric.examples import BadExample, example_call
from qa_engine.rubric.lint import lint
from qa_engine.rubric.load import Rubric, canonical, load_rubric
from qa_engine.rubric.lock import check_lock
from qa_engine.rubric.problems import BadRubric, Problem
from qa_engine.rubric.yaml_nodes import Plain, walk
from qa_engine.scoring.compile import DEFAULT_ZONE, Plan, compile_rubric
from qa_engine.scoring.evaluation import Verdict
from qa_engine.scoring.evaluator import judge_item

Known: TypeAlias = MutableMapping[tuple[str, str], tuple[Verdict, str]]
"""(hash of what decides an item, example) → how it came out."""
EXPECTED = {"pass": Verdict.PASS, "fail": Verdict.FAIL, "na": Verdict.NA, "unknown": Verdict.UNKNOWN}


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example line. `expected` is None for a known miss, which never fails."""

    item: str
    line: str
    expected: Verdict | None
    got: Verdict
    reason: str
    where: Where

    @property
    def ok(self) -> bool:
        return self.expected is None or self.expected is self.got


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found. `readable` is False where the file could not be used at all (`problems` say why)."""

    file: str
    rubric: Rubric | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    examples: tuple[ExampleResult, ...] = ()

    @property
    def readable(self) -> bool:
        return self.rubric is not None

    @property
    def ok(self) -> bool:
        return not self.problems and all(example.ok for example in self.examples)


def check_rubric(
    path: FilePath,
    *,
    phrase_files: Sequence[FilePath] = (),
    zone: ZoneInfo = DEFAULT_ZONE,
    lock: FilePath | None = None,
) -> CheckReport:
    """Validates, lints, compares with the lock file (if given) and runs every example. Raises nothing that the file
    is to blame for."""
    try:
        rubric = load_rubric(path, phrase_files=phrase_files)
    except BadRubric as error:
        return CheckReport(str(path), None, error.problems)
    problems: list[Problem] = []
    if lock is not None:
        try:
            problems += check_lock([rubric], lock)
        except BadRubric as error:
            problems += error.problems
    report = check_loaded(rubric, file=str(path), zone=zone)
    return replace(report, problems=(*report.problems, *problems))


def check_loaded(
    rubric: Rubric,
    *,
    file: str,
    zone: ZoneInfo = DEFAULT_ZONE,
    with_examples: bool = True,
    known: Known | None = None,
) -> CheckReport:
    """Lints a form that loads and runs every example (unless not wanted: they take most of the time). `known` keeps what
    came out between checks of one zone, so that only examples of items that changed are run again."""
    found = lint(rubric)
    problems = list(found.errors)
    results: list[ExampleResult] = []
    if with_examples:
        plan = compile_rubric(rubric, zone=zone, code_version="check")
        for result in run_examples(plan, known=known):
            if isinstance(result, Problem):
                problems.append(result)
            else:
                results.append(result)
    return CheckReport(file, rubric, tuple(problems), found.warnings, tuple(results))


def run_examples(plan: Plan, *, known: Known | None = None) -> Iterator[ExampleResult | Problem]:
    """Every example of the form, in file order, against its own item alone."""
    document = plan.rubric.document
    for s, section in enumerate(plan.rubric.sections):
        for i, item in enumerate(section.items):
            path = ("sections", s, "items", i, "examples")
            examples = document.at(path)
            state = _state(plan, document.at(path[:-1])) if known is not None and examples else ""
            for kind, lines in examples.items() if isinstance(examples, dict) else ():
                for number, line in enumerate(lines if isinstance(lines, list) else ()):
                    where = document.where((*path, kind, number))
                    yield _run(plan, item.id, (str(kind), str(line)), where, (known, state))


def _state(plan: Plan, item: Plain) -> str:
    """Hash of all that the item's examples come out by: what decides it, and where it asks about other items the form."""
    if not isinstance(item, dict):
        return ""
    content: Plain = deciding(plan.rubric, item)
    if any(path[-2:] == ("item", "id") and len(path) > 2 for path, _ in walk(content)):
        content = {"own": content, "form": plan.rubric.sha256}
    return hashlib.sha256(canonical(content) + plan.rubric.taxonomy).hexdigest()


def _run(
    plan: Plan, item: str, example: tuple[str, str], where: Where, memory: tuple[Known | None, str]
) -> ExampleResult | Problem:
    (kind, line), (known, state) = example, memory
    if known is not None and state and (state, line) in known:
        verdict, reason = known[state, line]
        return ExampleResult(item, line, EXPECTED.get(kind), verdict, reason, where)
    try:
        call = example_call(line)
    except BadExample as error:
        return Problem(error.code, f"{item}:{error.message}", error.hint, where)
    judged = judge_item(call, plan, item)
    if known is not None and state:
        known[state, line] = (judged.verdict, judged.reason)
    return ExampleResult(item, line, EXPECTED.get(kind), judged.verdict, judged.reason, where)
