"""The version that was spoken, and that a lead keeps its version."""

from __future__ import annotations

from collections import Counter

import pytest

from qa_engine.calls import CallId, Role, Transcript, Turn
from qa_engine.insight.experiments.assign import assigned
from qa_engine.insight.experiments.spoken import VersionDetector

DETECTOR = VersionDetector(
    {
        "A": ["您好,我是安心保险的客服,想占用您一分钟介绍一款产品"],
        "B": ["您好,看到您上个月的保单快到期了,帮您核对一下续保优惠"],
    }
)


def _call(*lines: tuple[Role, str]) -> Transcript:
    turns = tuple(Turn(role, 40.0 * at, 40.0 * at + 5, text) for at, (role, text) in enumerate(lines))
    return Transcript(CallId("c"), 200.0, turns)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("喂您好,我是安心保险客服,占用您一分钟,给您介绍一款产品。", "A"),
        ("您好,看到您保单下个月快到期了,我帮您核对一下续保的优惠。", "B"),
        ("喂,听得到吗?", None),
    ],
)
def test_the_version_is_heard(text: str, version: str | None) -> None:
    assert DETECTOR.hear(_call((Role.AGENT, text))).version == version


def test_only_the_agents_opening_counts() -> None:
    line = "您好,我是安心保险的客服,想占用您一分钟介绍一款产品"
    late = [(Role.CUSTOMER, line), (Role.AGENT, "嗯"), (Role.AGENT, line)]  # from second 80
    assert DETECTOR.hear(_call(*late)).version is None


def test_a_lead_keeps_its_version_and_versions_share_the_leads() -> None:
    counted = Counter(assigned("e1", f"lead{at}", ("A", "B")) for at in range(2000))
    assert abs(counted["A"] - 1000) < 3 * 22.4  # three standard deviations of a fair coin
    assert len({assigned("e1", "lead7", ("A", "B")) for _ in range(5)}) == 1


def test_experiments_split_leads_each_in_its_own_way() -> None:
    same = sum(assigned("e1", str(at), "AB") == assigned("e2", str(at), "AB") for at in range(2000))
    assert abs(same - 1000) < 3 * 22.4
