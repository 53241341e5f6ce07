"""A rubric checked as a whole: problems, warnings, and every example run as a test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from zoneinfo import ZoneInfo

from qa_engine.errors import Where
from qa_engine.rubric.examples import BadExample, example_call
from qa_engine.rubric.lint import lint
from qa_engine.rubric.load import Rubric, load_rubric
from qa_engine.rubric.lock import check_lock
from qa_engine.rubric.problems import BadRubric, Problem
from qa_engine.scoring.compile import DEFAULT_ZONE, Plan, compile_rubric
from qa_engine.scoring.evaluation import Verdict
from qa_engine.scoring.evaluator import judge_item

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
    found = lint(rubric)
    problems = list(found.errors)
    if lock is not None:
        try:
            problems += check_lock([rubric], lock)
        except BadRubric as error:
            problems += error.problems
    results: list[ExampleResult] = []
    plan = compile_rubric(rubric, zone=zone, code_version="check")
    for result in run_examples(plan):
        if isinstance(result, Problem):
            problems.append(result)
        else:
            results.append(result)
    return CheckReport(str(path), rubric, tuple(problems), found.warnings, tuple(results))


def run_examples(plan: Plan) -> Iterator[ExampleResult | Problem]:
    """Every example of the form, in file order, against its own item alone."""
    document = plan.rubric.document
    for s, section in enumerate(plan.rubric.sections):
        for i, item in enumerate(section.items):
            path = ("sections", s, "items", i, "examples")
            examples = document.at(path)
            for kind, lines in examples.items() if isinstance(examples, dict) else ():
                for number, line in enumerate(lines if isinstance(lines, list) else ()):
                    yield _run(plan, item.id, str(kind), str(line), document.where((*path, kind, number)))


def _run(plan: Plan, item: str, kind: str, line: str, where: Where) -> ExampleResult | Problem:
    try:
        call = example_call(line)
    except BadExample as error:
        return Problem(error.code, f"{item}:{error.message}", error.hint, where)
    judged = judge_item(call, plan, item)
    return ExampleResult(item, line, EXPECTED.get(kind), judged.verdict, judged.reason, where)
