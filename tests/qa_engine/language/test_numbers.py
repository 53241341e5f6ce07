"""Spoken numerals: every row is a rule of the labelling guide or a mistake once made."""

import pytest

from qa_engine.language.normalize import normalize
from qa_engine.language.numbers import numerals, quantities

CONVERTED = [
    ("一百二十", "120"),
    ("两万五", "25000"),  # shorthand: the last digit counts the next smaller unit
    ("三百八", "380"),
    ("一千零八十", "1080"),
    ("一千二", "1200"),
    ("十五", "15"),
    ("二十", "20"),
    ("二〇二四年", "2024年"),
    ("二零二六年十一月二号", "2026年11月2号"),
    ("三月五号", "3月5号"),
    ("一二三四五", "12345"),
    ("百分之三点五", "3.5%"),
    ("百分之十三点二", "13.2%"),
    ("百分之百", "100%"),
    ("百分之二十", "20%"),
    ("一亿两千万", "120000000"),
    ("三千六百五十块", "3650块"),
    ("四千四百六十元", "4460元"),
    ("十万", "100000"),
    ("一万零五", "10005"),
    ("一万零五百", "10500"),
    ("幺三八零零幺三八零零零", "13800138000"),
    ("幺零三", "103"),
    ("工号八零二一", "工号8021"),
    ("工号六幺幺二", "工号6112"),
    ("工号三二", "工号32"),  # two digits are a number only where a code is announced
    ("一百零五", "105"),
    ("两百", "200"),
    ("三百八一个月", "380一个月"),
    ("二十一个月", "21个月"),
    ("十二期", "12期"),
    ("五块八", "5块8"),
    ("九块钱", "9块钱"),
    ("三点五个百分点", "3.5个百分点"),
    ("年化四点三五", "年化4.35"),
    ("三点五万", "35000"),
    ("3.5万", "35000"),
    ("50万", "500000"),
    ("2万5", "25000"),
    ("1,200元", "1200元"),
    ("二十四小时", "24小时"),
    ("十块", "10块"),
    ("两千三百四十五", "2345"),
    ("一百万", "1000000"),
    ("一百八十八", "188"),
    ("两百五十块", "250块"),
    ("三年一共一万零八百", "三年一共10800"),
    ("一千零一", "1001"),  # after 零 the last digit counts itself
    ("六千零六", "6006"),
    ("三千一个月", "3000一个月"),  # the last 一 counts the months
    ("一万一年", "10000一年"),
    ("一百一", "110"),
    ("一百一十天", "110天"),
    ("一六年", "16年"),  # a year by its last two digits
    ("零八年", "08年"),
    ("壹佰贰拾元", "120元"),  # as on cheques
    ("两仟块", "2000块"),
    ("百分之一百二", "120%"),
    ("百分之二到百分之三", "2%到3%"),
    ("每月还款三千二百五十六块七毛八", "每月还款3256块7毛8"),
    ("一亿三千万", "130000000"),
    ("四百零八块五", "408块5"),
    ("工号零零七", "工号007"),
    ("二十块零五毛", "20块零五毛"),  # 零 joins, it is no digit
    ("第十五条", "第15条"),
    ("十二号楼三单元五零二", "12号楼三单元502"),
]

LEFT_ALONE = [
    "七八百",  # approximations
    "十几万",
    "二十来岁",
    "几十万",
    "三四个",
    "两三个月",
    "四五千",
    "十五六岁",
    "三十多",
    "一百二三十",
    "上千",
    "一下",  # words
    "一起",
    "万一",
    "十分满意",
    "千万别",
    "百分百",
    "百万医疗险",
    "十一长假",
    "双十一",
    "不管三七二十一",
    "周一三五",  # lists
    "一三五",
    "二四六",
    "星期一",
    "三个月",  # small counts, ordinals, discounts, clock times
    "第一",
    "八五折",
    "下午三点",
    "下午三点五十",
    "晚上八点二十",
    "三点半",
    "一块儿去",
    "三四年",  # an approximation, not the year 34
    "一千八九",
    "十块八块",
    "陆家嘴",  # a formal digit alone is a word
    "伍先生",
    "九牛一毛",
    "七七八八",
    "正月十五",
    "百忙之中",
    "二手车",
]


@pytest.mark.parametrize(("spoken", "written"), CONVERTED)
def test_numerals_become_digits(spoken: str, written: str):
    assert normalize(spoken).text == written


@pytest.mark.parametrize("spoken", LEFT_ALONE)
def test_what_is_no_exact_number_stays(spoken: str):
    assert normalize(spoken).text == spoken


def test_digits_point_back_at_the_words_they_came_from():
    original = "一个月三百八十块,"
    normal = normalize(original)
    start = normal.text.index("380")
    assert original[normal.offsets[start] : normal.offsets[start + 3]] == "三百八十"


def test_quantities_carry_value_and_unit():
    found = quantities(normalize("每月两百块,利率百分之三点五,保额50万元").text)
    assert [(q.value, q.unit) for q in found] == [(200, "块"), (3.5, "%"), (500000, "元")]


def test_a_run_of_numerals_that_nobody_says_stays():
    for text in ("九" * 6000 + "点五元", "9" * 6000 + "万元", "百分之" + "九" * 6000, "一千" * 5000):
        assert numerals(text) == ()
