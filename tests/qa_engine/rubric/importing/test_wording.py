"""A criterion's wording taken apart."""

from __future__ import annotations

import pytest

from qa_engine.rubric.importing.slugs import Names, slug
from qa_engine.rubric.importing.wording import clauses, placeholders_filled, quotes, short

CLAUSES = [
    ("1、问候语;2、报公司名称;3、报工号", ("问候语", "报公司名称", "报工号")),
    ("1.语速适中;2.音量适中", ("语速适中", "音量适中")),
    ("①问候②自报家门", ("问候", "自报家门")),
    ("(1)问候\n(2)自报家门", ("问候", "自报家门")),
    ("1、未问候扣2分2、未报工号扣3分", ("未问候扣2分", "未报工号扣3分")),
    ("要求如下:1、问候;2、报工号", ("问候", "报工号")),
    ("未问候扣2分;未报公司扣3分", ("未问候扣2分", "未报公司扣3分")),
    ("语速适中;音量适中\n吐字清晰", ("语速适中", "音量适中", "吐字清晰")),
    ("每出现一次扣2分;扣完为止", ("每出现一次扣2分;扣完为止",)),
    ("接通后10秒内问候客户,语气亲切", ("接通后10秒内问候客户,语气亲切",)),
    ("语速2.5倍以内", ("语速2.5倍以内",)),
]


@pytest.mark.parametrize(("text", "expected"), CLAUSES)
def test_the_criteria_of_one_cell(text: str, expected: tuple[str, ...]) -> None:
    assert clauses(text) == expected


# The wording, its phrases, and whether they are banned.
QUOTES = [
    ("须使用“您好,XX公司工号XX为您服务”", [("您好", "为您服务")], False),
    ("应说“请问”或“麻烦您”", [("请问",), ("麻烦您",)], False),
    ("未说“再见”扣2分", [("再见",)], False),
    ("禁止使用“不知道”“不归我管”等用语", [("不知道",), ("不归我管",)], True),
    ("不得说“包过”", [("包过",)], True),
    ("出现“随便你”扣2分", [("随便你",)], True),
    ("說“隨便你”扣2分", [("隨便你",)], True),
    ("使用「请稍等」", [("请稍等",)], False),
    ("客户说“不需要”时,应说“我理解”", [("我理解",)], False),
    ("出现“喂”扣2分", [], False),
    ("没有引号", [], False),
]


@pytest.mark.parametrize(("text", "pieces", "banned"), QUOTES)
def test_quoted_phrases(text: str, pieces: list[tuple[str, ...]], banned: bool) -> None:
    found = quotes(text)
    assert [quote.pieces for quote in found] == pieces
    assert all(quote.banned is banned for quote in found)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("您好,我是XX公司的XXX,工号XXX", "您好,我是安心保险的李晓梅,工号8021"),
        ("请问是**先生吗", "请问是王先生吗"),
        ("您好,这里是{公司}", "您好,这里是安心保险"),
    ],
)
def test_placeholders_are_filled_with_invented_names(script: str, expected: str) -> None:
    assert placeholders_filled(script, "安心保险") == expected


def test_the_beginning_of_a_criterion_is_its_title() -> None:
    assert short("1、接通后问候客户,语气亲切") == "接通后问候客户"
    assert short("一" * 40) == "一" * 23 + "…"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("开场问候(10分)", "kai_chang_wen_hou"),
        ("30秒内报公司", "miao_nei_bao_gong_si"),
        ("FAB 介绍", "fab_jie_shao"),
        ("绿色通道", "lv_se_tong_dao"),
        ("🙂", "item_7"),
    ],
)
def test_ids_from_titles(text: str, expected: str) -> None:
    assert slug(text, fallback="item_7") == expected


def test_an_id_is_given_once() -> None:
    names = Names()
    assert [names.unique("a"), names.unique("a"), names.unique("a")] == ["a", "a_2", "a_3"]
