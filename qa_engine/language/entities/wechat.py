"""WeChat ids: letters and digits given as one. A mobile number given as WeChat stays a phone number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa_engine.language.entities.cues import Cues
from qa_engine.language.entities.entity import Found
from qa_engine.language.entities.spelled import BETWEEN, SIGN
from qa_engine.language.entities.spoken import Spoken

_ID = re.compile(rf"(?<![a-z0-9@.]){SIGN}(?:{BETWEEN}{{0,4}}{SIGN}){{3,39}}")
_CUE = re.compile("微信|(?<![a-z])(?:vx|wechat|wx|v信)(?![a-z])|[威薇]信|加微|加v")
_TO_VALUE = re.compile(
    r"(?:[ ,、:。]|号码?|[是叫为的我你您搜加记下填写给说报发留嗯呃啊哦]|id|就是|账号|一下|那个|这个|名字|首字母|拼音|全拼"
    r"|小写|大写|英文|字母|数字|开头|可以|直接|好友|吧|呢|好)*"
)
_LEAD = re.compile(
    r"(?:[ ,、:。]|[是叫为的我嗯呃啊哦好行]|就是|那个|这个|你记|您记|一下|微信号?|小写|大写|英文|字母|拼音|全拼)*"
)
_LETTER = re.compile("[a-z]")
_NOTHING = frozenset({"wechat", "app", "vip", "wifi", "iphone", "email"})
_SHORTEST_OF_DIGITS = 6


def find_wechat_ids(spoken: Spoken, cues: Cues) -> Iterator[Found]:
    """All WeChat ids of the call."""
    if not _CUE.search(spoken.text):
        return
    for hit in _ID.finditer(spoken.text):
        value = hit.group()
        if value in _NOTHING or not _announced(spoken, cues, hit.start(), hit.end()):
            continue
        if _LETTER.search(value) or sum(char.isalnum() for char in value) >= _SHORTEST_OF_DIGITS:
            yield Found("wechat", hit.start(), hit.end())


def _announced(spoken: Spoken, cues: Cues, start: int, end: int) -> bool:
    """Asked for in the turns before, or announced right before it."""
    begin, _ = spoken.bounds(spoken.turn_at(start))
    cue = None
    for cue in _CUE.finditer(spoken.text, max(begin, start - 40), start):  # noqa: B007 — the last one
        pass
    if cue is not None:
        return _TO_VALUE.fullmatch(spoken.text, cue.end(), start) is not None
    return cues.topic(start, end) == "wechat" and _LEAD.fullmatch(spoken.text, begin, start) is not None
