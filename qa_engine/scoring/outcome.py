"""What a condition answers: its truth, the moments at which it happens, and what speaks for the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from qa_engine.scoring.evaluation import Evidence, joined_stretches
from qa_engine.scoring.kleene import Truth, at_least, conjunction, disjunction, negate
from qa_engine.values import value

if TYPE_CHECKING:
    from qa_engine.scoring.scene import Scene
    from qa_engine.scoring.window import Window

Position: TypeAlias = tuple[int, int]
"""Turn and character in its original text."""
Stretches: TypeAlias = tuple[tuple[float, float], ...]
SHOWN_REASONS = 4


@value
class Occurrence:
    """One moment at which a condition happens. Not `sure` where recognition or roles leave a doubt."""

    begin: Position
    end: Position
    start_s: float
    end_s: float
    evidence: Evidence
    sure: bool = True
    doubt: str = ""


@value
class Outcome:
    """The answer of a condition. `reason` is one Chinese clause without a full stop; `settle` lists the seconds whose
    hearing would settle an unknown."""

    truth: Truth
    reason: str
    evidence: tuple[Evidence, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    settle: Stretches = ()


Judge: TypeAlias = "Callable[[Scene, Window], Outcome]"


def joined(reasons: Sequence[str]) -> str:
    """Several reasons as one clause."""
    different = list(dict.fromkeys(reason for reason in reasons if reason))
    more = f"等 {len(different)} 条" if len(different) > SHOWN_REASONS else ""
    return ";".join(different[:SHOWN_REASONS]) + more


def merged(stretches: Sequence[tuple[float, float]]) -> Stretches:
    """Stretches in order, touching ones joined."""
    return joined_stretches(stretches) if stretches else ()


def _deciding(parts: Sequence[Outcome], value: Truth) -> Outcome:
    """The parts that make the whole `value`, as one answer without moments."""
    deciding = [part for part in parts if part.truth is value]
    evidence = tuple(dict.fromkeys(e for part in deciding for e in part.evidence))
    settle = merged([s for part in deciding for s in part.settle]) if value is Truth.UNKNOWN else ()
    return Outcome(value, joined([part.reason for part in deciding]), evidence, settle=settle)


def all_of(parts: Sequence[Outcome]) -> Outcome:
    """And. It happens once, from the first to the last of the parts' first moments."""
    value = conjunction(part.truth for part in parts)
    answer = _deciding(parts, value)
    if value is Truth.FALSE:
        return answer
    firsts = [part.occurrences[0] for part in parts if part.occurrences]
    if not firsts:
        return answer
    first, last = min(firsts, key=lambda o: o.begin), max(firsts, key=lambda o: o.end)
    sure = value is Truth.TRUE and all(occurrence.sure for occurrence in firsts)
    whole = replace(last, begin=first.begin, start_s=first.start_s, sure=sure)
    evidence = answer.evidence
    if value is Truth.UNKNOWN:
        evidence = tuple(dict.fromkeys(e for part in parts for e in part.evidence))
    return replace(answer, occurrences=(whole,), evidence=evidence)


def any_of(parts: Sequence[Outcome]) -> Outcome:
    """Or. It happens whenever a part happens."""
    value = disjunction(part.truth for part in parts)
    answer = _deciding(parts, value)
    return Outcome(value, answer.reason, answer.evidence, _moments(parts), answer.settle)


def at_least_of(n: int, parts: Sequence[Outcome]) -> Outcome:
    """At least `n`. It happens whenever a part happens."""
    value = at_least(n, (part.truth for part in parts))
    met = sum(part.truth is Truth.TRUE for part in parts)
    answer = replace(_deciding(parts, value), occurrences=_moments(parts) if value else ())
    return replace(answer, reason=f"{len(parts)} 项中满足 {met} 项(要求 {n} 项):{answer.reason}")


def opposite(part: Outcome) -> Outcome:
    """Not. What did not happen has no moment."""
    return Outcome(negate(part.truth), part.reason, part.evidence, (), part.settle)


def in_doubt(part: Outcome) -> Outcome:
    """Unknown where it may be true: hearing its moments settles it."""
    if part.truth is Truth.FALSE:
        return part
    moments = merged([(moment.start_s, moment.end_s) for moment in part.occurrences])
    return Outcome(Truth.UNKNOWN, f"{part.reason},算不算存疑", part.evidence, (), part.settle or moments)


def _moments(parts: Sequence[Outcome]) -> tuple[Occurrence, ...]:
    found = [o for part in parts if part.truth is not Truth.FALSE for o in part.occurrences]
    return tuple(sorted(found, key=lambda o: (o.begin, o.end)))
