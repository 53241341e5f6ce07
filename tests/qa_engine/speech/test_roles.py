"""Who is the agent: by the dialer's map, else by what is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_engine.calls import Role, RoleSource
from qa_engine.speech.roles import agent_evidence, channel_roles, voice_roles

CALLS = Path(__file__).parents[3] / "fixtures" / "calls"
A, C = Role.AGENT, Role.CUSTOMER
SELLER = ("您好,这里是安心保险,我是客户经理李晓梅", "请问您现在方便吗")
BUYER = ("喂,哪位", "不需要,谢谢")


def test_the_map_decides_whatever_is_said() -> None:
    roles = channel_roles([BUYER, SELLER], 0)
    assert (roles.by_index, roles.source, roles.confidence) == ((A, C), RoleSource.CHANNEL, 1.0)


def test_without_a_map_what_is_said_decides_and_it_is_a_guess() -> None:
    roles = channel_roles([BUYER, SELLER], None)
    assert (roles.by_index, roles.source) == ((C, A), RoleSource.GUESS)
    assert roles.confidence > 0.8


def test_without_any_hint_the_first_channel_is_taken_for_the_agent_unsurely() -> None:
    roles = channel_roles([("嗯",), ("嗯",)], None)
    assert roles.by_index == (A, C)
    assert 0.5 < roles.confidence < 0.9


def test_alike_voices_leave_doubt_even_where_the_words_are_clear() -> None:
    assert voice_roles([SELLER, BUYER], 0.3).confidence < 0.5
    assert voice_roles([SELLER, BUYER], 1.0).confidence > 0.9


def test_asking_for_a_staff_number_is_the_customer() -> None:
    assert agent_evidence(("你工号多少",)) < agent_evidence(("我的工号是八零二一",))


@pytest.mark.parametrize(
    "folder", sorted(path for path in CALLS.iterdir() if path.is_dir()), ids=lambda p: p.name
)
def test_the_sides_of_every_sample_call_are_known_from_its_words(folder: Path) -> None:
    turns = json.loads((folder / "transcript.json").read_text("utf-8"))["turns"]
    sides = {role: [turn["text"] for turn in turns if turn["role"] == role] for role in Role}
    assert agent_evidence(sides[A]) > agent_evidence(sides[C])
