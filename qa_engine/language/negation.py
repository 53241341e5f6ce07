"""The negation guard: 保证收益 inside 不保证收益 is the opposite of a promise.

A negator guards what follows it in the same clause, across words that carry the negation on (不能**给您承诺**保本,
没有**谁能说**稳赚不赔). Words that only look negative (不过, 特别, 没问题, 是不是) guard nothing, and a negator whose
meaning is used up by another predicate (不用担心) does not reach further.
"""

from __future__ import annotations

import re

NEGATORS = frozenset("不没别无未非勿")

_CLAUSE_END = re.compile(r"[,。!?;:、…]")
_NEGATOR = re.compile(
    "[不没别无未非勿]|禁止|严禁|杜绝|拒绝|谨防|警惕|哪有|哪敢|哪能|谁敢|谁能|怎么可能|怎么敢|怎么会|难道"
)
_NO_NEGATION = re.compile(
    "不过|不但|不仅|不光|不管|不论|不然|不止|不只|不少|不断|不停|不久|不同|不如|不错|不好意思|不客气|不要紧|不得了"
    "|不一样|不得不|不妨|不愧|不瞒|不骗|不亏|不满意|不用客气|不知不觉|不知道?|不晓得|不清楚|不就是?|不信您?"
    "|不用担心|不用怕|不用急|不用操心|不用管|不用想|不用犹豫|不担心|不怕|不急|不谢|不行|不对|不值|不划算|不贵|不在乎|不介意"
    "|差不多|对不起|了不起|来不及|用不着|忍不住|怪不得|舍不得|要不然?|岂不|可不|还不|动不动|时不时|好不容易|说不定|好不好|对不对"
    "|再不(?=[^会能敢可])|(?:要是|如果|若是?|假如|只要)(?:您|你)?(?:再)?[不没](?=[^,。!?]{1,6}就)|不(?=[^是能会敢要得许,。!?][^,。!?]{0,3}就)"
    "|特别|分别|区别|级别|个别|性别|识别|类别|判别|辨别|告别|鉴别|差别|别人|别的|别家|别墅|别处|别担心|别怕|别急|别犹豫|别客气|别误会"
    "|无论|无非|无所谓|无忧|无疑|无线|无限|无锡|无抵押|无息|无聊"
    "|未来|未婚|未成年"
    "|非常|除非|非得|非要|莫非|非洲"
    "|没问题|没错|没关系|没事|没准|没想到|没钱|没空|没时间|没兴趣|没用|没必要|没意思|没意义|没办法"
)
_DOUBLE = re.compile("(?:不是|不能|不会|不可能|没有|不得|并非|无|绝非|没有人|没有一个)不$")
_CARRIES_ON = re.compile(
    "是|能够?|会|可能|可以|可|敢|得|要|想|许|准|应该?|允许|需要?|必须?|用|必|打算|觉得|认为"
    "|有任何|有什么|有|任何|什么|所谓|一定|都|也|就|完全|绝对|百分之?百|100%|每|全部?|太|很|那么|这么|真的?"
    "|给|跟|和|向|对|替|帮|为|把|将|以|用|靠|在|到|您|你们?|我们?|咱们?|他们?|客户|客人|人|谁|哪个?|哪家|公司"
    "|说成?|讲|承诺|保证|担保|许诺|答应|宣传|宣称|代表|等于|意味着|属于|存在|出现|提供|收取?|使用|进行|做|搞|去|来|再|过"
    "|这种?|那种?|些|个|样|一|种|类|款|先|直接|随便|随意|私下|[嗯呃啊哦]|\\s"
)
_STOPS = re.compile(
    "[了的吗呢吧嘛啦但却所因如若而]|担心|害怕|错过|犹豫|吃亏|后悔|失望|耽误|亏待|浪费|[怕管信骗瞒急懂行贵]|方便"
)
_DENIED_AFTER = re.compile(
    r"(?:的|这种?|那种?|话|说法|事|产品|是|那|我们?|谁|都|也|可|根本|现在)*"
    r"(?:(?:不可能|不存在)的?(?=[,。!?;]|\Z)|谈不上|做不到|办不到|保证不了|不(?:敢|能)(?:说|保证|承诺)|没有的事|没这回事)"
)
_REACH = 16
_FOREIGN = 2


def negators_in(text: str) -> int:
    """How many negating characters a text in normal form holds."""
    return sum(char in NEGATORS for char in text)


def _asks(text: str, place: int) -> bool:
    """A-not-A: 是不是, 方不方便, 有没有 ask and deny nothing."""
    return text[place] in "不没" and 0 < place < len(text) - 1 and text[place - 1] == text[place + 1]


def denials(text: str) -> int:
    """How many negators deny something; words that only look negative and questions (是不是) don't."""
    masked = {i for hit in _NO_NEGATION.finditer(text) for i in range(*hit.span())}
    return sum(hit.start() not in masked and not _asks(text, hit.start()) for hit in _NEGATOR.finditer(text))


def _last_negator(text: str, start: int) -> re.Match[str] | None:
    """The negator nearest to the left of `start` in its clause."""
    begin = max(0, start - _REACH)
    if _NEGATOR.search(text, begin, start) is None:
        return None
    clause_ends = [hit.end() for hit in _CLAUSE_END.finditer(text, begin, start)]
    begin = clause_ends[-1] if clause_ends else begin
    masked = {i for hit in _NO_NEGATION.finditer(text, begin, start) for i in range(*hit.span())}
    found = None
    for hit in _NEGATOR.finditer(text, begin, start):
        if hit.start() not in masked and not _asks(text, hit.start()):
            found = hit
    return found


def negated_before(text: str, start: int, phrase: str) -> bool:
    """Whether a negator left of `text[start]` denies the phrase that begins there. `text` is in normal form."""
    negator = _last_negator(text, start)
    if negator is None:
        return False
    between = text[negator.end() : start]
    if phrase[:1] in NEGATORS:  # 不需要 after 不 is emphasis or a stutter; only 不是不需要 takes it back
        return bool(
            re.search("(?:不是|并不是|没说|不代表|并非|不会|不可能)$", text[max(0, start - 4) : start])
        )
    if _DOUBLE.search(text[max(0, negator.end() - 5) : negator.end()]):
        return False
    foreign = _CARRIES_ON.sub("", between)
    return len(foreign) <= _FOREIGN and not _STOPS.search(between)


def negated_after(text: str, end: int) -> bool:
    """Whether what ends at `end` is denied right after it: 保本|是不可能的."""
    return _DENIED_AFTER.match(text, end) is not None
