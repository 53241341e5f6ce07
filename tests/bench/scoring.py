"""How fast calls are scored: the whole path from transcript to JSON with its evidence, beside the obvious way to write it.

Everything is measured in one run on one core, the ways taking turns, because machines differ and a shared one changes
from minute to minute: the ratios of neighbouring rounds are what counts.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any

from qa_engine.calls import Call
from qa_engine.language.analysis import Analysis, analyze
from qa_engine.language.seed_scan import SCANNERS, best_scanner
from qa_engine.rubric import Rubric
from qa_engine.scoring import Plan, compile_rubric, evaluate
from qa_engine.scoring.render import evaluation_bytes
from qa_engine.scoring.rescore import rescore
from qa_engine.speech.signals import measure
from tests.bench.made_calls import made_calls, shape
from tests.bench.made_form import ITEMS, PHRASES, form
from tests.bench.runs import Runs

ROUNDS = 9
CALLS_A_ROUND = 20
OBVIOUS_CALLS = 2
MANY_PHRASES = 10_000
STORED_CALLS = 5_000


@dataclass(frozen=True, slots=True)
class Way:
    """One way to score, `calls` of it in each round; `speeds` are calls a second, a round each."""

    name: str
    score: Callable[[int], object]
    calls: int
    speeds: list[float]

    def run(self, first: int) -> None:
        """A round."""
        start = process_time()
        for i in range(first, first + self.calls):
            self.score(i % CALLS_A_ROUND)
        self.speeds.append(self.calls / (process_time() - start))


def obvious(rubric: Rubric) -> Callable[[Call], str]:
    """The form as one would write it down with the usual packages: jieba and SnowNLP on every turn, `in` for phrases,
    `re` for patterns. It finds no homophones, guards no negation and knows no milliseconds."""
    import jieba
    from snownlp import SnowNLP

    jieba.setLogLevel(60)
    jieba.initialize()
    items = [(item.id, *_words(item.model_dump())) for section in rubric.sections for item in section.items]

    def score(call: Call) -> str:
        turns = call.transcript.turns
        words = [jieba.lcut(turn.text, HMM=False) for turn in turns]
        moods = [SnowNLP(turn.text).sentiments if turn.text else 0.5 for turn in turns]
        found = {}
        for name, phrases, patterns in items:
            hits = [(i, phrase) for i, turn in enumerate(turns) for phrase in phrases if phrase in turn.text]
            hits += [
                (i, hit.group())
                for i, turn in enumerate(turns)
                for p in patterns
                for hit in re.finditer(p, turn.text)
            ]
            found[name] = {"passed": bool(hits), "evidence": hits[:20]}
        mood = sum(moods) / len(moods)
        return json.dumps({"items": found, "mood": mood, "words": sum(map(len, words))}, ensure_ascii=False)

    return score


def _words(node: Any) -> tuple[list[str], list[str]]:
    """Phrases and patterns anywhere in an item."""
    phrases: list[str] = []
    patterns: list[str] = []
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"any_of", "all_of"} and value and "says" not in node:
                phrases += [text for text in value if isinstance(text, str)]
            elif key == "pattern":
                patterns += value
            else:
                more = _words(value)
                phrases += more[0]
                patterns += more[1]
    elif isinstance(node, list | tuple):
        for value in node:
            more = _words(value)
            phrases += more[0]
            patterns += more[1]
    return phrases, patterns


def _compiled(number: int) -> Plan:
    plan = compile_rubric(form(number), code_version="bench")
    evaluate(next(made_calls(1, seed=99)), plan)  # tables are made on first use
    return plan


def _ways(calls: Sequence[Call]) -> list[Way]:
    rubric = form()
    plan, large = _compiled(PHRASES), _compiled(MANY_PHRASES)
    stored = [analyze(call, plan.taxonomy, signals=measure(call)) for call in calls]
    by_hand = obvious(rubric)

    def anew(i: int) -> object:
        return evaluation_bytes(evaluate(calls[i], compile_rubric(rubric, code_version="bench")))

    return [
        Way(
            "CallQA, from the transcript",
            lambda i: evaluation_bytes(evaluate(calls[i], plan)),
            CALLS_A_ROUND,
            [],
        ),
        Way(
            "CallQA, stored analysis used again",
            lambda i: evaluation_bytes(evaluate(calls[i], plan, analysis=stored[i])),
            CALLS_A_ROUND,
            [],
        ),
        Way(
            f"the same, {MANY_PHRASES:,} phrases",
            lambda i: evaluation_bytes(evaluate(calls[i], large, analysis=stored[i])),
            CALLS_A_ROUND,
            [],
        ),
        Way("the form compiled for every call", anew, OBVIOUS_CALLS, []),
        Way("SnowNLP, jieba, `in` and `re`", lambda i: by_hand(calls[i]), OBVIOUS_CALLS, []),
    ]


def section(runs: Runs) -> list[str]:
    """The section of the report."""
    del runs
    calls = list(made_calls(CALLS_A_ROUND))
    ways = _ways(calls)
    for number in range(ROUNDS):
        for way in ways:
            way.run(number * way.calls)
    like = shape(calls)
    memory = memory_of_scoring()
    base = ways[0].speeds
    usual = ways[-1].speeds
    return [
        "## Scoring",
        "",
        (
            f"A form of {ITEMS} items and {PHRASES} phrases, all families of conditions; calls of {like.characters:.0f} "
            f"characters in {like.turns:.0f} turns with word times, made from the sample calls (one character in twenty "
            f"misheard). One core, evidence and JSON included; {ROUNDS} rounds in turn, medians; ratios are medians of "
            f"the rounds' ratios. Phrases found by {_scanner_name()}."
        ),
        "",
        "| way | calls/s | × the obvious way | × CallQA from the transcript | n calls |",
        "|---|---|---|---|---|",
        *(
            f"| {way.name} | {median(way.speeds):,.0f} | {_ratio(way.speeds, usual)} | {_ratio(way.speeds, base)} "
            f"| {way.calls * ROUNDS} |"
            for way in ways
        ),
        "",
        (
            f"100,000 stored calls take {100_000 / median(ways[1].speeds) / 60:.1f} minutes a core. A process that scores "
            f"holds {memory.loaded_mib:.0f} MiB once the form is compiled, {memory.early_mib:.0f} MiB after "
            f"{memory.early:,} calls and {memory.late_mib:.0f} MiB after {memory.late:,}; SnowNLP is "
            f"{'' if memory.snownlp else 'not '}loaded."
        ),
        "",
    ]


def _ratio(speeds: Sequence[float], others: Sequence[float]) -> str:
    ratio = median(a / b for a, b in zip(speeds, others, strict=True))
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def _scanner_name() -> str:
    chosen = best_scanner()
    return next(name for name, scanner in SCANNERS.items() if scanner is chosen)


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of a process that does nothing but score, when the form is compiled and after so many calls."""

    loaded_mib: float
    early: int
    early_mib: float
    late: int
    late_mib: float
    snownlp: bool


def memory_of_scoring() -> Memory:
    """Measured in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.scoring"], capture_output=True, text=True, check=True
    )
    return Memory(**json.loads(run.stdout))


def _resident_mib() -> float:
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _stored(number: int, plan: Plan) -> Iterator[tuple[Call, Analysis]]:
    for call in made_calls(number, seed=2):
        yield call, analyze(call, plan.taxonomy, signals=measure(call))


def _measure_memory(early: int = 1_000, late: int = STORED_CALLS) -> Memory:
    plan = _compiled(PHRASES)
    loaded, middle = _resident_mib(), 0.0
    for number, evaluation in enumerate(rescore(_stored(late, plan), [plan]), start=1):
        evaluation_bytes(evaluation)
        if number == early:
            middle = _resident_mib()
    return Memory(loaded, early, middle, late, _resident_mib(), "snownlp" in sys.modules)


if __name__ == "__main__":
    from dataclasses import asdict

    print(json.dumps(asdict(_measure_memory())))
