"""Money as people write it, exact to the hundredth; words of CRMs."""

from __future__ import annotations

import pytest

from qa_engine.crm.cells import hundredths, times
from qa_engine.crm.records import OrderStatus, TicketKind
from qa_engine.crm.words import ORDER_STATUS, TICKET_KIND, meaning
from qa_engine.dialer.records import Reason, Rejected


@pytest.mark.parametrize(
    ("text", "amount_c"),
    [
        ("", None),
        ("0", 0),
        ("1280", 128_000),
        ("1,280.50", 128_050),
        ("¥1280.5元", 128_050),
        ("￥ 12,345,678.90", 1_234_567_890),
        ("1.2万", 1_200_000),
        ("0.1", 10),
        ("19.90", 1_990),  # 19.9 * 100 is 1989.9999999999998 in floats
        ("１２．５", 1_250),
        ("99.990", 9_999),
    ],
)
def test_money_is_exact(text: str, amount_c: int | None) -> None:
    assert hundredths(text) == amount_c


@pytest.mark.parametrize("text", ["-5", "$12", "1.234,50", "12,34", "1.005", "约100", "1e3", "9" * 20])
def test_other_money_is_refused(text: str) -> None:
    with pytest.raises(Rejected) as caught:
        hundredths(text)
    assert caught.value.reason is Reason.BAD_AMOUNT


@pytest.mark.parametrize(
    ("text", "often"), [("", None), ("0", 0), ("2次", 2), ("是", 1), ("否", 0), ("也许", None)]
)
def test_how_often(text: str, often: int | None) -> None:
    assert times(text) == often


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("已成交", OrderStatus.WON),
        ("未成交", OrderStatus.LOST),
        ("Closed Won", OrderStatus.WON),
        ("退保", OrderStatus.REFUNDED),
        ("待付款", OrderStatus.OPEN),
        ("won", OrderStatus.WON),
        ("closed", None),  # won or lost, the word does not tell
    ],
)
def test_words_of_orders(text: str, status: OrderStatus | None) -> None:
    assert meaning(text, {}, ORDER_STATUS) is status


def test_a_kind_may_be_divided_further() -> None:
    assert meaning("投诉-服务态度", {}, TICKET_KIND) is TicketKind.COMPLAINT
    assert meaning("售后服务(上门)", {}, TICKET_KIND) is TicketKind.SERVICE
    assert meaning("投诉", {"投诉": TicketKind.OTHER}, TICKET_KIND) is TicketKind.OTHER
