"""Readings are those of pypinyin, which is not loaded for them."""

from __future__ import annotations

import pytest
from pypinyin import Style, lazy_pinyin

from qa_engine.language.readings import character_readings, readings_in_context


@pytest.mark.parametrize(
    "text",
    [
        "银行",  # háng: the word decides, not the character
        "行不行",
        "中国银行行长",  # two words in a row
        "长期还款",
        "女儿旅行",  # ü is v
        "重庆重新还了钱",
        "一丁",  # the beginning of a word, and no more
        "保额100万元",  # figures are one element
        "vip客户",
        "𠀀字",  # beyond the first plane
        "",
    ],
)
def test_a_text_is_read_as_pypinyin_reads_it(text: str) -> None:
    assert readings_in_context(text) == lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)


def test_a_character_has_its_most_frequent_reading_with_the_tone() -> None:
    assert character_readings()["贷"] == "dài"
