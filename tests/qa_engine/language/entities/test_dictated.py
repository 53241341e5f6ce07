"""Numbers given piece by piece over several turns: each turn's part is an entity of the kind."""

from __future__ import annotations

from tests.qa_engine.language.entities.builders import over_turns


def test_a_phone_number_with_nods_between() -> None:
    line = "坐席:方便留个电话吗 / 客户:你记一下啊幺三八 / 坐席:您说 / 客户:零零幺三 / 坐席:好的 / 客户:八零零零,对了"
    assert over_turns(line) == [(1, "phone", "幺三八"), (3, "phone", "零零幺三"), (5, "phone", "八零零零")]


def test_the_other_side_repeats_the_digits() -> None:
    line = "坐席:您手机号多少 / 客户:138 / 坐席:138 / 客户:0013 / 坐席:嗯 / 客户:8000"
    assert [(turn, text) for turn, _, text in over_turns(line)] == [
        (1, "138"),
        (2, "138"),
        (3, "0013"),
        (5, "8000"),
    ]


def test_pieces_of_one_speaker_with_pauses_between() -> None:
    line = "坐席:留个电话 / 客户:138 / 客户:0013 / 客户:8000"
    assert [kind for _, kind, _ in over_turns(line)] == ["phone"] * 3


def test_an_identity_number_is_not_cut_short_into_a_phone_number() -> None:
    line = "坐席:身份证号说一下 / 客户:130102 / 坐席:嗯 / 客户:19900307 / 坐席:嗯 / 客户:1234"
    assert [kind for _, kind, _ in over_turns(line)] == ["id_card"] * 3


def test_a_birth_date_is_read_as_one() -> None:
    line = "坐席:请说身份证 / 客户:三二零五八一 / 坐席:嗯 / 客户:一九八七年 / 坐席:嗯 / 客户:零三幺五二零四零"
    assert [text for _, _, text in over_turns(line)] == ["三二零五八一", "一九八七", "零三幺五二零四零"]


def test_a_card_and_a_taiwan_identity_number() -> None:
    card = "坐席:卡号 / 客户:六二一七 / 坐席:嗯 / 客户:零零一二三四五六 / 坐席:嗯 / 客户:七八九零一二二"
    assert [kind for _, kind, _ in over_turns(card)] == ["bank_card"] * 3
    identity = "坐席:身分證字號 / 客户:B987 / 坐席:嗯 / 客户:654320"
    assert over_turns(identity) == [(1, "id_card", "B987"), (3, "id_card", "654320")]


def test_a_plate() -> None:
    line = "坐席:车牌报一下 / 客户:豫A / 坐席:嗯 / 客户:三二幺BC"
    assert over_turns(line) == [(1, "plate", "豫A"), (3, "plate", "三二幺BC")]


def test_figures_that_make_no_number_stay() -> None:
    assert over_turns("坐席:交几年 / 客户:138 / 坐席:嗯 / 客户:20") == []


def test_what_is_asked_decides_what_a_number_is() -> None:
    number = "客户:13800138000"
    assert over_turns(f"坐席:报一下您的手机号 / {number}") == [(1, "phone", "13800138000")]
    assert over_turns(f"坐席:报一下您的订单号 / {number}") == []
