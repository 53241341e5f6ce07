"""How reasons are worded: who, where, what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa_engine.calls import Role
from qa_engine.language.entities import Kind
from qa_engine.rubric.base import Within

WHO = {Role.AGENT: "坐席", Role.CUSTOMER: "客户", None: "双方"}
STAGES = {
    "opening": "开场", "discovery": "探需", "pitch": "介绍", "objection": "异议", "closing": "促成", "farewell": "收尾",
}  # fmt: skip
ENTITIES: Mapping[Kind, str] = {
    "phone": "电话号码", "id_card": "身份证号", "bank_card": "银行卡号", "name": "姓名", "address": "地址", "plate": "车牌号",
    "email": "邮箱", "wechat": "微信号", "money": "金额", "percent": "百分比", "date": "日期", "time": "时刻", "number": "数字",
}  # fmt: skip
SHOWN_PHRASES = 4
SHOWN_CHARS = 24


def role_of(by: str | None) -> Role | None:
    """The role of a `by`; None for anyone."""
    return Role(by) if by in {Role.AGENT.value, Role.CUSTOMER.value} else None


def number(value: float) -> str:
    """A number without a needless fraction."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def clock(seconds: float) -> str:
    """Seconds of the recording as minutes and seconds."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def short(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= SHOWN_CHARS else f"{text[: SHOWN_CHARS - 1]}…"


def quoted(phrases: Sequence[str]) -> str:
    """Phrases in quotes; many are counted."""
    shown = "".join(f"“{phrase}”" for phrase in phrases[:SHOWN_PHRASES])
    return f"{shown}等 {len(phrases)} 个说法" if len(phrases) > SHOWN_PHRASES else shown


def where(within: Within | None) -> str:
    """A `within` in words; empty for the whole call."""
    if within is None:
        return ""
    parts: list[str] = []
    if within.first_s is not None:
        parts.append(f"前 {number(within.first_s)} 秒")
    if within.last_s is not None:
        parts.append(f"最后 {number(within.last_s)} 秒")
    if within.from_s is not None or within.to_s is not None:
        start = f"第 {number(within.from_s)} 秒起" if within.from_s is not None else ""
        parts.append(start + (f"到第 {number(within.to_s)} 秒" if within.to_s is not None else ""))
    if within.percent is not None:
        parts.append(f"通话的 {number(within.percent[0])}%–{number(within.percent[1])}%")
    if isinstance(within.turns, tuple):
        parts.append(f"第 {within.turns[0]}–{within.turns[1]} 句")
    elif within.turns is not None:
        parts.append(f"{'前' if within.turns > 0 else '最后'} {abs(within.turns)} 句")
    if within.stage is not None:
        parts.append("、".join(STAGES[stage] for stage in within.stage) + "阶段")
    return "".join(parts)
