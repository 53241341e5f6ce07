"""Words against chance substrings: the table on which the margin was set."""

import pytest

from qa_engine.language.words import stands_alone

CHANCE = [
    "我要投|保本|公司的", "您的投|保本|人要", "给您担|保本|金", "社|保本|月", "医|保本|来就", "您参|保本|地",
    "我明|天天|气", "请问|不需|要", "接|收益|处", "自|我是|什么", "说得|你好|像", "这|太贵|阳", "在家|没事|故",
    "先考|虑一|下", "购|买车|险",
]  # fmt: skip
WORDS = [
    "这款产品|保本|保收益", "绝对|保本|的", "我们能保|保本|的", "百分百|保本|", "这个|保本|金的", "我们|保本|型产品",
    "您现在|方便|吗", "是|方便|接电话", "|您好|我是安", "您|您好|请问", "我这边|太贵|了", "那个|没钱|买", "我现在|没空|听",
    "那不如|存款|划算", "有|录音|的", "今天电话|录音|", "先生|再见|", "利息|太高|了吧", "我得|商量|一下", "会|考虑|考虑",
    "能不能|便宜|一点", "这个真|便宜|点",
]  # fmt: skip


def judged(marked: str) -> bool:
    left, hit, right = marked.split("|")
    return stands_alone(left + hit + right, len(left), len(left + hit), hit)


@pytest.mark.parametrize("marked", CHANCE)
def test_chance_substrings_are_refused(marked: str):
    assert not judged(marked)


@pytest.mark.parametrize("marked", WORDS)
def test_words_are_kept(marked: str):
    assert judged(marked)


def test_a_misheard_word_needs_more_room_than_the_word_itself():
    assert stands_alone("我们这个宝本高收益", 4, 6, "保本")
    assert not stands_alone("要报本人姓名", 1, 3, "保本")
