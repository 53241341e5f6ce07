"""`measure`: a figure of the call turned into credit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qa_engine.rubric.items import Measure
from qa_engine.rubric.signal_names import SHARE_SIGNALS
from qa_engine.scoring import wording
from qa_engine.scoring.evaluation import Evidence, ObjectionFound, Verdict
from qa_engine.scoring.objection_shares import COMPLIANCE_TYPES, ShareRange, share_range
from qa_engine.scoring.outcome import merged
from qa_engine.scoring.recognition import BLURRED_SHARE, DEFAULT_CONFIDENCE
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import WHOLE

if TYPE_CHECKING:
    from qa_engine.scoring.judged import Judged

BY_ROLE = frozenset(
    {
        "talk_ratio", "agent_interruptions", "agent_chars_per_min", "customer_chars_per_min", "response_time_s",
        "agent_talk_s", "customer_talk_s", "greeting_s", "customer_interruptions", "agent_yields", *SHARE_SIGNALS,
    }
)  # fmt: skip
UNITS = {"_s": " 秒", "_per_min": " 字/分钟"}
NAMES = {
    "talk_ratio": "坐席说话占比", "silence_ratio": "静音占比", "longest_silence_s": "最长静音", "overlap_s": "重叠",
    "agent_interruptions": "坐席抢话次数", "agent_chars_per_min": "坐席语速", "customer_chars_per_min": "客户语速",
    "response_time_s": "坐席应答用时", "turns": "句数", "duration_s": "录音时长", "agent_talk_s": "坐席说话时长",
    "customer_talk_s": "客户说话时长", "hold_s": "保持(音乐)时长", "greeting_s": "接通到问候用时",
    "customer_interruptions": "客户抢话次数", "agent_yields": "坐席被打断后让话次数", "expected_cer": "预计字错率",
    "objections_acknowledged_share": "异议共情率",
    "objections_answered_share": "异议回应率", "objections_resolved_share": "异议处理完成率",
}  # fmt: skip
LINE = tuple[tuple[float, float], ...]


def credit_of(value: float, points: LINE | None, *, step: bool) -> float:
    """The credit of a value on a line of `(value, credit)` points; a share is its own credit without one."""
    if points is None:
        return min(max(value, 0.0), 1.0)
    index = bisect_right(points, value, key=lambda point: point[0])
    if index == 0:
        return points[0][1]
    left = points[index - 1]
    if step or index == len(points):
        return left[1]
    right = points[index]
    return left[1] + (right[1] - left[1]) * (value - left[0]) / (right[0] - left[0])


def measured(measure: Measure, pass_from: float) -> Callable[[Scene], Judged]:
    """The judge of a measured item."""
    from qa_engine.scoring.judged import Judged  # noqa: PLC0415 - judged compiles measured items

    name = measure.signal
    of_objections = name in SHARE_SIGNALS

    def judge(scene: Scene) -> Judged:
        value = scene.signals.get(name)
        evidence = _objections(scene.analysis.objections, scene) if of_objections else ()
        doubt = _doubt(scene, name, of_objections=of_objections)
        if of_objections and measure.doubt and not doubt:
            open_share = share_range(name, scene.analysis.objections, scene.analysis.doubted)
            judged = _open(scene, measure, open_share, evidence) if open_share is not None else None
            if judged is not None:
                return judged
        if doubt or (value is None and not of_objections):
            reason = f"{NAMES[name]}无法判断:{doubt or '没有数据'}"
            settle = (scene.span(WHOLE),) if scene.timed else ()
            return Judged(Verdict.UNKNOWN, 0.0, 1.0, reason, evidence, settle, may_be_na=of_objections)
        if value is None:
            return Judged(Verdict.NA, 0.0, 0.0, "不适用:没有需要处理的异议")
        credit = round(credit_of(value, measure.points, step=measure.interpolate == "step"), 6)
        shown = (
            f"{value:.0%}"
            if name.endswith(("_share", "_ratio", "_cer"))
            else wording.number(value) + unit_of(name)
        )
        start_s, end_s = scene.span(WHOLE)
        figure = Evidence("measure", f"{NAMES[name]} {shown}", start_s=start_s, end_s=end_s)
        verdict = Verdict.PASS if credit >= pass_from else Verdict.FAIL
        reason = f"{NAMES[name]} {shown},得该项分的 {credit:.0%}"
        return Judged(verdict, credit, credit, reason, (figure, *evidence))

    return judge


def _open(scene: Scene, measure: Measure, share: ShareRange, evidence: tuple[Evidence, ...]) -> Judged | None:
    """The item where doubtful objections leave its credit or its applicability open; None where they don't."""
    from qa_engine.scoring.judged import Judged  # noqa: PLC0415 - judged compiles measured items

    ends = [share.low, share.high]
    ends += [at for at, _ in measure.points or () if share.low < at < share.high]
    earned = [
        round(credit_of(at, measure.points, step=measure.interpolate == "step"), 6) for at in sorted(ends)
    ]
    low, high = min(earned), max(earned)
    if low == high and not share.may_be_none:
        return None
    seen = tuple(_evidence(scene, one.turn, one.type) for one in share.doubts)
    said = wording.quoted([wording.short(_words(one)) for one in share.doubts])
    settle = merged([(e.start_s, e.end_s) for e in seen if e.start_s is not None and e.end_s is not None])
    reason = f"{NAMES[measure.signal]}存疑:客户{said}算不算异议不能确定"
    return Judged(
        Verdict.UNKNOWN, low, high, reason, tuple(dict.fromkeys((*evidence, *seen))), settle,
        may_be_na=share.may_be_none,
    )  # fmt: skip


def _words(objection: ObjectionFound) -> str:
    return objection.evidence.text if objection.evidence is not None else ""


def _doubt(scene: Scene, name: str, *, of_objections: bool) -> str:
    if name in BY_ROLE and not scene.roles_sure:
        return f"说话人身份是推测的(把握 {scene.call.transcript.role_confidence:.0%})"
    if not of_objections:
        return "" if scene.timed or name == "turns" else "转写里没有时间"
    clarity = scene.clarity(WHOLE, None, DEFAULT_CONFIDENCE)
    return f"有 {clarity.share:.0%} 的字识别把握不足" if clarity.share >= BLURRED_SHARE else ""


def unit_of(name: str) -> str:
    """The unit in which a figure is shown."""
    return next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")


def _objections(objections: Sequence[ObjectionFound], scene: Scene) -> tuple[Evidence, ...]:
    found = []
    for objection in objections:
        if objection.type in COMPLIANCE_TYPES:
            continue
        found.append(_evidence(scene, objection.turn, objection.type))
        found += [
            _evidence(scene, turn, step) for step, turn in sorted(objection.steps.items(), key=_by_turn)
        ]
    return tuple(dict.fromkeys(found))


def _by_turn(step: tuple[str, int]) -> tuple[int, str]:
    return step[1], step[0]


def _evidence(scene: Scene, turn: int, what: str) -> Evidence:
    text = scene.turns[turn].text
    start_s, end_s = scene.recognition.clock(turn).seconds(0, len(text))
    return Evidence("objection", text, turn, 0, len(text), start_s, end_s, what)
