"""What a number is said to be: 手机号是…, 身份证号…, 订单号…. The nearest announcement counts."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from qa_engine.language.entities.spoken import Spoken

Topic: TypeAlias = Literal["phone", "id_card", "bank_card", "wechat", "email", "plate", "other"]

_TOPICS: dict[Topic, str] = {
    "other": (
        "(?:订单|保单|投保单|批单|赔案|理赔|报案|案件|合同|合约|工单|运单|快递|包裹|物流|取件|提货|航班|车票|提单|报关|受理|流水|交易|凭证|支付|转账|退款"
        "|退货|投诉|服务|预约|维修|保修|质保|申请|批次|序列|设备|机器|主机|备件|产品|商品|货|型|条|会员|商户|学籍|准考证|发票|备案|专利|许可|执照|登记|注册"
        "|车架|发动机|电表|水表|户|宽带|兑换|优惠|档案|病历|就诊|住院|箱|柜|票|编|项目|房源|资产|器材|股票|基金)(?:单)?(?:编)?(?:号码?|码)"
        "|订单|运单|快递单|工单|保单尾号|单号|单据号|编号|编码|工号|员工号|验证码|税号|纳税人|识别号|信用代码|机构代码|条形码|条码|序号|串码|密码|邮编|邮政编码"
        "|会员卡|积分卡|社保卡|医保卡|购物卡|礼品卡|充值卡|加油卡|门禁卡|就诊卡|(?<![a-z])(?:qq|sn|imei|mac|vin|iccid|isbn|sku|ip)(?![a-z])"
        "|热线|客服电话|服务电话|投诉电话|官方电话|总机|报警|短信号|端口号|统编|统一编号"
    ),
    "id_card": "身[份分]证|身份号|居民证|证件号?|公民身份|(?<![a-z])id(?![a-z])|居留证|居留号|统一证号|证号",
    "bank_card": (
        "银行卡|储蓄卡|信用卡|借记卡|工资卡|银联卡|贷记卡|扣款卡|还款卡|收款卡|绑定的?卡|卡号|[账帐]号|[账帐]户|卡的?号码|开户|[工农建招交民中]行"
        "|(?:工商|农业|建设|招商|交通|民生|中国|邮政|邮储|浦发|兴业|光大|平安|中信|华夏|广发|储蓄)银?行|刷卡|这张卡|那张卡|我的?卡|一张卡|卡是"
    ),
    "wechat": "微信号?|(?<![a-z])(?:vx|wechat|wx|v信)|威信|加微|加v|薇信",
    "email": "邮箱|(?<![a-z])e?-?mail|电子邮件|邮件",
    "plate": "车牌|牌照|车号|号牌|车是|我的车|车子",
    "phone": (
        "手机|电话|联系方式|座机|固话|联系号码|打这个|拨这个|打到|联系我|行动电话|(?<![a-z])(?:tel|mobile|phone)(?![a-z])|市话|号码是|打我|传真"
    ),
}
_CUE = re.compile("|".join(f"(?P<{topic}>{words})" for topic, words in _TOPICS.items()))
_REACH = 30
_OTHER_REACH = 14
_AFTER = re.compile(
    "[,。、\\s]*(?:[,。]?(?:这个?|那个?|它|就)?(?:是|为)?)?(?:我|我的|他|她|我老公|我老婆|家里|本人|公司|办公室)?(?:的|就是)?"
    "(?P<word>手机|电话|座机|身[份分]证|证件|银行卡|卡号|储蓄卡|信用卡|订单|单号|快递|运单|工单|保单|编号|验证码|工号|微信)"
)
_AFTER_TOPICS: dict[str, Topic] = {
    "手机": "phone",
    "电话": "phone",
    "座机": "phone",
    "身份证": "id_card",
    "身分证": "id_card",
    "证件": "id_card",
    "银行卡": "bank_card",
    "卡号": "bank_card",
    "储蓄卡": "bank_card",
    "信用卡": "bank_card",
    "微信": "wechat",
}
_TURNS_BACK = 4
_OTHER_TURNS_BACK = 2


@dataclass(frozen=True, slots=True)
class Cue:
    """An announcement at `[start, end)` of the joined text."""

    topic: Topic
    start: int
    end: int


class Cues:
    """The announcements of a call."""

    def __init__(self, spoken: Spoken) -> None:
        self._spoken = spoken
        self._by_turn: dict[int, list[Cue]] = {}

    def topic(self, start: int, end: int) -> Topic | None:
        """What the number at `[start, end)` is said to be: nearest to its left, then right after it, then what was
        asked or said in the turns just before."""
        turn = self._spoken.turn_at(start)
        nearest = self._left_of(turn, start)
        if nearest is not None and start - nearest.end <= (
            _OTHER_REACH if nearest.topic == "other" else _REACH
        ):
            return nearest.topic
        after = _AFTER.match(self._spoken.text, end, min(end + 24, self._spoken.bounds(turn)[1]))
        if after:
            return _AFTER_TOPICS.get(after["word"], "other")
        for earlier in range(turn - 1, max(-1, turn - 1 - _TURNS_BACK), -1):
            cues = self._of(earlier)
            if cues:
                return (
                    cues[-1].topic
                    if cues[-1].topic != "other" or turn - earlier <= _OTHER_TURNS_BACK
                    else None
                )
        return None

    def _of(self, turn: int) -> list[Cue]:
        """The announcements of a turn. Only turns that are asked about are searched."""
        if turn not in self._by_turn:
            start, end = self._spoken.bounds(turn)
            found = _CUE.finditer(self._spoken.text, start, end)
            self._by_turn[turn] = [Cue(cast("Topic", hit.lastgroup), hit.start(), hit.end()) for hit in found]
        return self._by_turn[turn]

    def _left_of(self, turn: int, place: int) -> Cue | None:
        cues = self._of(turn)
        before = bisect_right(cues, place, key=lambda cue: cue.end)
        return cues[before - 1] if before else None
