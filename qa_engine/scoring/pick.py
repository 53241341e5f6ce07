"""Which occurrence counts: the first, the last, the nth, each, any; in every world that the doubtful ones allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from qa_engine.scoring.kleene import Truth
from qa_engine.scoring.outcome import Occurrence, Outcome, joined, merged

MOST_STARTS = 100
"""So many occurrences are judged; a call in which the same thing happens more often is told apart by no later one, and
each asks for a look at the rest of the call."""


def pick(nth: str | int, starts: Sequence[Occurrence], beside: Callable[[Occurrence], Outcome]) -> Outcome:
    """`beside` judged at the occurrence that counts. Where it is doubtful which one that is, the answer is known
    only if all candidates agree."""
    if nth == "any":
        return _any(starts[:MOST_STARTS], beside)
    if nth == "each":
        return _each(starts[:MOST_STARTS], beside)
    ordered = list(reversed(starts)) if nth == "last" else list(starts)
    return _nth(nth if isinstance(nth, int) else 1, ordered, beside)


def _nth(n: int, starts: Sequence[Occurrence], beside: Callable[[Occurrence], Outcome]) -> Outcome:
    """Candidates for the nth real one: those before which at most n-1 are sure and at least n-1 stand."""
    candidates: list[Occurrence] = []
    sure_before = 0
    for index, start in enumerate(starts):
        if sure_before <= n - 1 <= index and len(candidates) < MOST_STARTS:
            candidates.append(start)
        sure_before += start.sure
    if not candidates:
        evidence = tuple(start.evidence for start in starts)
        return Outcome(Truth.FALSE, f"只出现 {len(starts)} 次,没有第 {n} 次", evidence)
    answers = [beside(start) for start in candidates]
    exists = Truth.TRUE if sum(start.sure for start in starts) >= n else Truth.UNKNOWN
    values = {answer.truth for answer in answers}
    if len(values) == 1 and (exists is Truth.TRUE or values == {Truth.FALSE}):
        return answers[0]
    return _doubtful(candidates, answers)


def _any(starts: Sequence[Occurrence], beside: Callable[[Occurrence], Outcome]) -> Outcome:
    answers = [beside(start) for start in starts]
    for start, answer in zip(starts, answers, strict=True):
        if start.sure and answer.truth is Truth.TRUE:
            return answer
    if all(answer.truth is Truth.FALSE for answer in answers):
        return answers[0]
    return _doubtful(starts, [answer for answer in answers if answer.truth is not Truth.FALSE])


def _each(starts: Sequence[Occurrence], beside: Callable[[Occurrence], Outcome]) -> Outcome:
    answers = [beside(start) for start in starts]
    broken = [
        answer
        for start, answer in zip(starts, answers, strict=True)
        if start.sure and answer.truth is Truth.FALSE
    ]
    if broken:
        return broken[0]
    some = any(start.sure for start in starts)
    if all(answer.truth is Truth.TRUE for answer in answers) and some:
        evidence = tuple(dict.fromkeys(e for answer in answers for e in answer.evidence))
        occurrences = tuple(o for answer in answers for o in answer.occurrences)
        return Outcome(Truth.TRUE, f"{len(starts)} 次都符合:{answers[0].reason}", evidence, occurrences)
    if all(answer.truth is Truth.FALSE for answer in answers):
        return answers[0]  # none is sure, and none is followed by what is expected
    return _doubtful(starts, [answer for answer in answers if answer.truth is not Truth.TRUE] or answers)


def _doubtful(starts: Sequence[Occurrence], answers: Sequence[Outcome]) -> Outcome:
    unsure = [start for start in starts if not start.sure]
    doubts = [f"{start.doubt}({start.evidence.text or start.evidence.condition})" for start in unsure]
    reason = joined([*doubts, *(answer.reason for answer in answers)])
    settle = [(start.start_s, start.end_s) for start in unsure] + [s for a in answers for s in a.settle]
    evidence = tuple(dict.fromkeys(e for answer in answers for e in answer.evidence))
    occurrences = tuple(replace(o, sure=False) for answer in answers for o in answer.occurrences)
    return Outcome(Truth.UNKNOWN, reason, evidence, occurrences, merged(settle))
