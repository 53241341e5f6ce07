"""What holds for any text: spans lie in the turn, do not overlap, and long or hostile text costs time linear to it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.calls import Role, Turn
from qa_engine.language.entities import KINDS, entities_in, find_entities

CHARS = 40_000
"""Where time grew with the square of the length, a text of this length would take minutes."""
PIECES = st.sampled_from(
    [
        "幺三八", "0013", "零", "要", "期", "x", "A", "@", "艾特", "点", "com", "ﬁ", "㍻", "𠮷", "嗯,", "身份证", "我叫", "李晓梅",
        "張", "路", "88號", "三百八十", "百分之三点五", "粤B", "微信", "\n", " ", "元", "明天", "三点半", "台灣", "著", "①",
    ]
)  # fmt: skip


@given(st.lists(st.lists(PIECES, max_size=12).map("".join), max_size=5))
def test_spans_are_the_text_they_say_and_do_not_overlap(texts: list[str]) -> None:
    turns = [Turn(list(Role)[i % 2], float(i), i + 1.0, text) for i, text in enumerate(texts)]
    found = find_entities(turns)
    assert len(found) == len(turns)
    for turn, entities in zip(turns, found, strict=True):
        for entity in entities:
            assert 0 <= entity.start < entity.end <= len(turn.text)
            assert entity.text == turn.text[entity.start : entity.end]
            assert entity.kind in KINDS
        assert all(one.end <= other.start for one, other in pairwise(entities))


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert all(entity.text == text[entity.start : entity.end] for entity in entities_in(text))


@pytest.mark.parametrize(
    "piece",
    [
        "1", "一", "一嗯", "嗯", "a", "a ", "点", "@", "1点", "路", "路1", "李", "我是李", "叫", "京A", "个", "省,", "1,", "三个",
        "块", "微信a",
    ],
)  # fmt: skip
def test_a_very_long_turn_is_read(piece: str) -> None:
    entities_in(piece * (CHARS // len(piece)))


def test_only_the_kinds_asked_for_are_given() -> None:
    turns = [Turn(Role.CUSTOMER, 0.0, 1.0, "我叫李晓梅,电话13800138000,每月三百块")]
    assert [e.kind for e in find_entities(turns, kinds={"phone"})[0]] == ["phone"]
    assert [e.kind for e in find_entities(turns, kinds={"money", "name"})[0]] == ["name", "money"]
