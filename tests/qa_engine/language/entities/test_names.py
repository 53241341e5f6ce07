"""Full names; titles, diminutives and what explains a name are none."""

from __future__ import annotations

import pytest

from tests.qa_engine.language.entities.builders import only, over_turns

NAMES = [
    ("我叫李晓梅", ["李晓梅"]),
    ("您好我是安心保险的客户经理李晓梅,工号8021", ["李晓梅"]),
    ("这里是平安车险的王建国给您来电", ["王建国"]),
    ("请问您是张伟先生吗", ["张伟"]),  # the title is not part of it
    ("我老公张建军在家", ["张建军"]),
    ("收件人写刘慧敏", ["刘慧敏"]),
    ("投保人是我妈陈桂芳", ["陈桂芳"]),
    ("我女儿欧阳雨桐今年五岁", ["欧阳雨桐"]),  # compound surname
    ("上次是陈志强给我打的电话", ["陈志强"]),  # nothing announces it
    ("登记的是吴晓燕的名字", ["吴晓燕"]),
    ("李晓梅女士您好", ["李晓梅"]),
    ("我叫张弛,弓长张,松弛的弛", ["张弛"]),
    ("我姓欧阳,叫欧阳娜", ["欧阳娜"]),
    ("借款人范文斌,担保人杨光", ["范文斌", "杨光"]),
    ("我先生叫陳俊宏", ["陳俊宏"]),
    ("很高兴为您服务,我是范冰", ["范冰"]),
]
NONE = [
    "王先生您好",
    "张姐你好",
    "小陈跟我说过",
    "我是小李",
    "王总在吗",
    "我姓陈",
    "弓长张,张三的张",
    "木子李,春晓的晓",
    "高兴为您服务",  # words that begin like a name
    "周末方便说话吗",
    "黄金最近涨了",
    "万能险的收益",
    "我是做工程的",
    "这里是华信投资",
    "我是唐山的",
    "他叫什么名字",
    "您是不是高血压",
    "张老师讲的课",
]


@pytest.mark.parametrize(("sentence", "names"), NAMES)
def test_full_names_are_found(sentence: str, names: list[str]) -> None:
    assert only(sentence, "name") == names


@pytest.mark.parametrize("sentence", NONE)
def test_what_is_no_full_name(sentence: str) -> None:
    assert only(sentence, "name") == []


def test_the_answer_to_how_one_is_called() -> None:
    assert over_turns("坐席:请问怎么称呼您 / 客户:石磊") == [(1, "name", "石磊")]
