"""Tables of orders and tickets: the usual names of their columns, or a mapping file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from qa_engine.crm.records import OrderStatus, TicketKind, TicketStatus
from qa_engine.dialer.columns import Columns, Document, Vocabulary, parse_mapping_file, section
from qa_engine.dialer.outcomes import normal

_CUSTOMER = {
    "phone": """
        phone phone_no phone_number tel telephone mobile customer_phone contact_phone 客户电话 客户手机 客户号码 手机
        手机号 手机号码 电话 电话号码 联系电话 联系方式 号码
        """,
    "lead": """
        lead lead_id leadid customer customer_id customerid client_id 客户编号 客户id 客户号 名单编号 线索编号 线索id 会员编号
        """,
    "agent_id": """
        agent_id agentid agent user user_id owner_id sales_id seller_id employee_id 坐席 坐席工号 坐席编号 座席工号 座席编号
        工号 员工号 员工工号 业务员工号 销售工号 客服工号 负责人工号 归属工号 坐席id
        """,
    "agent_name": """
        agent_name full_name owner salesperson seller 坐席姓名 座席姓名 员工姓名 业务员 销售 销售员 销售姓名 客服 客服姓名
        负责人 归属人 姓名
        """,
    "team_id": "team_id teamid team group group_id 团队 班组 小组 组别 部门 所属团队 所属班组 团队编号",
    "campaign": "campaign campaign_id project 项目 活动 任务 项目名称 活动名称 任务名称 营销活动 外呼任务",
    "call": """
        call call_id callid uniqueid unique_id call_key 通话编号 通话id 呼叫编号 呼叫id 话单编号 话单号 录音编号 来源通话
        """,
    "updated_at": """
        updated_at update_time updated modified_at last_modified 更新时间 修改时间 最后更新时间 最近更新时间 最后修改时间
        """,
    "status": "status state 状态 {table}状态 处理状态 当前状态",
}


def _vocabulary(own: Mapping[str, str], table: str, *, sections: tuple[str, ...]) -> Vocabulary:
    shared = {name: words.replace("{table}", table) for name, words in _CUSTOMER.items()}
    return Vocabulary({**own, **shared}, sections=sections, docs="docs/crm.md")


ORDERS = _vocabulary(
    {
        "key": """
            key order_id orderid order_no order_number id order 订单编号 订单号 订单id 单号 成交单号 合同编号 合同号 保单号
            编号
            """,
        "amount": """
            amount order_amount total total_amount price value paid_amount premium 金额 订单金额 成交金额 成交额 实付金额
            支付金额 合同金额 保费 销售额 总金额
            """,
        "created_at": """
            created_at create_time created order_time order_date 下单时间 创建时间 订单时间 下单日期 创建日期 录入时间
            提交时间
            """,
        "closed_at": """
            closed_at close_time closed won_at paid_at completed_at signed_at deal_time 成交时间 成交日期 支付时间 付款时间
            完成时间 签约时间 签约日期 关闭时间 结束时间 生效时间
            """,
    },
    "订单",
    sections=("statuses", "status_map"),
)
TICKETS = _vocabulary(
    {
        "key": """
            key ticket_id ticketid ticket_no ticket_number case_id case_no id ticket 工单编号 工单号 工单id 投诉编号 单号
            编号 流水号
            """,
        "kind": """
            kind type ticket_type category case_type 类型 工单类型 类别 工单类别 分类 工单分类 问题类型 业务类型
            """,
        "opened_at": """
            opened_at open_time opened created_at create_time created 创建时间 提交时间 受理时间 登记时间 建单时间 投诉时间
            开单时间 发起时间 工单时间
            """,
        "closed_at": """
            closed_at close_time closed resolved_at solved_at completed_at 关闭时间 办结时间 结案时间 解决时间 完成时间
            结单时间 处理完成时间
            """,
        "reopened_at": "reopened_at reopen_time 重开时间 重新打开时间 再次打开时间 最近重开时间",
        "reopened": """
            reopened reopens reopen_count reopened_count is_reopened 重开次数 重新打开次数 是否重开 重开 返工次数
            """,
    },
    "工单",
    sections=("statuses", "status_map", "kinds", "kind_map"),
)
VOCABULARIES = MappingProxyType({"orders": ORDERS, "tickets": TICKETS})
_STATUSES: Mapping[str, type[StrEnum]] = MappingProxyType({"orders": OrderStatus, "tickets": TicketStatus})
Meaning = TypeVar("Meaning", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class CrmMap(Columns):
    """`statuses` and `kinds`: word of the table (normalised) → what it means; empty = by the usual words."""

    statuses: Mapping[str, StrEnum] = field(default_factory=lambda: MappingProxyType({}))
    kinds: Mapping[str, StrEnum] = field(default_factory=lambda: MappingProxyType({}))


def _meanings(given: Mapping[object, object], known: type[Meaning]) -> Mapping[str, Meaning]:
    """`已成交: won`, or `won: [已成交, 已支付]`. Raises ValueError for a meaning that there is not."""
    found: dict[str, Meaning] = {}
    for name, value in given.items():
        if isinstance(value, list):
            found |= {normal(str(word)): known(normal(str(name))) for word in value}
        else:
            found[normal(str(name))] = known(normal(str(value)))
    return MappingProxyType(found)


def as_named(table: str) -> CrmMap:
    """Columns and words by their usual names. `table` is `orders` or `tickets`."""
    return CrmMap(VOCABULARIES[table])


def parse_crm_mapping(data: bytes, table: str, *, file: str) -> CrmMap:
    """Reads the mapping file of a table of `orders` or `tickets`. Raises `BadMapping`."""

    def words(document: Document) -> tuple[Mapping[str, StrEnum], Mapping[str, StrEnum]]:
        kinds = section(document, "kinds", "kind_map") if table == "tickets" else {}
        statuses = section(document, "statuses", "status_map")
        return _meanings(statuses, _STATUSES[table]), _meanings(kinds, TicketKind)

    vocabulary = VOCABULARIES[table]
    mapped, (statuses, kinds) = parse_mapping_file(data, vocabulary, words, file=file)
    return CrmMap(vocabulary, mapped.columns, mapped.zone, mapped.time_format, statuses, kinds)
