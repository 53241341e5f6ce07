"""Voices that are no person: the network's announcements, answering machines, and menus (IVR) known by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from qa_engine.calls import LineKind, LineSound, Role, Turn
from qa_engine.speech.cleanup import simplified, spoken_chars

# What networks and answering machines say in Mandarin.
_ANNOUNCEMENT: Final = re.compile(
    r"您(?:所)?拨(?:打|叫)的(?:电话|用户|号码)|暂时无法接通|暂时无人接听|请(?:您)?稍后再拨|(?:提示音|嘀声|滴声)(?:后|之后)|"
    r"请(?:您)?留言|留言(?:信箱|请按)|语音信箱|已关机|是空号|不在服务区|正在通话中"
)
_KEY: Final = re.compile(r"(?:按|拨|摁)(?:数字|键)?(?:[0-9零幺一二三四五六七八九]|[井星]号?键|分机号|[#*])")
_OFFER: Final = re.compile(
    r"人工|坐席|话务员|客服代表|查询|办理|咨询|投诉|重听|返回|上一级|主菜单|普通话|粤语|英文|业务|服务请|结束请|以.{0,3}键结束"
)
_WELCOME: Final = re.compile(
    r"欢迎(?:您)?(?:致电|拨打|来电|使用|光临)|(?:热线|总机|客服中心)(?:$|您好)|通话(?:将|可能)?(?:会)?被?录音"
)


def is_announcement(text: str) -> bool:
    """Whether a network or an answering machine says this."""
    return _ANNOUNCEMENT.search(_plain(text)) is not None


def is_menu(text: str) -> bool:
    """Whether a menu says this: at least two keys to press, or one with what it leads to. An agent may say as much while
    explaining a hotline, so only what comes before anybody talks is taken for a menu (`menus`)."""
    plain = _plain(text)
    keys = len(_KEY.findall(plain))
    return keys >= 2 or (keys == 1 and _OFFER.search(plain) is not None)


def menus(turns: Sequence[Turn]) -> tuple[LineSound, ...]:
    """Where a side begins with a menu: its first turns, while they are menu or the welcome before one."""
    found: list[LineSound] = []
    for role in Role:
        mine = [turn for turn in turns if turn.role is role]
        leading = 0
        for index, turn in enumerate(mine):
            if is_menu(turn.text):
                leading = index + 1
            elif not _WELCOME.search(_plain(turn.text)):
                break
        found += [
            LineSound(LineKind.MENU, turn.channel or 0, turn.start_s, turn.end_s) for turn in mine[:leading]
        ]
    return tuple(sorted(found, key=lambda sound: sound.start_s))


def _plain(text: str) -> str:
    return "".join(char for char in simplified(text) if spoken_chars(char) or char in "#*").lower()
