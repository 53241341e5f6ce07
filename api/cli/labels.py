"""Words for people, on the terminal: verdicts, results, outcomes, states."""

from __future__ import annotations

from collections.abc import Mapping

from qa_engine.scoring import wording
from qa_engine.scoring.critical import CriticalItems
from qa_engine.scoring.evaluation import Result, Verdict

VERDICTS: Mapping[str, str] = {
    Verdict.PASS: "✓ 符合",
    Verdict.FAIL: "✗ 不符合",
    Verdict.UNKNOWN: "? 待定",
    Verdict.NA: "– 不适用",
}
RESULTS: Mapping[str, str] = {
    Result.PASS: "合格",
    Result.FAIL: "不合格",
    Result.AUTO_FAIL: "一票否决",
    Result.NEEDS_REVIEW: "待复核",
}
SEVERITIES: Mapping[str, str] = {
    "customer_critical": "客户关键",
    "business_critical": "业务关键",
    "compliance_critical": "合规关键",
}
OUTCOMES: Mapping[str, str] = {"resolved": "已解决", "open": "未解决", "lost": "流失"}
STATES: Mapping[str, str] = {
    "received": "已接收",
    "probing": "检查录音",
    "transcribing": "转写中",
    "analyzing": "分析中",
    "scoring": "评分中",
    "done": "完成",
    "no_conversation": "无对话",
    "failed": "失败",
}
ROLES: Mapping[str, str] = {"agent": "坐席", "customer": "客户"}
OBJECTIONS: Mapping[str, str] = {
    "price": "价格",
    "no_need": "不需要",
    "no_time": "没时间",
    "distrust": "不信任",
    "has_alternative": "已有同类",
    "must_consult": "要商量",
    "defer": "以后再说",
    "bad_experience": "体验不好",
    "privacy": "隐私",
    "complaint": "投诉",
    "do_not_call": "勿再来电",
}
ENTITIES = wording.ENTITIES


def critical_lines(found: Mapping[str, CriticalItems]) -> list[str]:
    """A line a class that has failed or unknown items; nothing where all critical items are met."""
    lines: list[str] = []
    for severity, items in found.items():
        parts = [f"不符合 {len(items.failed)}({'、'.join(items.failed)})"] if items.failed else []
        parts += [f"待定 {len(items.unknown)}({'、'.join(items.unknown)})"] if items.unknown else []
        if parts:
            lines.append(f"{SEVERITIES[severity]}项 {items.items}:{','.join(parts)}")
    return lines


def clock(seconds: float) -> str:
    """`83.2` → `1:23`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def score_text(score: float | None, low: float | None, high: float | None) -> str:
    """`82` or `82 (76–88)`; `—` where no item applied."""
    if low is None or high is None:
        return "—"
    shown = f"{score:g}" if score is not None else "?"
    return shown if low == high else f"{shown} ({low:g}–{high:g})"
