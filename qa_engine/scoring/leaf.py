"""What every leaf has in common: moments found are counted, and a miss is only a miss where one could hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_engine.calls import Role
from qa_engine.rubric.base import Count, Within
from qa_engine.scoring import wording
from qa_engine.scoring.evaluation import Evidence
from qa_engine.scoring.kleene import Truth, counted, truth
from qa_engine.scoring.outcome import Occurrence, Outcome, merged
from qa_engine.scoring.recognition import BLURRED_SHARE, DEFAULT_CONFIDENCE
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window

SHOWN_HITS = 20


@dataclass(frozen=True, slots=True)
class LeafRule:
    """The part of a leaf that does not depend on how its moments are found.

    `did` / `did_not` complete a sentence that starts with who and where: 说了“我是” / 未说“我是”. `words` tells
    whether recognition decides (so that a miss in a badly recognised stretch is unknown).
    """

    condition: str
    did: str
    did_not: str
    role: Role | None = None
    within: Within | None = None
    least: int = 1
    most: int | None = None
    confidence: float = DEFAULT_CONFIDENCE
    words: bool = True


def limits(count: Count | None, min_hits: int | None = None) -> tuple[int, int | None]:
    """Least and most occurrences that make a leaf true; at least one if nothing is said."""
    if count is None:
        return min_hits or 1, None
    return (count.min if count.min is not None else (0 if count.max is not None else 1)), count.max


def decide(scene: Scene, window: Window, rule: LeafRule, found: Sequence[Occurrence]) -> Outcome:
    """The outcome of a leaf whose moments inside `window` are `found`, in order."""
    if not found:
        return _nothing_found(scene, window, rule)
    sure = sum([occurrence.sure for occurrence in found])
    value = counted(sure, len(found), least=rule.least, most=rule.most)
    evidence = tuple(occurrence.evidence for occurrence in found[:SHOWN_HITS])
    missing = value is Truth.FALSE and len(found) < rule.least
    if rule.words and (missing or (rule.most is not None and value is Truth.TRUE)):
        clarity = scene.clarity(window, rule.role, rule.confidence)
        if clarity.share >= BLURRED_SHARE:
            reason = f"{_said(window, rule, found, value)},但该段有 {clarity.share:.0%} 的字识别把握不足"
            return Outcome(Truth.UNKNOWN, reason, evidence, tuple(found), clarity.blurred)
    reason = _said(window, rule, found, value)
    if value is Truth.UNKNOWN:
        doubtful = [occurrence for occurrence in found if not occurrence.sure]
        settle = merged([(occurrence.start_s, occurrence.end_s) for occurrence in doubtful])
        return Outcome(value, f"{reason},但{doubtful[0].doubt}", evidence, tuple(found), settle)
    return Outcome(value, reason, evidence, tuple(found) if value is Truth.TRUE else ())


def _nothing_found(scene: Scene, window: Window, rule: LeafRule) -> Outcome:
    who = wording.WHO[rule.role] if rule.role else ""
    reason = f"{window.words}{who}{rule.did_not}"
    value = truth(rule.least <= 0)
    if rule.words and (value is Truth.FALSE or rule.most is not None):
        clarity = scene.clarity(window, rule.role, rule.confidence)
        if clarity.blurred_chars and clarity.share >= BLURRED_SHARE:
            doubt = f"{reason},但该段有 {clarity.share:.0%} 的字识别把握不足"
            return Outcome(Truth.UNKNOWN, doubt, settle=clarity.blurred)
    if window.whole:
        return Outcome(value, reason)
    return Outcome(value, reason, (searched(scene, window, rule.condition),))


def searched(scene: Scene, window: Window, condition: str) -> Evidence:
    """The stretch that was searched in vain."""
    known = scene.searched.get((condition, window))
    if known is None:
        start_s, end_s = scene.span(window)
        known = scene.searched[condition, window] = Evidence(condition, start_s=start_s, end_s=end_s)
    return known


def _said(window: Window, rule: LeafRule, found: Sequence[Occurrence], value: Truth) -> str:
    who = wording.WHO[rule.role] if rule.role else ""
    first = found[0]
    times = f"{len(found)} 处" if len(found) > 1 or rule.least > 1 or rule.most is not None else ""
    asked = ""
    if value is Truth.FALSE or rule.least > 1:
        asked = f",要求至多 {rule.most} 处" if rule.most is not None else f",要求至少 {rule.least} 处"
    quote = wording.quoted((wording.short(first.evidence.text),)) if first.evidence.text else ""
    place = f"({wording.clock(first.start_s)}{' 起' if len(found) > 1 else ''})"
    return f"{window.words}{who}{rule.did}{quote}{times}{place}{asked}"
