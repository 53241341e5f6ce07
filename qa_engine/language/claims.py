"""Whether words are said as the speaker's own claim, promise or demand: the difference between a violation and a warning.

这款保本 claims. These claim nothing, wherever in the sentence the clue stands: denied before (没有谁能说稳赚不赔) or after
(保本我们做不到), asked (您是问保不保本吗), told of somebody else (别人跟您说包过), warned about (说保本的都是骗子), and a rule
quoted (监管规定不得承诺收益). A sentence at a time; recognised text often has no marks, so distances count too.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from qa_engine.language.negation import NEGATORS, negated_before

_SENTENCE_END = re.compile(r"[。!?;\n]")
_BEFORE = 40
_AFTER = 30
_OWN = "我们?|咱们?|本人|本公司|这款|这个产品|这项|这边|这里"
"""Subjects that take the sentence back to the speaker."""

_CANNOT = (
    "不(?:敢|能够?|可以?|可能|会|得|准|许|允许|要|让|该|应该?|便)|无法|没法儿?|没办法|没敢|绝不|决不|从不|从来不|从未|并不"
    "|没有?(?:谁|人|哪家|哪个|任何人|任何(?:一家|机构|公司)|一家)|没(?:说过?|讲过?|答应过?|承诺过?)|不是(?:说|谁|什么|所有|每)"
    "|别|勿|严禁|禁止|杜绝|谈不上|说不上|称不上|算不上|哪有|哪敢|哪能|哪里有|谁敢|谁能|怎么(?:敢|能|可能|会)|唔|冇|毋"
)
_SPEECH = "说|讲|承诺|保证|担保|答应|许诺|宣传|声称|打包票|夸口|吹|提供?|要求?|让|叫|用|作|给|报|喊|向"
_DENIED = re.compile(
    rf"(?:{_CANNOT})[^,。!?;:]{{0,6}}(?:{_SPEECH})[^,。!?;:]{{0,12}}\Z"
    r"|(?:没有?(?:谁|人|哪家|哪个|任何(?:人|一家|机构|公司)|一家)|谁[都也](?:不|没)|[都也]不|不是(?:所有|每|什么|谁)|从来?不|绝不|决不)[^,。!?;:]{0,8}\Z"
    r"|(?:唔|冇|莫)(?:可以|可能|使|得|好|要|会)?[^,。!?;:跟]{0,3}\Z|(?:取消|打破|叫停)了?\Z"
    r"|(?:保证|承诺|担保|确定|预测)不了[^,。!?;:]{0,8}\Z"
    r"|(?:没有|没|不是|并不是|并非|不属于|不等于|不代表|不意味着|不算|不保证|不承诺|不提供|不收|不存在)[^,。!?;:的得了]{0,4}\Z"
)
_PROMISES = re.compile("保证|承诺|担保|确保|答应|打包票")
_NO_DENIAL = re.compile(
    "错过|犹豫|考虑|吃亏|后悔|失望|耽误|浪费|担心|害怕|操心|怀疑|骗|瞒|怕|放心|急|管|论|光|仅|不用|问题|关系|没错|知道|清楚|懂|明白|要紧|忘"
)
_CARRIES_BACK = (
    "(?:的|了|着|那|这|都|也|就|可|属于|是|这个|叫法|说法|字眼|字样|基金|目前|我们?|咱们?|公司|谁|您|你|平台|这边|这里|一般|现在|早就|种|样|类|个|些|话|事|说法|产品|情况|要求|东西|投资|项目|事情|生意|买卖|好事|人|电话|短信|[两几]个字|这句话|理财|业务|型"
    "|真的|根本|其实|肯定|绝对|完全|千万|一定|任何|哪家|[,、 ]){0,9}"
)
_DENIED_AFTER = re.compile(
    rf"\A{_CARRIES_BACK}"
    r"(?:(?:不可能|不现实|不存在|不成立|没有|不对|不行|不可以|不能|不允许|不合适)(?:的|了|啊|吧|呀|实现|做到|在售|[,。!?;]|\Z)|谈不上|说不上|做不到|办不到|给不了|给不到|做不了|轮不到|保证不了|承诺不了|没法(?:说|讲|保证|承诺|答应)|没(?:人|谁)(?:敢|能)(?:说|讲|保证|承诺|打包票|答应|给)"
    "|不(?:敢|能|可以|可|得|准|许|允许|会|方便)(?:这么|这样|跟|给|您|你|客户|随便|乱|对外|再|去)*(?:说|讲|保证|承诺|提|宣传|打包票|信|相信|答应|写|要求|收)"
    "|(?:早就|早已|已经|已|早|[前去]几?年就?)?(?:取消|叫停|打破|停发|绝迹)(?:了|掉)|(?:要|会|得)?(?:被|挨)(?:罚|处罚|处分|开除|追责)|违规|违法|不合规|不合法|犯法|(?:公司)?(?:要|会|得)开除|骗|忽悠|蒙人|坑|假|虚假|诈骗|不准确|不真实|不靠谱|别(?:信|当真|理|听|转|给|相信|开|点|下载)|不要(?:信|相信|当真|理|听|转|给)"
    "|(?:要|得|须|多|请|务必)?(?:小心|警惕|当心|留心|注意分辨|留个心眼|多个心眼)(?!错过)|没有(?:的事|这回事|这种|那回事|这么回事)|没这(?:回事|种)|不算数|不作数|哪儿?里?有|不(?:允许|让|准|许)(?:再)?(?:用|说|讲|提)|哪有|哪来的|怎么可能"
    "|不(?:再|让|许|准|能|允许)?(?:卖|做|发行|销售)(?:了|\\Z)|不是(?:我们|咱们|官方|正规|真的|公司)|不(?:这么|这样)(?:说|讲|承诺|做|干|搞|用|提)|不(?:提供|包括|收|接受|支持|负责|归|要))"
)
_ANAPHOR = re.compile(
    r"\A(?:的|了|着)?(?:[,]|$)?(?:的)?(?:话|广告|短信|链接|班|群|项目|宣传|一定|得|事|人|说法|说的|公司|机构|电话|产品|平台|中介|一般|那|这|都|您|你|就|我们?|谁|可|是|基本|多半|八成|肯定|往往)"
    r"|\A[^,。!?我]{1,4}的(?:那种|那些|机构|公司|平台|人|广告|宣传|课|班|话|一定|多半|都是?)"
)
_WARNED_LATER = re.compile(
    "出了?问题|不认账?的?\\Z|不负责|不承认|追不回|没有?保障|(?:都是|就是|一定是|肯定是|多半是|八成是|那是|这是|是|属于|涉嫌|纯属|全是)(?:在)?(?:骗|假|忽悠|违规|违法|诈骗|坑|虚假)|骗子"
    "|(?:要|多|千万|请您?|务必|您)(?:小心|警惕|当心|留心|多个心眼|多?留个?心眼|多?留心)|套路|别信|不要信|别相信|不要相信|(?:别|不要|甭)(?:去|再)?(?:理|点|碰|加|搭理|掺和|沾)|不可信|(?:真|可|都|最好|好好)得?掂量|不(?:让|准|许)再?(?:用|说|讲|提|印|写)|信不得|不能信|别上当|不要上当|报警|举报"
)
_TURN_BACK = re.compile(
    "信我|听我|小心错过|我们不一样|我们可?不是|但(?:是)?我们|不过我们|可我们|只有我们"
    "|[听信](?:别人|他们?|外面|人家|网上)"
)
_ASKED_BEFORE = re.compile(
    "(?:您|你|客户)(?:是|想|刚才|刚刚|意思|要|这|主要|现在|还)*(?:问|说的|指的|听说|怀疑|以为|想知道|是说|是指)[^,。!?;:]{0,12}\\Z"
    "|(?:是不是|有没有|能不能|会不会|可不可以|是否|能否|到底|究竟|算不算|敢不敢)[^,。!?;:]{0,8}\\Z|(?:至于|关于|所谓的?|想要|要的是|追求|希望|需要的是|要求|图个)[^,。!?;:]{0,8}\\Z"
)
_ASKED_AFTER = re.compile(
    r"\A(?:的|了|呢|啊|呀|这个|这事)?(?:吗|么(?=[,。?]|\Z)|嘛\?|呢\?|啊\?|\?|还是|与否)|\A[^,。!?;:好行懂道白]{0,3}吗(?:[,。?!]|\Z)"
)
_OTHERS = (
    "别人|有人|人家|骗子|有些|有的|那些|某些|某个|一些|外面|外头|网上|网络上|别家|别的|其他|其它|另外的?(?:公司|平台)|同行(?!业)|中介|他们|她们|他|她|对方"
    "|任何人|任何机构|任何公司|凡是|要是谁|遇到|碰到|听到|看到|接到|收到|以前|过去|上一家"
    "|前一家|有客户|不少|很多(?:人|公司|平台|机构)|不法|小广告|短信里|广告里|朋友圈|您?朋友|您?同事|邻居|亲戚|隔壁|同学|闺蜜|电视上|新闻里|网红|那个老板|我(?:老板|领导|主管|老婆|老公|妈)"
    "|(?:要是|如果|之前|以前|那个|那位|哪个|您那|上次)[^,。!?;:]{0,4}(?:销售|业务员|推销员|客户经理|经纪人|顾问|中介)"
)
_REPORTS = (
    "说|讲|告诉|承诺|保证|宣传|吹|喊|打着|号称|自称|声称|标榜|让|叫|要求|要您|要你|冒充|假冒"
    "|骗|忽悠|拍胸脯|答应|宣称|打电话|来电|推销|教|逼|逗|骂|引导|诱导|开口|劝|问您要|问你要"
)
_REPORTED = re.compile(
    rf"(?:{_OTHERS})[^。!?;:]{{0,10}}(?:{_REPORTS})[^。!?;:]{{0,14}}\Z"
    r"|(?:冒充|假冒|假装|自称|谎称|号称|所谓|打着|外面|别家|别的(?:公司|平台|机构)|有些(?:公司|平台|机构|人)|某些|那些)[^,。!?;:]{0,8}\Z"
    r"|(?:听谁|谁(?:要是|要|敢|再)?)(?:说|讲|承诺|保证)(?:我们|咱们)?[^,。!?;:我咱]{0,6}\Z|(?:骗局|骗术|套路|陷阱)[^,。!?;:]{0,10}\Z"
    r"|(?:谁|哪个|哪家|哪位)(?:要是|再)?(?:跟|和|对|给|告诉|让|叫|向)(?:您|你)?[^,。!?;:]{0,16}\Z"
    r"|(?:银行|定期|存款|国债)(?:存款|储蓄)?(?:那边|那种|才|倒|是|属于|的)+\Z"
    r"|[^们款里边个]才(?:敢|能够?|可以)(?:说|讲|叫|称)[^,。!?;:]{0,4}\Z"
    r"|(?:以前|之前|原来|曾经|上次|上回|去年|前年)[^,。!?;:]{0,4}有(?:一?个|些|的|过)?(?:业务员|同事|销售|员工|坐席|人|机构|公司|平台)[^,。!?;:]{0,8}\Z"
    r"|(?:您|你)(?:是|刚才|刚|想)*问(?:的是)?[^,。!?;:]{0,8}\Z"
    r"|(?:您|你)(?:刚才|刚刚|上次|上回|前面)(?:说|讲|提|问)(?:的|到|过)?[^,。!?;:我咱保包]{0,14}\Z"
    r"|(?:网上|外面|路边|街上)(?:那种|那些|有的|有些|说的|吹的|传的|看到的|贴的)[^,。!?;:]{0,8}\Z"
    r"|(?:您|你|客户|人)(?:刚才|刚|怎么|为什么|总|老)*(?:骂|说)(?:我们?|人|他)[^,。!?;:]{0,4}\Z"
)
_OF_OTHERS = re.compile(
    "(?:^|[,:、])(?:可|但|不过|唉|哎|哎呀)?(?:(?:是|怪|都怪|怨)我|我(?:自己|这人|这张嘴|这个?|这脑子|真是?|就是|才是?)|(?:那|这|有|某)(?:帮|些|群|伙|家|个|种|破|台)?(?:人|公司|平台|机构|中介"
    "|系统|电脑|机器|网络?|手机|天气|骗子|业务员)?|他们?|她们?|人家|对方|骗子|系统|电脑|机器|网络)[^,。!?;:您你]{0,6}\\Z"
    "|(?:^|[,:、])我\\Z"
    "|(?:^|[,:、])我们?(?:要是|如果|要|若|敢|再)[^。!?;]{1,12},\\Z"
)
"""Before an insult: of whom or what it is said, where that is not the listener."""
_LISTENER = re.compile("[你您]")
_TAKES_LEAVE = re.compile("[,。那]{0,2}先?就?先?这样(?:子|吧|了|啊|哈){0,2}[,。]?")
_WONDERS = re.compile("想要?(?:知道|了解|问|咨询|打听|请教)[^,。!?;:]{0,14}\\Z")
"""我想了解去机场最快的路线: what somebody wishes to know is claimed by nobody."""
_MEDIUM = re.compile(
    "(?:一?条|一?个)?(?:短信|电话|微信|邮件|邮箱|系统|官网|公众号|平台|app|客服|快递|合同|比较|对比)"
)
_CLASS = re.compile("类|产品|证券|债券|市场|基金|部|策略")
_SERVES = re.compile(
    "[啊哈呀哦,]{0,3}(?:我|我们|这边|马上|这就|先){0,2}(?:给|帮|替|为)您|(?:收|等)?(?:短信|通知|消息|验证码|链接)"
)
"""After what sounds like a threat: 等着啊,我给您查."""
_RULE = re.compile(
    "(?:规定|要求|监管|法律|法规|广告法|保监|证监|人行|制度|红线|合规|不让|按照?规|培训|纪律|提醒|提示|公告|警方|反诈)[^。!?;]{0,16}"
    "(?:不得|不能|不可以?|不准|不许|不让|不允许|严禁|禁止|杜绝|谨防|防止|警惕|小心|当心|不要|别|切勿|勿)[^。!?;]{0,18}\\Z"
    "|(?:别|不要|不能|不可|勿|切勿|莫)(?:再|轻易|去|随便)?(?:信|相信|听信|轻信|听|理|上当)[^,。!?;:]{0,14}\\Z"
    "|(?:谨防|严防|防止|防范|警惕|当心|提防|禁止|严禁|杜绝|切勿|避免|拒绝|举报|远离|识别)[^,。!?;:]{0,14}\\Z"
)
_IF_SO = re.compile("(?:要是|如果|假如|真要|真能|真有|若|要真|真是|我要(?:是)?说)[^,。!?;]{0,14}\\Z")
_THEN = re.compile(
    "\\A[^。!?;]{0,12}(?:早就?|谁还|还用|何必|我自己|自己就|大家都|人人都|哪还|岂不|还轮|还打什么|(?:那|就|,|等于)+是?(?:在|等于)?(?:骗|害|坑|蒙|哄|忽悠|违规|违法|不负责|丢饭碗|砸饭碗)|(?:要|会|就得?|公司|得)+(?:被)?(?:开除|处罚|罚|炒))"
)
_WISHED = re.compile("(?:要|想|图|求)(?:个|绝对|完全|百分百|100%)?\\Z")
_ELSEWHERE = re.compile("\\A[^。!?;]{0,10}(?:存款|存银行|去存|定期|国债|别家|另请|不适合|不合适)")
"""要保本的您可以考虑存款: what somebody wants is sent elsewhere."""
_A_NOT_A = re.compile(r"(.)[不没]\1")
_NAMES_FRAUD = re.compile("冒充|假冒|自称|谎称|骗子|诈骗")
_GOES_ON = re.compile("不[赔亏输蚀]")
_NOT_NOT = re.compile(
    "(?:不是|并不是|并非|没说|不代表|不等于|不会|不可能|不能|不敢|谁敢|谁能|没人敢|没人能|哪有|哪能|绝不|不保证|不意味着"
    "|没有(?:哪|什么|一|任何|谁)?[^,。!?;:]{0,6}?是?)(?:说|讲|指|就|完全|绝对|一点儿?|100%|真的|都|是|保证|承诺|任何|哪个|您|你|我|我们)*\\Z"
)


ClaimKind: TypeAlias = Literal["statement", "demand", "insult"]
"""statement: what is asked is not claimed (保不保本?). demand: a question demands as well (转到我微信可以吗). insult: a
question insults as well (有病吧你?), but not what is said of oneself, of a thing or of third parties (那帮人真不要脸)."""


def is_claim(text: str, start: int, end: int, *, kind: ClaimKind = "statement") -> bool:
    """Whether `text[start:end]` is claimed by whoever says it. `text` is a turn in normal form."""
    more = _GOES_ON.match(text, end)
    end = more.end() if more else end
    before, after = _before(text, start), _after(text, end)
    return not (
        (kind != "insult" and _NAMES_FRAUD.search(text, start, end))
        or _denied(text, start, end, before)
        or _denied_later(after)
        or (kind == "statement" and (_asked(before, after) or _asks_itself(text, start)))
        or (kind == "statement" and _WONDERS.search(before + text[start : start + 2]))
        or _names_something_else(text[start:end], after)
        or (kind == "insult" and _means_others(text[start:end], before, after))
        or _told_of_others(_spoken(text, start, before))
        or _RULE.search(before)
        or (_IF_SO.search(before) and _THEN.search(after))
        or (_WISHED.search(before) and _ELSEWHERE.search(after))
    )


def _means_others(said: str, before: str, after: str) -> bool:
    if _TAKES_LEAVE.fullmatch(said):
        return True
    return (not _LISTENER.search(said) and bool(_OF_OTHERS.search(before))) or bool(_SERVES.match(after))


def _names_something_else(said: str, after: str) -> bool:
    """一天通过|短信: by way of; 固定收益|类产品: the name of a class."""
    return bool(
        (said.endswith("通过") and _MEDIUM.match(after))
        or (said.endswith(("固定收益", "固收")) and _CLASS.match(after))
    )


def _before(text: str, start: int) -> str:
    """The part of the sentence before the claim, as far as it matters."""
    part = text[max(0, start - _BEFORE) : start]
    ends = [hit.end() for hit in _SENTENCE_END.finditer(part)]
    return part[ends[-1] :] if ends else part


def _after(text: str, end: int) -> str:
    """The part of the sentence after the claim, with the mark that ends it."""
    part = text[end : end + _AFTER]
    stop = _SENTENCE_END.search(part)
    return part[: stop.end()] if stop else part


def _denied(text: str, start: int, end: int, before: str) -> bool:
    if text[start] in NEGATORS:
        return bool(_NOT_NOT.search(before))
    if negated_before(text, start, text[start:end]):
        return True
    hit = _DENIED.search(_A_NOT_A.sub("…", _spoken(text, start, before)))
    return hit is not None and not _NO_DENIAL.search(hit.group())


def _spoken(text: str, start: int, before: str) -> str:
    """What precedes the claim, with the verb that it starts with: 没有谁能|保证收益|, 有的机构|说保过|."""
    promise = _PROMISES.match(text, start)
    return before + promise.group() if promise else before + (text[start] if text[start] in "说讲称" else "")


def _denied_later(after: str) -> bool:
    if _TURN_BACK.search(after):
        return False
    return bool(_DENIED_AFTER.match(after) or (_ANAPHOR.match(after) and _WARNED_LATER.search(after)))


def _asked(before: str, after: str) -> bool:
    return bool(_ASKED_BEFORE.search(before) or _ASKED_AFTER.match(after))


def _asks_itself(text: str, start: int) -> bool:
    """保不|保本|, 有|没有更快的|: the second half of A-not-A."""
    if start and text[start] in "不没":
        return text[start - 1] == text[start + 1 : start + 2]
    return start > 1 and text[start - 1] in "不没" and text[start - 2] == text[start]


def _told_of_others(before: str) -> bool:
    hit = _REPORTED.search(before)
    return hit is not None and not re.search(rf"[,](?:那|但|可|不过|而)?(?:{_OWN})", hit.group())
