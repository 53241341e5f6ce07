"""Whether two people talked."""

from __future__ import annotations

import pytest

from qa_engine.calls import Ending, Role, Turn
from qa_engine.speech.endings import ending_of

A, C = Role.AGENT, Role.CUSTOMER
MENU = "查询余额请按1,办理业务请按2,人工服务请按0"
TALK, NOBODY = Ending.CONVERSATION, Ending.NO_CONVERSATION
CASES = [
    ([(C, "喂,你好"), (A, "您好,我是安心保险的")], True, TALK),
    ([], True, NOBODY),
    ([(A, "喂?听得到吗?")], True, NOBODY),  # one side only
    ([(C, "您拨打的用户暂时无法接听"), (A, "喂")], True, NOBODY),  # an announcement
    (
        [(C, "您拨打的用户正在通话中"), (C, "喂你好刚才在打电话你是哪里的"), (A, "您好")],
        True,
        TALK,
    ),  # then a person
    ([(A, "您好我是云联通信的您方便吗方便您说")], False, TALK),  # voices alike: one speaker holds both sides
    ([(A, "您拨打的电话已关机请稍后再拨")], False, NOBODY),
    ([], False, NOBODY),
    ([(C, MENU), (A, "喂,您好"), (C, "查询请按一")], True, NOBODY),  # a dialled menu
    ([(C, "欢迎致电恒远财富客服热线"), (C, MENU), (A, "喂?")], True, NOBODY),  # with its welcome
    ([(C, MENU), (C, "您好这里是前台请问您找哪一位"), (A, "您好")], True, TALK),  # then a person
    ([(A, MENU), (C, "喂"), (A, "您好,请问有什么可以帮您")], True, TALK),  # our own menu, then an agent
    ([(A, MENU), (C, "喂?有人吗")], True, NOBODY),  # and nobody after it
]


@pytest.mark.parametrize(("said", "apart", "ending"), CASES)
def test_ending(said: list[tuple[Role, str]], apart: bool, ending: Ending) -> None:
    turns = [Turn(role, float(i), i + 0.9, text) for i, (role, text) in enumerate(said)]
    assert ending_of(turns, sides_apart=apart) is ending
