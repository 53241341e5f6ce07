"""Words for the limits and the plainest conditions of a rubric: what stands in a sentence as it is."""

from __future__ import annotations

from typing import Any

from qa_engine.rubric.base import Distance, Range
from qa_engine.rubric.conditions.resembles import VIOLATIONS
from qa_engine.rubric.conditions.sales import TYPES
from qa_engine.scoring.wording import ENTITIES, number, where

WHO = {"agent": "坐席", "customer": "客户", "anyone": "任何一方", None: "任何一方"}
VERDICTS = {"pass": "符合", "fail": "不符合", "unknown": "待定", "na": "不适用"}


def limit(fact: Any) -> str:
    """The one limit of a fact, as it is written."""
    value = fact.min if fact.min is not None else fact.max
    return value if isinstance(value, str) else number(value)


def again(repeats: Any) -> str:
    """repeats: whose words come again."""
    whose = {"same": "自己", "agent": "坐席", "customer": "客户", "anyone": "任何一方"}[repeats.of]
    return f"几乎重复了{whose}先前的话"


def resembles(resembles: Any) -> str:
    """resembles: which violation, and from which likelihood."""
    sure, doubt = (number(share * 100) for share in (resembles.sure, resembles.doubt))
    text = f"说了像是{VIOLATIONS[resembles.what]}的话(训练模型判断,{sure}% 以上认定"
    return text + (f",{doubt}%–{sure}% 待人工确认)" if resembles.doubt < resembles.sure else ")")


def silence(silence: Any) -> str:
    """silence: how long, and who speaks around it."""
    text = f"双方静默{span(silence.min_s, silence.max_s, '秒')}" if silence.max_s else ""
    text = text or f"双方静默达到 {number(silence.min_s)} 秒"
    text += f",之前是{WHO[silence.last_by]}在说" if silence.last_by else ""
    text += f",之后是{WHO[silence.next_by]}开口" if silence.next_by else ""
    return text + {True: ",前后说话人不同", False: ",前后是同一人", None: ""}[silence.switch]


def history(history: Any) -> str:
    """history: which earlier calls."""
    text = f"{number(history.within_days)} 天内" if history.within_days is not None else ""
    text += f"{ {'same': '同一坐席', 'other': '其他坐席', None: ''}[history.agent] }打给该客户的历史通话"
    if history.disposition:
        text += ",结果为 " + "或".join(history.disposition)
    if history.objection:
        text += ",客户提出异议 " + "或".join(TYPES[one] for one in history.objection)
    if history.result:
        text += ",质检结果为 " + "或".join(history.result)
    if history.item:
        text += f",质检项 {history.item.id} 为 " + "或".join(VERDICTS[v] for v in history.item.verdict)
    return text


def percent(share: float | None) -> float | None:
    """A share in per cent."""
    return None if share is None else share * 100


def span(low: float | None, high: float | None, unit: str) -> str:
    """A closed range with its unit."""
    space = f" {unit}" if unit else ""
    if low is not None and high is not None:
        return f" {number(low)}–{number(high)}{space}" if low != high else f" {number(low)}{space}"
    if low is not None:
        return f"至少 {number(low)}{space}"
    return f"不超过 {number(high)}{space}" if high is not None else ""


def in_range(limits: Range | None) -> str:
    """A range without a unit."""
    return span(limits.min, limits.max, "") if limits else ""


def distance(within: Distance | None) -> str:
    """How far apart, in brackets."""
    if within is None:
        return ""
    turns = f"{within.turns} 句" if within.turns is not None else ""
    seconds = f"{number(within.seconds)} 秒" if within.seconds is not None else ""
    return f"({'、'.join(part for part in (turns, seconds) if part)}之内)"


def entity(said: Any) -> str:
    """entity: whose, and what."""
    return f"{where(said.within)}{WHO[said.by]}说了{'或'.join(ENTITIES[kind] for kind in said.kind)}"


def hold(held: Any) -> str:
    """hold: how long and how often."""
    times = span(held.count.min, held.count.max, "次") if held.count else ""
    seconds = span(held.min_s, held.max_s, "秒")
    return "、".join(part for part in (seconds and f"保持合计{seconds}", times and f"保持{times}") if part)


def loudness(sound: Any) -> str:
    """loudness: whose turns, and which of the four figures."""
    figures = (
        ("一句的音量比自己平时高", sound.level_db, "分贝"),
        ("一句之内音量升高", sound.rise_db, "分贝"),
        ("一句的音量比上一句高", sound.step_db, "分贝"),
        ("一句的最大音量", sound.peak_dbfs, "dBFS"),
    )
    return where(sound.within) + WHO[sound.by] + _measured(figures)


def pitch(sound: Any) -> str:
    """pitch_movement: whose turns, and which of the three figures."""
    figures = (
        ("一句的音高起伏", sound.range_st, "个半音"),
        ("一句之内音高上扬", sound.rise_st, "个半音"),
        ("平时一句的音高起伏", sound.usual_range_st, "个半音"),
    )
    return where(sound.within) + WHO[sound.by] + _measured(figures)


def _measured(figures: tuple[tuple[str, Range | None, str], ...]) -> str:
    text, limits, unit = next(figure for figure in figures if figure[1] is not None)
    assert limits is not None
    return text + span(limits.min, limits.max, unit)
