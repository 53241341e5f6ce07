"""`python -m tests.bench.sentiment`: the customer's stance on the frozen set, ours beside SnowNLP."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from qa_engine.calls import Turn
from qa_engine.language.sentiment import SCORERS, Scorer, Sentiment, window_sentiments
from tests.bench.labelled import SentimentCase, load_sentiment
from tests.bench.runs import Runs
from tests.bench.statistics import share

NAMES = {
    "trained": "CallQA, trained table",
    "snownlp": "SnowNLP as shipped",
    "snownlp-jieba": "SnowNLP's table on jieba's words",
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often a scorer says what the labeller said: of three stances, and of two where the truth is no neutral.

    `seconds` is the time for all cases, what is loaded on first use left out."""

    name: str
    three: int
    cases: int
    polar: int
    polar_cases: int
    seconds: float
    confused: dict[tuple[str, str], int]


def last_turn(case: SentimentCase, scorer: Scorer) -> Sentiment:
    """The stance at the end of a case, as the product judges it in a call."""
    turns = [Turn(spoken.role, 2.0 * i, 2.0 * i + 1.5, spoken.text) for i, spoken in enumerate(case.turns)]
    return window_sentiments(turns, scorer=scorer)[-1]


def agreement(name: str, cases: Sequence[SentimentCase]) -> Agreement:
    """One scorer on the cases."""
    scorer = SCORERS[name]
    scorer(["您好"])
    begun = time.perf_counter()
    found = [last_turn(case, scorer) for case in cases]
    seconds = time.perf_counter() - begun
    pairs = list(zip(found, cases, strict=True))
    polar = [(one, case) for one, case in pairs if case.label != "neutral"]
    confused: dict[tuple[str, str], int] = {}
    for one, case in pairs:
        confused[case.label, one.label] = confused.get((case.label, one.label), 0) + 1
    return Agreement(
        NAMES[name],
        sum(one.label == case.label for one, case in pairs),
        len(cases),
        sum((one.score > 0) == (case.label == "positive") for one, case in polar),
        len(polar),
        seconds,
        confused,
    )


def table(cases: Sequence[SentimentCase]) -> list[str]:
    """The lines of a Markdown table, a scorer a line."""
    found = [agreement(name, cases) for name in NAMES]
    return [
        "| | three stances | positive or negative | cases a second |",
        "|---|---|---|---|",
        *(
            f"| {one.name} | {share(one.three, one.cases)} | {share(one.polar, one.polar_cases)} "
            f"| {one.cases / one.seconds:.0f} |"
            for one in found
        ),
    ]


def section(runs: Runs) -> list[str]:
    """The section of the report."""
    del runs
    return [
        "## Sentiment",
        "",
        "The customer's stance over windows of one to four turns, on a frozen set by another writer (`tests/bench/sets`).",
        "",
        *table(load_sentiment()),
        "",
    ]


def main() -> None:
    """Prints the table, and which stance was taken for which."""
    cases = load_sentiment()
    print("\n".join(table(cases)))
    print("\nlabelled → found, ours:")
    for (label, found), count in sorted(agreement("trained", cases).confused.items()):
        print(f"  {label} → {found}: {count}")


if __name__ == "__main__":
    main()
