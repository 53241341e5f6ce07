"""Licence plates: province, letter and five signs (six on new-energy cars); Taiwan plates where one is announced.

Source: GA 36-2018 for the mainland form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa_engine.language.entities.cues import Cues
from qa_engine.language.entities.dictated import LEAD, TAIL, lets_on
from qa_engine.language.entities.digits import value_of
from qa_engine.language.entities.entity import Found
from qa_engine.language.entities.spelled import DIGIT
from qa_engine.language.entities.spoken import Spoken

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_GAP = r"(?:[ ,、·•.-]|[嗯呃啊]|那个|然后是?|点|杠|后面|[的是]){0,4}"
_SIGN = rf"(?:[a-z]|{DIGIT})"
_FIVE = rf"{_SIGN}(?:{_GAP}{_SIGN}){{3}}{_GAP}(?:{_SIGN}(?:{_GAP}{_SIGN})?|[挂学警港澳领])(?![a-z0-9])"
_SAME = rf"(?:{_SIGN}{_GAP}){{0,3}}[两三四五2-5]个[0-9零幺一二三四五六七八九]"
"""粤B五个八."""
_MAINLAND = re.compile(rf"[{_PROVINCES}]{_GAP}[a-z]{_GAP}(?:{_FIVE}|{_SAME})")
_MISHEARD = re.compile(rf"[\u4e00-\u9fff](?<![是叫为的号牌车]){_GAP}[a-z]{_GAP}{_FIVE}")
_TAIWAN = re.compile(
    rf"(?<![a-z0-9])(?:[a-z](?:{_GAP}[a-z]){{1,2}}{_GAP}{DIGIT}(?:{_GAP}{DIGIT}){{2,3}}"
    rf"|{DIGIT}(?:{_GAP}{DIGIT}){{2,3}}{_GAP}[a-z](?:{_GAP}[a-z]){{1,2}})(?![a-z0-9])"
)


_BEGUN = re.compile(rf"[{_PROVINCES}](?:{_GAP}[a-z](?:{_GAP}{_SIGN}){{0,4}})?")
_GOES_ON = re.compile(rf"(?:[a-z]{_GAP})?{_SIGN}(?:{_GAP}{_SIGN}){{0,5}}")
_WHOLE = re.compile(rf"[{_PROVINCES}][a-z][a-z0-9]{{5,6}}")
_PIECES = 4
_LETTER = re.compile(rf"[{_PROVINCES}][^a-z\n]{{0,8}}[a-z]")
_ANNOUNCED = re.compile("车牌|牌照|车号|号牌|车是|我的车|车子")


def find_plates(spoken: Spoken, cues: Cues) -> Iterator[Found]:
    """All licence plates of the call; a province that was misheard counts where a plate is announced."""
    if _LETTER.search(spoken.text):
        for hit in _MAINLAND.finditer(spoken.text):
            yield Found("plate", hit.start(), hit.end())
    if not _ANNOUNCED.search(spoken.text):
        return
    for pattern in (_MISHEARD, _TAIWAN):
        for hit in pattern.finditer(spoken.text):
            if cues.topic(hit.start(), hit.end()) == "plate":
                yield Found("plate", hit.start(), hit.end())
    for hit in _BEGUN.finditer(spoken.text):
        _, end = spoken.bounds(spoken.turn_at(hit.start()))
        if TAIL.fullmatch(spoken.text, hit.end(), end) and cues.topic(hit.start(), hit.end()) == "plate":
            yield from _over_turns(spoken, hit)


def _over_turns(spoken: Spoken, begun: re.Match[str]) -> Iterator[Found]:
    """A plate begun at the end of a turn and gone on with in the same speaker's next ones."""
    first = spoken.turn_at(begun.start())
    pieces = [begun]
    turn = first + 1
    while turn < len(spoken.roles) and turn <= first + 2 * _PIECES:
        start, end = spoken.bounds(turn)
        if spoken.roles[turn] is spoken.roles[first]:
            lead = LEAD.match(spoken.text, start, end)
            piece = _GOES_ON.match(spoken.text, lead.end() if lead else start, end)
            if piece is None:
                return
            pieces.append(piece)
            if _WHOLE.fullmatch("".join(_signs(each.group()) for each in pieces)):
                yield from (Found("plate", each.start(), each.end()) for each in pieces)
                return
        elif not lets_on(spoken, turn):
            return
        turn += 1


def _signs(piece: str) -> str:
    values = (value_of(char) for char in piece)
    return "".join(value for value in values if value in _PROVINCES or (value.isascii() and value.isalnum()))
