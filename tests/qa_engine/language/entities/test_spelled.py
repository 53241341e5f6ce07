"""E-mail addresses, WeChat ids and plates, written and spelled out."""

from __future__ import annotations

import pytest

from tests.qa_engine.language.entities.builders import over_turns, personal

SPELLED = [
    ("email", "邮箱是wangxm88@163.com", "wangxm88@163.com"),
    ("email", "发到li.ming@company.com.cn吧", "li.ming@company.com.cn"),
    ("email", "邮箱wangxm艾特qq点com", "wangxm艾特qq点com"),
    ("email", "邮箱是小写的 l x m 幺二三 艾特 幺二六 点 com", "l x m 幺二三 艾特 幺二六 点 com"),
    ("email", "三三五六七八九零艾特qq点com", "三三五六七八九零艾特qq点com"),
    ("email", "lixm下划线九零 at gmail 点 com", "lixm下划线九零 at gmail 点 com"),
    ("wechat", "我微信是xiaomei_0315", "xiaomei_0315"),
    ("wechat", "加我微信 l x m 八八六六", "l x m 八八六六"),
    ("wechat", "微信号我报给您,abc_123", "abc_123"),
    ("wechat", "微信号是 z h a n g 下划线 六六八", "z h a n g 下划线 六六八"),
    ("plate", "车牌粤B12345", "粤B12345"),
    ("plate", "车牌号是粤B一二三四五", "粤B一二三四五"),
    ("plate", "沪A·D12345", "沪A·D12345"),  # new energy: six signs
    ("plate", "车牌号浙A,八幺二Q五", "浙A,八幺二Q五"),
    ("plate", "車牌是ABC-1234", "ABC-1234"),  # Taiwan
    ("plate", "车牌月B幺二三四五", "月B幺二三四五"),  # the province was misheard
]
NONE = [
    "艾特我一下",
    "我用微信支付的",
    "微信 app 更新了",
    "我微信叫快乐的鱼",
    "新款A12手机",
    "我的车是奔驰E300",
    "微信发我一下合同word版",
]


@pytest.mark.parametrize(("kind", "sentence", "value"), SPELLED)
def test_what_is_spelled_is_found_whole(kind: str, sentence: str, value: str) -> None:
    assert personal(sentence) == [(kind, value)]


@pytest.mark.parametrize("sentence", NONE)
def test_words_with_letters_are_no_ids(sentence: str) -> None:
    assert personal(sentence) == []


def test_an_id_that_was_asked_for() -> None:
    assert over_turns("坐席:您微信号多少 / 客户:w x 幺二三 杠 abc") == [(1, "wechat", "w x 幺二三 杠 abc")]
