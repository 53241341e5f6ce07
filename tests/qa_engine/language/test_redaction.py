"""Masking keeps every offset."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.language.entities import Entity, entities_in
from qa_engine.language.redaction import mask_number, redact


def test_what_says_who_somebody_is_becomes_blocks() -> None:
    text = "我叫李晓梅,电话幺三八 零零幺三 八零零零,每月三百块"
    assert redact(text, entities_in(text)) == "我叫▇▇▇,电话▇▇▇▇▇▇▇▇▇▇▇▇▇,每月三百块"


def test_figures_are_masked_on_demand() -> None:
    text = "每月三百块"
    assert redact(text, entities_in(text), kinds=frozenset({"money"})) == "每月▇▇▇"


@given(st.text(), st.integers(-5, 50), st.integers(-5, 50))
def test_the_length_and_the_lines_stay(text: str, start: int, end: int) -> None:
    masked = redact(text, [Entity("phone", start, end, "")])
    assert len(masked) == len(text)
    assert [i for i, char in enumerate(masked) if char == "\n"] == [
        i for i, char in enumerate(text) if char == "\n"
    ]


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13800138000", "138▇▇▇▇8000"),
        ("+86 138-0013-8000", "+86 1▇▇-▇▇▇▇-8000"),  # signs stay where they are
        ("8021", "▇▇▇▇"),  # too short to show a part of
        ("", ""),
    ],
)
def test_a_number_keeps_head_and_tail(number: str, masked: str) -> None:
    assert mask_number(number) == masked
