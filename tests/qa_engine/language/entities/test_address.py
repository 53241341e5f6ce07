"""Addresses from street, estate or numbered village down; a city alone is none."""

from __future__ import annotations

import pytest

from tests.qa_engine.language.entities.builders import only

ADDRESSES = [
    (
        "我住在上海市浦东新区张江路八十八号三号楼五零二室",
        "上海市浦东新区张江路八十八号三号楼五零二室",
    ),
    ("寄到北京市朝阳区建国路88号现代城A座1203", "北京市朝阳区建国路88号现代城A座1203"),
    ("收货地址,江苏省,苏州市,工业园区,星湖街218号", "江苏省,苏州市,工业园区,星湖街218号"),  # pauses inside
    ("我家在阳光花园小区12栋3单元402", "阳光花园小区12栋3单元402"),
    ("河南省南阳市卧龙区张庄村3组12号", "河南省南阳市卧龙区张庄村3组12号"),
    ("台北市信義區忠孝東路五段68號12樓", "台北市信義區忠孝東路五段68號12樓"),
    ("成都武侯区天府大道中段", "成都武侯区天府大道"),
    ("我家住人民路", "人民路"),  # a street without a number, where an address is talked of
    ("住在和平里七区十号楼二门301", "和平里七区十号楼二门301"),
    ("广州天河区体育西路103号维多利广场", "广州天河区体育西路103号维多利广场"),
]
NONE = [
    "我在上海",
    "我在浦东新区",
    "老家是安徽省阜阳市颍上县王庄村",  # a village without a number
    "您从这条路一直走",
    "我不知道三号能不能到",
    "这是你们的套路",
    "我们小区3栋的业主",
    "村里五号发钱",
    "坐10路公交车",
]


@pytest.mark.parametrize(("sentence", "address"), ADDRESSES)
def test_an_address_reaches_from_the_first_place_to_the_last_detail(sentence: str, address: str) -> None:
    assert only(sentence, "address") == [address]


@pytest.mark.parametrize("sentence", NONE)
def test_what_is_no_address(sentence: str) -> None:
    assert only(sentence, "address") == []
