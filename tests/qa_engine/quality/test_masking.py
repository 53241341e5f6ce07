"""A quotation tells what was said, not who it was."""

from __future__ import annotations

import pytest

from qa_engine.quality.masking import masked

CASES = [
    ("您好,请问有什么可以帮您", "您好,请问有什么可以帮您"),
    ("电话是13800138000", "电话是***********"),
    ("电话是幺三八零零幺三八零零零", "电话是***********"),
    ("一共九十九元", "一共九十九元"),  # a price is no number of a person
    ("王先生您好", "*先生您好"),
    ("我是启明教育的陈思雨老师", "我是启明教育的***老师"),
    ("我叫李晓梅,工号8021", "我叫***,工号****"),
    ("加我微信wx_abc123", "加我微信*********"),
    ("这款不保本", "这款不保本"),
]


@pytest.mark.parametrize(("text", "shown"), CASES)
def test_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert len(masked(text)) == len(text)
