"""Stages of a sales call: opening → discovery → pitch → closing → farewell, with objection wherever one is handled.

A stage begins with what the agent does first: an open question about the customer begins discovery, a figure or a
benefit the pitch, an agreed action with a time the closing, a good-bye the farewell. It lasts until the next begins
and never goes back, but for objections: from the customer's objection to the end of its handling. Offsets and words
are those of the normal form, so that either script works.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

from qa_engine.calls import Role, Turn
from qa_engine.language.normalize import Normalized
from qa_engine.scoring.evaluation import ObjectionFound

Stage: TypeAlias = Literal["opening", "discovery", "pitch", "objection", "closing", "farewell"]

_ORDER: tuple[Stage, ...] = ("opening", "discovery", "pitch", "closing", "farewell")
_DISCOVERY_AT, _PITCH_AT, _CLOSING_AT, _FAREWELL_AT = range(1, len(_ORDER))
_QUESTION = re.compile("什么|怎么|多少|哪|谁|几|为什么|多久|多大|如何|有没有|是不是|还是[^,。]{1,10}[呢?]")
_ABOUT_CUSTOMER = re.compile("您|你|家里|孩子|家人|公司|平时|目前|现在|主要|打算|希望|需要")
_OPENING_WORDS = re.compile("方便|请问是|您是[^,。?]{1,8}吗|录音|听得到|打扰|贵姓")
_PITCH = re.compile(
    "我们(这|有|的|推出|现在)|这款|这个(产品|课|套餐|险|班)|保额|保障|报销|套餐|利率|额度|课程|收益|优惠|一年|每月|每年|一个月"
    r"|\d+(元|块|兆|%|节|期|个吉)|免费|好处|适合|可以帮您"
)
_ACTION = re.compile(
    "发(给您|到|您|链接|短信)|打给您|联系您|登记|上门|办理|预约|开通|下单|签|回访|约|报名|加您?微信|付"
)
_TIME = re.compile(
    r"今天|明天|后天|今晚|上午|下午|中午|晚上|周[一二三四五六日天末]|星期|[一二三四五六七八九十两\d]+点|\d+号|分钟|马上|现在|稍后"
)
_FAREWELL = re.compile("再见|拜拜|祝您|不打扰您|打扰您?了|感谢您的(接听|支持|信任)|生活愉快|晚安")
_LATE_SHARE = 0.5


def _begun(text: str, share: float, current: int) -> int:
    """The stage in which an agent's turn leaves the call, as its place in the order; `share` is how much of the call
    lies before it. What would only lead back is not looked for."""
    late = share >= _LATE_SHARE
    if late and current < _FAREWELL_AT and _FAREWELL.search(text):
        return _FAREWELL_AT
    if late and current < _CLOSING_AT and _ACTION.search(text) and _TIME.search(text):
        return _CLOSING_AT
    if current >= _PITCH_AT or _OPENING_WORDS.search(text):
        return current
    if _PITCH.search(text):
        asks = text.rstrip("。!").endswith("?") and not re.search(r"\d", text)
        return max(current, _DISCOVERY_AT) if asks and _QUESTION.search(text) else _PITCH_AT
    if current < _DISCOVERY_AT and _QUESTION.search(text) and _ABOUT_CUSTOMER.search(text):
        return _DISCOVERY_AT
    return current


def stages(
    turns: Sequence[Turn], normals: Sequence[Normalized], objections: Sequence[ObjectionFound]
) -> tuple[Stage, ...]:
    """The stage of every turn."""
    current = 0
    result: list[Stage] = []
    for number, (turn, normal) in enumerate(zip(turns, normals, strict=True)):
        if turn.role is Role.AGENT:
            current = _begun(normal.text, number / max(1, len(turns) - 1), current)
        result.append(_ORDER[current])
    for objection in objections:
        last = max([objection.turn, *(turn for step, turn in objection.steps.items() if step != "advance")])
        for number in range(objection.turn, last + 1):
            if result[number] != "farewell":
                result[number] = "objection"
    return tuple(result)
