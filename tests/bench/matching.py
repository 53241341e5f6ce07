"""How well phrases match what is heard, over the frozen set `sets/matching.yaml`. Aggregates alone are printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa_engine.language.normalize import normalize
from qa_engine.language.phrases import Phrase, PhraseMatcher
from tests.bench.labelled_text import MatchingCase, matching_cases
from tests.bench.runs import Runs
from tests.bench.statistics import share

MODES = ("exact", "homophone", "fuzzy")


@dataclass(frozen=True, slots=True)
class Matching:
    """Counts of one match mode: `hits` of `meant` were found, `chance` of `unmeant` were matched by mistake."""

    hits: int
    meant: int
    chance: int
    unmeant: int

    @property
    def right(self) -> int:
        return self.hits + self.unmeant - self.chance

    @property
    def n(self) -> int:
        return self.meant + self.unmeant


def matching(cases: Iterable[MatchingCase]) -> dict[str, Matching]:
    """Match mode → its counts."""
    judged = [(case, _matches(case)) for case in cases]
    return {
        mode: Matching(
            hits=sum(case.hit and found for case, found in judged if case.match == mode),
            meant=sum(case.hit for case, _ in judged if case.match == mode),
            chance=sum(found and not case.hit for case, found in judged if case.match == mode),
            unmeant=sum(not case.hit for case, _ in judged if case.match == mode),
        )
        for mode in MODES
    }


def _matches(case: MatchingCase) -> bool:
    phrase = Phrase(case.phrase, case.match)  # type: ignore[arg-type]
    return bool(PhraseMatcher([phrase]).find([normalize(case.text)])[0])


def markdown() -> list[str]:
    """The table of the frozen set, a row a mode and one for all."""
    by_mode = matching(matching_cases())
    total = Matching(
        *(sum(getattr(m, name) for m in by_mode.values()) for name in ("hits", "meant", "chance", "unmeant"))
    )
    return [
        "| match | right | phrases found | matched by mistake |",
        "|---|---|---|---|",
        *(
            f"| {name} | {share(m.right, m.n)} | {share(m.hits, m.meant)} | {share(m.chance, m.unmeant)} |"
            for name, m in [*by_mode.items(), ("all", total)]
        ),
    ]


def section(runs: Runs) -> list[str]:
    """The section of the report."""
    del runs
    return [
        "## Matching of phrases",
        "",
        "Phrases against sentences: heard as meant, or negated, another number, another meaning, a chance substring.",
        "",
        *markdown(),
        "",
    ]


if __name__ == "__main__":
    print("\n".join(markdown()))
