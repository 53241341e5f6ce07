"""Bank cards: given as one, or by their check digit. All are invented."""

from __future__ import annotations

import pytest

from tests.qa_engine.language.entities.builders import personal

CARDS = [
    ("卡号是6217001234567890122", "6217001234567890122"),
    ("银行卡六二幺七零零幺二三四五六七八九零幺二二", "六二幺七零零幺二三四五六七八九零幺二二"),
    ("工行的6217 0012 3456 7890 122", "6217 0012 3456 7890 122"),
    ("6217001234567890122这是我的银行卡", "6217001234567890122"),  # announced after it
    ("卡号6217001234567890123", "6217001234567890123"),  # announced: a digit may be misheard
    ("4111111111111111", "4111111111111111"),  # unannounced: the check digit agrees
]
NONE = [
    "4111111111111112",
    "快递单号6217001234567890122",  # not a card, even where the check digit agrees
    "设备序列号4111111111111111",
    "保单号是622848004056412345",
    "卡号尾号0122",
    "条码6901234567892",
]


@pytest.mark.parametrize(("sentence", "number"), CARDS)
def test_a_card_number_is_found_whole(sentence: str, number: str) -> None:
    assert personal(sentence) == [("bank_card", number)]


@pytest.mark.parametrize("sentence", NONE)
def test_what_is_no_card_number(sentence: str) -> None:
    assert personal(sentence) == []
