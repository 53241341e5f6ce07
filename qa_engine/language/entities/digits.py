"""Digits as they are read out: 幺三八、嗯,零零 幺三, 然后是八零零零. A run is what may be one number.

Whether it is one, and which, the kinds decide. Here only counts that it is digits, with nothing but fillers between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_engine.values import value

_VALUES = {
    **dict(zip("0123456789", "0123456789", strict=True)),
    **dict(zip("零〇○一幺二两三四五六七八九", "00011223456789", strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", "123456789", strict=True)),
}
_MISHEARD = dict(zip("要腰邀妖吆期漆久酒洞拐勾", "111117799079", strict=True))
"""Said as a digit but written as what it sounds like (要 for 幺), or the radio names of digits. They count inside a
number alone: 我要, 到期 and 多久 are words."""

_PLAIN = "0-9零〇○一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_WORDS = (
    "一(?=[下起共直定样般些边切旦致会阵点条张家份款套种次遍栋天个])|[二两三四五六七八九](?=种|个[月人星小])"
    f"|(?<![{_PLAIN}])[一二两三四五六七八九](?=[位天年月号楼层栋])"
)
"""Where a digit is part of a word; the last of several before 年 or 号 is still a digit (一九八七年)."""
HARD = rf"(?!{_WORDS})(?<![第周拜十百千万亿])(?<!星期)[{_PLAIN}](?![十百千万亿])"
_SOFT = f"[{''.join(_MISHEARD)}]"
_REPEATED = rf"[两二三四五六七八2-8]个[{_PLAIN}](?![十百千万亿元块月号个])"
"""三个零 is 000."""
_FILLER = (
    r"(?:[ \t\u3000,、。.;:·•\-–—‐_/()…~]"
    "|[嗯呃啊哦额呢哈诶欸唉嘛吧]|那个|这个|然后|接着|接下来|后面|下面|中间|前面|最后|[一是]个|再来|还有|就是|横杠|横线|括号|空格|杠|空|再|是|的|对|好"
    "|[三四五六]位数?|开头|打头|结尾|等一?下|等等|稍等|我看看|我想想|[年月日号]"
    ")"
)
GAP = f"(?:{_FILLER}){{0,8}}"
_RUN = re.compile(
    rf"(?:[要腰]{{1,3}}(?={HARD}))?(?:{_REPEATED}|{HARD})(?:{GAP}(?:{_REPEATED}|{HARD}|{_SOFT}))+|{HARD}"
)
_TOKEN = re.compile(rf"(?P<many>[两二三四五六七八2-8])个(?P<what>[{_PLAIN}])|{HARD}|{_SOFT}")
_DENSE = re.compile(
    rf"[{_PLAIN}要腰](?:[^{_PLAIN}{''.join(_MISHEARD)}\n]{{0,24}}[{_PLAIN}{''.join(_MISHEARD)}])*个?[{_PLAIN}]?"
)
"""Stretches outside of which no run can be: cheap to find, and most turns have none."""
_ENDS_TURN = re.compile(r"[,。、.?!]?(?:\n|$)")
_SEEN_AFTER = 3
"""Characters after a run that decide whether its last one is a digit: 一下, 三百."""
_FILLERS = re.compile(f"(?:{_FILLER})*")


@value
class Digit:
    """One digit. `cut`: a number may begin here, `end` its place after it. Repeated digits share a place."""

    value: str
    start: int
    end: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Digits with nothing but fillers between them."""

    digits: tuple[Digit, ...]

    @property
    def start(self) -> int:
        return self.digits[0].start

    @property
    def end(self) -> int:
        return self.digits[-1].end

    @property
    def text(self) -> str:
        """As written digits."""
        return "".join(digit.value for digit in self.digits)

    def part(self, first: int, last: int) -> Run:
        """The digits `[first, last)`."""
        return Run(self.digits[first:last])


def value_of(char: str) -> str:
    """The digit that a character stands for; the character itself where it is none."""
    return _VALUES.get(char, char)


def runs(text: str, start: int = 0, end: int | None = None) -> Iterator[Run]:
    """All runs of a folded text, in order."""
    for dense in _DENSE.finditer(text, start, len(text) if end is None else end):
        if dense.end() - dense.start() == 1 and not _ENDS_TURN.match(text, dense.end()):
            continue  # a digit alone (一下, 三个) is a piece of a number only where it ends a turn
        for hit in _RUN.finditer(text, dense.start(), dense.end() + _SEEN_AFTER):
            if hit.start() < dense.end():
                yield Run(tuple(_digits(text, hit.start(), hit.end())))


def _digits(text: str, start: int, end: int) -> Iterator[Digit]:
    after, soft_before, ascii_before = start, False, None
    for hit in _TOKEN.finditer(text, start, end + _SEEN_AFTER):
        if hit.start() >= end:
            return
        char = hit["what"] or hit.group()
        soft = char in _MISHEARD
        written = char.isascii()
        cut = hit.start() > after or soft or soft_before or written is not ascii_before
        said = _MISHEARD[char] if soft else _VALUES[char]
        times = int(_VALUES[hit["many"]]) if hit["many"] else 1
        for number in range(times):
            yield Digit(said, hit.start(), hit.end(), cut and not number)
        after, soft_before, ascii_before = hit.end(), soft, written


def only_fillers(text: str, start: int, end: int) -> bool:
    """Whether nothing is said there but fillers."""
    return _FILLERS.fullmatch(text, start, end) is not None
