"""One normal form, nothing lost: offsets lead back into the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.language.normalize import normalize

CASES = [
    ("您好，我是安心保險的小李", "您好,我是安心保险的小李"),  # Traditional, full-width punctuation
    ("ＰＯＳ機", "pos机"),
    ("瞭解一下", "了解一下"),  # phrase before character: 瞭 alone is a different word
    ("接著說妳們裡面", "接着说你们里面"),
    ("著名", "著名"),
    ("嗯，那個，我不要", "嗯,那个,我不要"),  # fillers are kept
    ("电话幺三八", "电话138"),
]


@pytest.mark.parametrize(("original", "normal"), CASES)
def test_normal_form(original: str, normal: str):
    assert normalize(original).text == normal


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_offsets_never_decrease_and_end_at_the_end(text: str):
    normal = normalize(text)
    assert len(normal.offsets) == len(normal.text) + 1
    assert list(normal.offsets) == sorted(normal.offsets)
    assert normal.offsets[-1] == len(text)
    assert all(0 <= offset <= len(text) for offset in normal.offsets)


@given(
    st.text(alphabet="一二三四五六七八九十百千万亿零两点百分之幺,.元块个年月号第几多来半1２3", max_size=25)
)
def test_any_run_of_numeral_characters_is_read_without_error(text: str):
    normal = normalize(text)
    assert normal.offsets[-1] == len(text)
    for start, end in normal.numerals:
        assert text[normal.offsets[start] : normal.offsets[end]]


def test_normalising_twice_changes_nothing():
    once = normalize("保費一個月三百八，百分之三點五").text
    assert normalize(once).text == once
