"""E-mail addresses, written (li@example.com) and spoken (li 艾特 一六三 点 com)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa_engine.language.entities.entity import Found
from qa_engine.language.entities.spelled import JOINER

_HANZI = "零〇幺一二两三四五六七八九"
_AT = re.compile(
    r"(?:@|艾特|艾塔|爱特|爱塔|埃特|埃塔|a特|圈a(?![a-z])|花a(?![a-z])|小老鼠|at(?![a-z])(?<![a-z]at))[ ,、]*(?:符号?"
    r"|后面|然后|一个|是)*[ ,、]*"
)
_DOT = r"[ ,]*(?:\.|点儿?|dot)[ ,]*"
_TOP = (
    r"(?:c[ ,]?o[ ,]?m|[康抗考扣康][姆母木]|n[ ,]?e[ ,]?t|c[ ,]?n|t[ ,]?w|org|edu|gov|hk|io|me|cc|info|biz|top|vip|xyz|jp)"
    "(?![a-z])"
)
_HOST = re.compile(
    rf"(?:[a-z0-9{_HANZI}-](?:[ ,](?=[a-z0-9{_HANZI}]))?|[嗯呃]|腾讯|网易|新浪|搜狐|雅虎|谷歌|阿里|{_DOT}(?!{_TOP})){{1,40}}?"
    rf"(?:{_DOT}{_TOP}){{1,3}}"
)
_SIGN = re.compile(rf"[a-z0-9{_HANZI}要]|{JOINER}|[.+点]")
_FILLER = re.compile(
    r"[ ,、]|[嗯呃啊]|那个|然后|再来|再加|一个|大写的?|小写的?|字母|数字|英文|接着|后面|加上"
)
_LEAD = re.compile(r"(?:[ ,、.+点要]|[嗯呃啊]|那个|然后|一个|大写的?|小写的?|字母|英文|后面)+")
_LONGEST_SIGN = 3
_REACH = 64


def find_emails(text: str) -> Iterator[Found]:
    """All e-mail addresses of a folded text."""
    done = 0
    for at in _AT.finditer(text):
        host = _HOST.match(text, at.end())
        if not host:
            continue
        before = at.start()
        while before > done and text[before - 1] in " ,、":
            before -= 1
        start = _local_start(text, max(done, before - _REACH), before)
        if start < before:
            done = host.end()
            yield Found("email", start, done)


def _local_start(text: str, first: int, at: int) -> int:
    """Where the part before the @ begins: as far to the left as signs and fillers go."""
    place = at
    while place > first:
        ways = range(min(_LONGEST_SIGN, place - first), 0, -1)
        step = next((n for n in ways if _is_part(text, place - n, place)), 0)
        if not step:
            break
        place -= step
    lead = _LEAD.match(text, place, at)
    return lead.end() if lead else place


def _is_part(text: str, start: int, end: int) -> bool:
    return bool(_SIGN.fullmatch(text, start, end) or _FILLER.fullmatch(text, start, end))
