"""What the words of Chinese and English CRMs mean: how an order ended, what a ticket is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from qa_engine.crm.records import OrderStatus, TicketKind, TicketStatus
from qa_engine.dialer.outcomes import normal

Meaning = TypeVar("Meaning", bound=StrEnum)
_FIRST_PART = re.compile(r"[-/_:：>—|、(（]")


def _by_word(given: Mapping[Meaning, str]) -> dict[str, Meaning]:
    return {word: meaning for meaning, words in given.items() for word in (meaning.value, *words.split())}


ORDER_STATUS = _by_word(
    {
        OrderStatus.OPEN: """
            pending new processing in_progress unpaid created draft submitted negotiation 待付款 待支付 未支付 未付款
            待审核 审核中 待签约 待确认 处理中 进行中 跟进中 已创建 已提交 待成交 新建 新订单 待生效 核保中
            """,
        OrderStatus.WON: """
            paid completed complete done success successful closed_won signed effective finished delivered sold
            已成交 成交 已支付 已付款 支付成功 已完成 完成 已签约 签约 已签单 已生效 生效 已承保 承保 已出单 已下单 已放款
            交易成功 已发货 已收货 赢单
            """,
        OrderStatus.LOST: """
            closed_lost failed rejected declined expired 丢单 输单 失败 未成交 已流失 流失 审核未通过 拒保 已拒绝 已过期
            交易失败
            """,
        OrderStatus.CANCELLED: "canceled void voided 已取消 取消 作废 已作废 撤单 已撤单 已关闭 交易关闭 已撤销",
        OrderStatus.REFUNDED: """
            refund returned chargeback surrendered 已退款 退款 全额退款 退货 已退货 退保 已退保 退单 已退单 犹豫期退保
            """,
    }
)
TICKET_STATUS = _by_word(
    {
        TicketStatus.OPEN: """
            new pending processing in_progress assigned reopened on_hold waiting 待处理 未处理 处理中 受理中 已受理 待分配
            已分配 跟进中 待回访 待跟进 重新打开 已重开 重开 挂起 新建 未关闭 未解决 待确认
            """,
        TicketStatus.CLOSED: """
            resolved solved done completed finished 已关闭 关闭 已解决 解决 已完成 完成 已办结 办结 已结案 结案 已处理
            已结单 结单 处理完成 已回访
            """,
        TicketStatus.CANCELLED: """
            canceled void voided duplicate invalid 已取消 取消 已撤销 撤销 作废 已作废 重复 重复工单 无效 误报
            """,
    }
)
TICKET_KIND = _by_word(
    {
        TicketKind.COMPLAINT: """
            complaints complain 投诉 客诉 客户投诉 投诉工单 投诉类 升级投诉 监管投诉 投诉举报 服务投诉 销售投诉 举报
            """,
        TicketKind.SERVICE: """
            support after_sales repair return refund 服务 售后 售后服务 报修 维修 退款 退货 退换货 退保 退费 变更 服务请求
            客户服务 服务工单 业务办理 故障
            """,
        TicketKind.INQUIRY: "enquiry question consultation query 咨询 业务咨询 查询 问询 产品咨询",
        TicketKind.FEEDBACK: "suggestion praise compliment 建议 意见 反馈 表扬 意见反馈",
        TicketKind.OTHER: "misc 其他 其它",
    }
)


def meaning(text: str, given: Mapping[str, Meaning], usual: Mapping[str, Meaning]) -> Meaning | None:
    """What a word means: as the mapping says where there is one, else usually; `投诉-服务态度` is 投诉. None = unknown."""
    words = given or usual
    return words.get(normal(text)) or words.get(normal(_FIRST_PART.split(text.strip(), maxsplit=1)[0]))
