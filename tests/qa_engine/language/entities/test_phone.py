"""Phone numbers, however they are said; service lines and other long numbers are none."""

from __future__ import annotations

import pytest

from tests.qa_engine.language.entities.builders import personal

PHONES = [
    ("打13800138000", "13800138000"),
    ("138-0013-8000", "138-0013-8000"),
    ("138 0013 8000", "138 0013 8000"),
    ("+86 13800138000", "+86 13800138000"),
    (
        "我的手机号是幺三八,嗯,零零幺三那个八零零零",
        "幺三八,嗯,零零幺三那个八零零零",
    ),  # fillers inside belong to it
    ("幺三八然后是零零幺三对八零零零", "幺三八然后是零零幺三对八零零零"),
    ("一三九四个八零零一二", "一三九四个八零零一二"),  # 四个八 is 8888
    ("幺三九 幺二三四 五六七八", "幺三九 幺二三四 五六七八"),
    ("138开头,然后0013,最后四位8000", "138开头,然后0013,最后四位8000"),  # 四位 counts the digits, it is none
    ("幺三八零零,等一下啊,幺三八零零零", "幺三八零零,等一下啊,幺三八零零零"),
    ("要三八零零要三八零零零就行", "要三八零零要三八零零零"),  # misheard 幺
    ("幺八久期零零幺三八零零", "幺八久期零零幺三八零零"),  # misheard 九 and 七
    ("聯絡電話是一三九零五五二八一七零", "一三九零五五二八一七零"),
    ("一三八零零一三八零零零一下", "一三八零零一三八零零零"),  # the 一 of 一下 is no digit
    ("座机021-58881234", "021-58881234"),
    ("(021)58881234", "(021)58881234"),
    ("零五七一八七六五四三二一", "零五七一八七六五四三二一"),
    (
        "区号是零二零,号码八八八八九九九九",
        "零二零,号码八八八八九九九九",
    ),  # the word between is inside the value
    ("0912-345-678", "0912-345-678"),  # Taiwan mobile
    ("零九一二三四五六七八", "零九一二三四五六七八"),
    ("公司電話04-22334455", "04-22334455"),  # Taiwan landline
    ("+886912345678", "+886912345678"),
    ("微信就是手机号13800138000", "13800138000"),  # a number stays a phone number
    ("您的运单到了,收件电话幺三九零零幺三九零零零", "幺三九零零幺三九零零零"),
]
NONE = [
    "请拨打400-820-8820",  # service lines
    "四零零八二零八八二零",
    "95588打来的",
    "拨10086",
    "手机尾号8000",  # the last four say nothing
    "后四位是八零零零",
    "订单号13800138000",  # announced as something else
    "工单编号一三八零零一三八零零零",
    "二零二六年十一月二号三点四十五分",
    "税号91310115MA1K3L5X2T",
    "我的生日是一九八七零三一五",
]


@pytest.mark.parametrize(("sentence", "number"), PHONES)
def test_a_phone_number_is_found_from_its_first_to_its_last_digit(sentence: str, number: str) -> None:
    assert personal(sentence) == [("phone", number)]


@pytest.mark.parametrize("sentence", NONE)
def test_what_is_no_phone_number(sentence: str) -> None:
    assert personal(sentence) == []


def test_a_number_said_again_is_found_again() -> None:
    found = personal("13800138000,再说一遍,138,0013,8000")
    assert found == [("phone", "13800138000"), ("phone", "138,0013,8000")]
