"""What dispositions of Chinese and English exports mean, as far as words alone tell."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Level(StrEnum):
    """How far a call came; each level contains the ones before it."""

    NOT_CONNECTED = "not_connected"
    CONNECTED = "connected"
    CONTACT = "contact"
    SALE = "sale"


# 拒接 (declined: the telephone was not answered) is not 拒绝 (refused in talk).
_WORDS: Mapping[Level, str] = MappingProxyType(
    {
        Level.NOT_CONNECTED: """
            未接 未接通 未接听 没接 无人接听 无应答 无人应答 不接 拒接 用户拒接 客户拒接 来电拒接 忙线
            占线 用户忙 遇忙 正忙 通话中 关机 停机 空号 错号 无法接通 暂时无法接通 不在服务区 呼叫失败
            外呼失败 拨打失败 失败 呼损 传真 语音信箱 秘书台 来电助手 智能助理 机器人接听 彩铃 未呼通
            取消 主叫取消 振铃未接 呼叫受限 呼入限制 线路故障 超时 no_answer noanswer not_connected
            not_answered busy failed congestion cancel cancelled voicemail machine fax power_off invalid
            rejected declined unanswered na ab dc
            """,
        Level.CONNECTED: """
            接通 已接通 已接 已接听 接听 呼通 成功接通 秒挂 挂断 接通挂断 接通后挂断 客户挂断 接通秒挂
            中途挂断 静音 无声 号码错误 打错 非本人 不是本人 非目标客户 connected answered hangup hang_up
            wrong_number
            """,
        Level.CONTACT: """
            拒绝 明确拒绝 客户拒绝 不需要 无意向 没兴趣 不感兴趣 不考虑 有意向 意向 高意向 低意向 中意向
            意向客户 感兴趣 考虑 考虑中 再考虑 再联系 待跟进 跟进 跟进中 回访 约回访 预约 已预约 预约回拨
            稍后联系 稍后再打 约时间 加微信 已加微信 投诉 勿扰 勿打 别再打 请勿来电 要求勿扰 已有产品
            资料已发 contact refused not_interested interested callback call_back callbk dnc do_not_call
            ni complaint follow_up
            """,
        Level.SALE: """
            成交 已成交 成单 签单 已签单 签约 已签约 下单 已下单 购买 已购买 出单 承保 投保成功 办理
            已办理 办理成功 开户 已开户 报名 已报名 成功办理 转化 已转化 sale sold success order won
            """,
    }
)
WORDS: Mapping[str, Level] = MappingProxyType(
    {word: level for level, words in _WORDS.items() for word in words.split()}
)


def normal(text: str) -> str:
    """A disposition as it is looked up."""
    return text.strip().lower().replace(" ", "_").replace("-", "_")


def level_of(text: str) -> Level | None:
    """What a disposition means; None where the words do not tell."""
    return WORDS.get(normal(text))
