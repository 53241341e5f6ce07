"""How timing conditions are judged: moments of silence or overlap, and figures of a part of the call."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, inf

from qa_engine.calls import Call, Role, Span
from qa_engine.rubric.base import Range, Within
from qa_engine.scoring import wording
from qa_engine.scoring.clip import clip
from qa_engine.scoring.evaluation import Evidence
from qa_engine.scoring.excuse import Excuser
from qa_engine.scoring.kleene import Truth, truth
from qa_engine.scoring.leaf import SHOWN_HITS, LeafRule, decide, searched
from qa_engine.scoring.narrow import narrow, shared
from qa_engine.scoring.outcome import Judge, Occurrence, Outcome, merged
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window
from qa_engine.speech.signals import measure


def gap(scene: Scene, condition: str, start_s: float, end_s: float, *, turn: int | None = None) -> Occurrence:
    """A stretch of time as an occurrence; its place among the words is the end of the turn that began before it."""
    place = max(bisect_right(scene.starts, start_s) - 1, 0) if turn is None else turn
    text = scene.turns[place].text
    end = (place, len(text))
    start_s, end_s = round(start_s, 3), round(end_s, 3)
    if turn is None:
        return Occurrence(end, end, start_s, end_s, Evidence(condition, "", None, None, None, start_s, end_s))
    evidence = Evidence(condition, text, turn, None, None, start_s, end_s)
    return Occurrence((place, 0), end, start_s, end_s, evidence)


def speaker_blocks(scene: Scene) -> list[list[int]]:
    """Turns grouped by speaker; backchannels belong to the speech that they accompany."""
    blocks: list[list[int]] = []
    for index, number in enumerate(scene.blocks):
        if number == len(blocks):
            blocks.append([])
        blocks[-1].append(index)
    return blocks


def speakers_around(scene: Scene, span: Span) -> tuple[Role, Role]:
    """Who spoke last before a silence and who speaks first after it; the same one for a pause inside a turn."""
    last = max(bisect_right(scene.starts, span.start_s) - 1, 0)
    following = last
    if scene.turns[last].end_s < span.end_s:
        following = min(last + 1, len(scene.turns) - 1)
    return scene.turns[last].role, scene.turns[following].role


def moments_judge(
    rule: LeafRule,
    find: Callable[[Scene], Iterable[Occurrence]],
    excuse: Excuser,
    *,
    total: Range | None = None,
    by_role: bool,
) -> Judge:
    """The judge of a timing condition that happens at moments; with `total` their seconds are added up, not counted."""

    def judge(scene: Scene, window: Window) -> Outcome:
        here = narrow(scene, window, rule.within)
        doubt = doubt_of(scene, by_role=by_role)
        if doubt:
            return Outcome(Truth.UNKNOWN, f"{rule.did_not}无法判断:{doubt}", settle=(scene.span(here),))
        found = [o for o in find(scene) if here.has_moment(o.start_s) and here.has_position(o.begin, o.begin)]
        left = excuse(scene, found)
        return decide(scene, here, rule, left) if total is None else _added_up(scene, here, rule, left, total)

    return judge


def _added_up(
    scene: Scene, window: Window, rule: LeafRule, found: Sequence[Occurrence], total: Range
) -> Outcome:
    """Whether the seconds of the moments together lie in the range."""
    least = round(fsum(o.end_s - o.start_s for o in found if o.sure), 3)
    most = round(fsum(o.end_s - o.start_s for o in found), 3)
    low = total.min if total.min is not None else -inf
    high = total.max if total.max is not None else inf
    value = Truth.UNKNOWN
    if low <= least and most <= high:
        value = Truth.TRUE
    elif most < low or least > high:
        value = Truth.FALSE
    seconds = wording.number(most) if least == most else f"{wording.number(least)}–{wording.number(most)}"
    reason = f"{window.words}{rule.did if found else rule.did_not},共 {seconds} 秒"
    evidence = tuple(o.evidence for o in found[:SHOWN_HITS]) or (searched(scene, window, rule.condition),)
    settle = merged([(o.start_s, o.end_s) for o in found if not o.sure]) if value is Truth.UNKNOWN else ()
    return Outcome(value, reason, evidence, tuple(found) if value is not Truth.FALSE else (), settle)


def doubt_of(scene: Scene, *, by_role: bool, timed: bool = True) -> str:
    """Why nothing can be measured; empty where it can."""
    if timed and not scene.timed:
        return "转写里没有时间"
    if by_role and not scene.roles_sure:
        return f"说话人身份是推测的(把握 {scene.call.transcript.role_confidence:.0%})"
    return ""


@dataclass(frozen=True, slots=True)
class CallPart:
    """A call, or the part of one in a window, with its measured signals."""

    call: Call
    signals: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a part of a call: its name and unit, and what it depends on beside the words."""

    condition: str
    name: str
    of: Callable[[CallPart], float | None]
    unit: str = ""
    by_role: bool = True
    timed: bool = True


def figure_judge(figure: Figure, within: Within | None, limits_: tuple[float | None, float | None]) -> Judge:
    """Whether a figure of the call, or of the part in the window, is in a range. Unknown where it cannot be measured."""
    low = limits_[0] if limits_[0] is not None else -inf
    high = limits_[1] if limits_[1] is not None else inf
    within = shared(within)
    asked = "、".join(
        f"{sign} {wording.number(limit)}"
        for sign, limit in zip(("≥", "≤"), limits_, strict=True)
        if limit is not None
    )

    def judge(scene: Scene, window: Window) -> Outcome:
        here = narrow(scene, window, within)
        doubt = doubt_of(scene, by_role=figure.by_role, timed=figure.timed or here.timed)
        value = None if doubt else figure.of(_part(scene, here))
        stretch = scene.span(here)
        if value is None:
            reason = f"{here.words}{figure.name}无法计算:{doubt or '说话时间太短或没有数据'}"
            return Outcome(Truth.UNKNOWN, reason, settle=(stretch,) if scene.timed else ())
        text = f"{figure.name} {wording.number(value)}{figure.unit}"
        evidence = Evidence(figure.condition, text, start_s=stretch[0], end_s=stretch[1])
        reason = f"{here.words}{text}(要求 {asked}{figure.unit})"
        return Outcome(truth(low <= value <= high), reason, (evidence,))

    return judge


def _part(scene: Scene, window: Window) -> CallPart:
    if window.whole:
        return CallPart(scene.call, scene.signals)
    part = clip(scene, window)
    return CallPart(part, measure(part))
