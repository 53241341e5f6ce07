"""Menus are known by their words, where a side begins with them; people who speak of keys are people."""

from __future__ import annotations

import pytest

from qa_engine.calls import Call, LineKind, LineSound, Role, Signals, Transcript, Turn
from qa_engine.speech.machines import is_announcement, is_menu, menus
from qa_engine.speech.roles import agent_evidence
from qa_engine.speech.signals import measure
from tests.bench.labelled_calls import load_calls
from tests.bench.samples import load_samples

A, C = Role.AGENT, Role.CUSTOMER
MENU = "查询余额请按1,办理业务请按2,转人工请按0"


@pytest.mark.parametrize(
    "text",
    [
        MENU,
        "普通话服务请按一,英文服务请按二",
        "人工服务请按零",
        "請直撥分機號,查號請撥0",
        "重听请按星号键,返回上一级请按井号键",
        "请输入您的卡号,以#号键结束,返回请按*",
    ],
)
def test_a_menu(text: str) -> None:
    assert is_menu(text)


@pytest.mark.parametrize(
    "text",
    [
        "您按一下手机上的确认就行",
        "收到短信以后您回复1就可以",
        "那您按1吧",
        "我按您说的办理业务",
        "每个月还一千二,按三年算",
        "我转人工给您查一下",
    ],
)
def test_people_who_press(text: str) -> None:
    assert not is_menu(text)


def test_nobody_in_the_labelled_calls_is_a_menu() -> None:
    turns = [turn for sample in load_samples() for turn in sample.script.transcript.turns]
    turns += [turn for labelled in load_calls() for turn in labelled.call.transcript.turns]
    assert len(turns) > 1_400
    assert [turn.text for turn in turns if is_menu(turn.text)] == []
    assert is_announcement("您拨打的用户已关机")


def said(*lines: tuple[Role, str]) -> tuple[Turn, ...]:
    return tuple(
        Turn(role, 3.0 * at, 3.0 * at + 2, text, channel=0 if role is A else 1)
        for at, (role, text) in enumerate(lines)
    )


def test_only_what_a_side_begins_with() -> None:
    turns = said(
        (A, "欢迎致电安心保险"), (A, MENU), (C, "喂"), (A, "您好"), (A, "以后您打客服电话,转人工请按0")
    )
    assert menus(turns) == (LineSound(LineKind.MENU, 0, 0.0, 2.0), LineSound(LineKind.MENU, 0, 3.0, 5.0))
    assert menus(said((C, "喂"), (C, MENU))) == ()
    assert menus(said((A, "欢迎致电安心保险,我是李晓梅"), (C, "喂"))) == (), "a welcome alone is a person's"


def test_a_menu_is_no_greeting() -> None:
    turns = said((A, MENU), (C, "喂"), (A, "您好,我是安心保险的"))
    call = Call(Transcript("c", 10.0, turns), signals=Signals(line=menus(turns)))  # type: ignore[arg-type]
    assert measure(call)["greeting_s"] == pytest.approx(6.0 - 2.0)


def test_a_menu_speaks_for_neither_side() -> None:
    assert agent_evidence([MENU]) == 0.0
