"""Who is the agent: the dialer's map, checked against what is said; without it a guess."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa_engine.calls import CallId, Role, RoleSource, Transcript, Turn
from qa_engine.exchange import parse_call
from qa_engine.speech.roles import (
    agent_evidence,
    channel_roles,
    checked_roles,
    telling_turns,
    trusts_channels,
    voice_roles,
)

CALLS = Path(__file__).parents[3] / "fixtures" / "calls"
A, C = Role.AGENT, Role.CUSTOMER
SELLER = ("您好,这里是安心保险,我是客户经理李晓梅", "请问您现在方便吗")
BUYER = ("喂,哪位", "不需要,谢谢")


def swapped(transcript: Transcript) -> Transcript:
    turns = tuple(replace(turn, role=C if turn.role is A else A) for turn in transcript.turns)
    return replace(transcript, turns=turns)


def sample(name: str) -> Transcript:
    return parse_call((CALLS / name / "transcript.json").read_bytes()).transcript


def test_a_map_that_the_words_agree_with_is_certain() -> None:
    roles = channel_roles([SELLER, BUYER], 0)
    assert (roles.by_index, roles.source, roles.confidence) == ((A, C), RoleSource.CHANNEL, 1.0)


def test_a_map_that_the_words_speak_against_is_swapped_and_says_so() -> None:
    roles = channel_roles([BUYER, SELLER], 0)
    assert (roles.by_index, roles.source) == ((C, A), RoleSource.SWAPPED)
    assert 0.8 < roles.confidence < 1


def test_a_trusted_map_is_never_swapped() -> None:
    roles = channel_roles([BUYER, SELLER], 0, trusted=True)
    assert (roles.by_index, roles.source, roles.confidence) == ((A, C), RoleSource.CHANNEL, 1.0)


@pytest.mark.parametrize(
    ("value", "trusted"), [(1, True), ("是", True), ("true", True), (0, False), ("", False), (None, False)]
)
def test_what_makes_a_map_trusted(value: object, trusted: bool) -> None:
    assert trusts_channels({"trust_channels": value}) is trusted  # type: ignore[dict-item]


def test_a_little_against_the_map_leaves_it_with_a_doubt() -> None:
    roles = channel_roles([("多少钱",), ("嗯",)], 0)
    assert (roles.by_index, roles.source) == ((A, C), RoleSource.CHANNEL)
    assert 0.5 < roles.confidence < 1


def test_without_a_map_what_is_said_decides_and_it_is_a_guess() -> None:
    roles = channel_roles([BUYER, SELLER], None)
    assert (roles.by_index, roles.source) == ((C, A), RoleSource.GUESS)
    assert roles.confidence > 0.8


def test_without_any_hint_the_first_channel_is_taken_for_the_agent_unsurely() -> None:
    roles = channel_roles([(), ()], None)
    assert roles.by_index == (A, C)
    assert 0.5 < roles.confidence < 0.9


def test_alike_voices_leave_doubt_even_where_the_words_are_clear() -> None:
    assert voice_roles([SELLER, BUYER], 0.3).confidence < 0.5
    assert voice_roles([SELLER, BUYER], 1.0).confidence > 0.9


@pytest.mark.parametrize(
    "agent",
    [
        "这里是安心保险，工号八零二一",
        "您好，我是鑫诚信贷的客户经理",
        "您看明天下午给您回电方便吗",
        "祝您生活愉快",
    ],
)
@pytest.mark.parametrize(
    "customer", ["喂，哪位？", "我不需要，别再打了", "你们是骗子吧", "太贵了，我再考虑一下"]
)
def test_lines_of_both_sides(agent: str, customer: str) -> None:
    assert agent_evidence((agent,)) > 0 > agent_evidence((customer,))


def test_traditional_script_is_heard_as_well() -> None:
    assert agent_evidence(("請問您現在方便嗎",)) == agent_evidence(("请问您现在方便吗",))


def test_the_announcement_of_the_network_is_on_the_called_side() -> None:
    assert agent_evidence(("您拨打的用户暂时无法接通，请稍后再拨",)) < 0


@pytest.mark.parametrize("name", ["ins-001", "tel-002", "wealth-003", "edu-001"])
def test_imported_roles_that_are_the_wrong_way_round_are_swapped_back(name: str) -> None:
    right = sample(name)
    repaired = checked_roles(swapped(right))
    assert repaired.role_source is RoleSource.SWAPPED
    assert repaired.turns == right.turns
    assert checked_roles(swapped(right), trusted=True) == swapped(right)


@pytest.mark.parametrize("folder", sorted(path.parent.name for path in CALLS.glob("*/transcript.json")))
def test_right_roles_are_never_swapped(folder: str) -> None:
    assert checked_roles(sample(folder)) == sample(folder)


def test_the_reason_is_the_turns_that_tell_most() -> None:
    turns = tuple(
        Turn(role, float(i), i + 0.9, text)
        for i, (role, text) in enumerate(
            ((C, "喂,哪位"), (A, "嗯"), (A, "我是安心保险的客户经理"), (C, "不需要"))
        )
    )
    told = telling_turns(Transcript(CallId("c"), 5.0, turns))
    assert told[A] == (2,)
    assert set(told[C]) <= {0, 3}
