"""Money, percentages, dates, times and other numbers: spoken ones are found in the words they were said in."""

from __future__ import annotations

import pytest

from qa_engine.language.entities import entities_in

FIGURES = [
    ("每个月三百八十块", [("money", "三百八十块")]),
    ("一共五块八", [("money", "五块八")]),
    ("大概七八百块钱", [("money", "七八百块钱")]),
    ("保额五十万,保费一千二", [("money", "五十万"), ("money", "一千二")]),  # the word before says what it is
    ("3万元", [("money", "3万元")]),
    ("百分之三点五", [("percent", "百分之三点五")]),
    ("利率3.85%", [("percent", "3.85%")]),
    ("二零二六年十一月二号", [("date", "二零二六年十一月二号")]),
    ("下周三上午十点", [("date", "下周三"), ("time", "上午十点")]),
    ("明天下午三点半", [("date", "明天"), ("time", "下午三点半")]),
    ("今晚八点二十", [("date", "今晚"), ("time", "八点二十")]),
    ("15:30开会", [("time", "15:30")]),
    ("每月5号扣款", [("date", "每月5号")]),
    ("工号八零二一", [("number", "八零二一")]),
    ("两万五", [("number", "两万五")]),
    ("有三点优势", []),  # no clock time
    ("一块儿去", []),
    ("十分满意,稍等一下", []),
]


@pytest.mark.parametrize(("sentence", "figures"), FIGURES)
def test_figures(sentence: str, figures: list[tuple[str, str]]) -> None:
    assert [(entity.kind, entity.text) for entity in entities_in(sentence)] == figures
