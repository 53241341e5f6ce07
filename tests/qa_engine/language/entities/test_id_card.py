"""Identity numbers: by their check digit, or because they are given as one. All are invented."""

from __future__ import annotations

import pytest

from tests.qa_engine.language.entities.builders import personal

IDS = [
    ("320581198703152040", "320581198703152040"),  # unannounced: the check digit agrees
    ("三二零五八一然后一九八七,零三一五,后面二零四零", "三二零五八一然后一九八七,零三一五,后面二零四零"),
    ("身份证320581198703152041", "320581198703152041"),  # announced: one digit may be misheard
    ("身份证号是一一零一零五一九四九一二三一零零二叉", "一一零一零五一九四九一二三一零零二叉"),
    ("11010519491231002x", "11010519491231002x"),
    ("证件号一一零一零五一九四九一二三一零零二大写的X", "一一零一零五一九四九一二三一零零二大写的X"),
    ("身份证要要零要零要要久久零零三零期八八八要", "要要零要零要要久久零零三零期八八八要"),
    ("F223456786", "F223456786"),  # Taiwan: letter and nine digits
    ("身分證字號 A 一二零 零零零 零零七", "A 一二零 零零零 零零七"),
    ("身分證字號F223456785", "F223456785"),  # announced: the check digit may be wrong
]
NONE = [
    "320581198703152041",  # neither announced nor right
    "F223456785",
    "统一社会信用代码320581198703152040",  # announced as something else
    "身份证尾号2040",
    "护照号E12345678",
]


@pytest.mark.parametrize(("sentence", "number"), IDS)
def test_an_identity_number_is_found_whole(sentence: str, number: str) -> None:
    assert personal(sentence) == [("id_card", number)]


@pytest.mark.parametrize("sentence", NONE)
def test_what_is_no_identity_number(sentence: str) -> None:
    assert personal(sentence) == []
