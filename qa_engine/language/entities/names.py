"""Full names: surname and given name, weighed against the reading of the same characters as words.

What announces a name (我叫, 收件人是, 我老公, …女士, 本人) adds to its weight; without any, the characters alone must speak
clearly for one. 张先生, 李姐 and 小陈 are no full names, and neither is what explains one (弓长张, 张三的张).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_engine.language.entities.entity import Found
from qa_engine.language.entities.places import CITIES, PROVINCES
from qa_engine.language.entities.spoken import Spoken
from qa_engine.language.entities.surnames import COMMON, COMPOUND, FREQUENT, GIVEN, NOT_GIVEN, RARE
from qa_engine.language.words import likelihood

_HAN = "\u4e00-\u9fff"
_TITLE = re.compile(
    "先生|女士|小姐|老师|经理|总监|总(?![是共之体计的而])|太太|主任|医生|大夫|老板|师傅|顾问|专员|同学|大?[哥姐爷]|叔叔?|阿姨|大妈|大爷|大叔|伯伯?|婶|嫂|局长|处长|科长|院长|校长|律师|警官|队长|工程师|工(?=[,。您你])|某|氏|家人|教授|会计|店长|部长"
)
_RELATIVES = (
    "老公|老婆|爱人|媳妇儿?|丈夫|妻子|儿子|女儿|闺女|孩子|小孩|宝宝|妈妈?|爸爸?|母亲|父亲|老妈|老爸|哥哥?|弟弟?|姐姐?|妹妹?|爷爷|奶奶|外公|外婆|姥姥|姥爷"
    "|朋友|同事|同学|邻居|侄子|侄女|外甥女?|孙子|孙女|岳父|岳母|公公|婆婆|表哥|表姐|表弟|表妹|堂哥|堂姐|堂弟|堂妹|嫂子|姐夫|妹夫|女婿|儿媳妇?|舅舅|姑姑|叔叔|阿姨|男朋友|女朋友|对象|老伴儿?|助理|秘书|搭档|合伙人|太太|先生"
)
_STAFF = (
    "员工|职员|客户经理|理财经理|业务经理|项目经理|销售经理|经理|顾问|专员|坐席|业务员|销售|主管"
    "|老师|医生|律师|代理人|保险人|客服|助手|助理|主任|教练|店长|专家|会计|负责人|工程师|师傅|快递员"
    "|督导|组长"
)
_FIELDS = (
    "姓名|名字|全名|本名|大名|户名|开户名|抬头|收件人|收货人|寄件人|联系人|联络人|投保人|被保险人|被保人|受益人|持卡人|开户人|借款人|担保人|贷款人|机主|车主|户主|房东|法人代?表?|业主|监护人"
    "|签收人|经办人|付款人|收款人|承保人|申请人|登记人|紧急联系人|家长|学员|学生|患者|用户|登记的|写的|填的|署名|名下|本人"
)
_LINK = r"(?:[ ,、:]|[嗯呃啊]|那个|这个|就是|应该是|名字|姓名|我[,、 ]|就|是|叫|写|填|为|的)"
_ANNOUNCING = re.compile(
    "|".join(
        [
            *(rf"{field}{_LINK}{{0,4}}" for field in _FIELDS.split("|")),
            *(rf"{who}(?:的)?(?:名字|姓名)?(?:就?[是叫]){_LINK}{{0,2}}" for who in _RELATIVES.split("|")),
            rf"叫(?<![大小喊]叫)(?:做|作|的是)?{_LINK}{{0,2}}",
        ]
    )
)
_SUGGESTING = re.compile(
    "|".join(
        [
            *(rf"{who}{_LINK}{{0,2}}" for who in f"{_RELATIVES}|{_STAFF}".split("|")),
            *(
                rf"{word}(?:一下|下)?"
                for word in ["号", "找", "替", "帮", "给", "跟", "叫", "让", "请", "转告", "通知", "联系"]
            ),
            "您是|你是|请问是|是不是|人是|名是",
        ]
    )
)
_INTRODUCING = re.compile("我是|这里是|这边是|我这边|这是")
_CLAUSE = re.compile(rf"[{_HAN}a-z0-9]{{1,28}}")
_ASKED = re.compile(
    "姓名|名字|贵姓|怎么称呼|叫什么|哪位|全名|尊姓|如何称呼|收件人|联系人|持卡人|受益人|户名|称呼您"
)
_LEAD = re.compile(
    r"(?:[ ,。、:?!]|[嗯呃啊哦喂诶哎额]|您好|你好|好的|那个|就是|早上好|下午好|晚上好|请问|不好意思|对|是|叫)*"
)
_AFTER = re.compile(
    r"(?:先生|女士|小姐|本人|同志|老师|经理|同学|医生|律师|主任|师傅|阿姨)|[,、 ]?(?:工号|身份证|电话"
    r"|手机|男|女)|的(?:名字|姓名|身份证|保单|账户|手机|电话|卡)"
    r"|[,、 ]?(?:您好|你好)|[是对]吗|这个名字|这三个字|这两个字|在吗|为您|[他她](?:老[公婆]|妈|爸"
    r"|自己|本人)|跟我说|说[的了过,]|签的|(?:给我|给您)?打的?电话"
    r"|的(?:女儿|儿子|老婆|老公|妈妈|爸爸|家长|爱人|朋友|保险|合同|电话)|吗\?"
)
_EXPLAINED = re.compile(rf"的(?P<char>[{_HAN}])(?![{_HAN}])|的那个")
_BEFORE_SURNAME = re.compile("(?:[小老阿]|[弓木耳双口言草古][长子东木天午头月]|[姓免]|贵姓|免贵|来自)$")
_ORGANISATION = re.compile(
    "投资|保险|公司|银行|证券|集团|科技|教育|金融|速运|快递|物流|财富|资本|基金|信托|贷款|客服|地产|装饰|通信|电信|移动|联通|网络|人寿|财险|车险|寿险|健康|医院|学校|平台|商城|理财"
    "|[村镇乡县市区省路街庄站桥湖山寺]|小区|大厦|广场"
)
_NO_NAME = re.compile(
    r"周[一二三四五六日末]|(?<=[这那一两三几每半])张|马上|谢谢|高[兴铁级]|万[一能]|方[便案]|程序|任何|何[时况必]|严[重格]|金[额卡牌融]|白金"
)
_PLACE = re.compile("|".join(sorted(PROVINCES + CITIES, key=len, reverse=True)))

_ANNOUNCED = 9.0
_ASKED_FOR = 9.0
_SUGGESTED = 4.5
_INTRODUCED = 4.5
_FOLLOWED = 5.0
_OPENS = 3.0
_PRIOR = -5.0
_UNANNOUNCED = 3.5
"""Nats by which a name without any announcement must win."""
_COMMON_SURNAME, _RARE_SURNAME = -4.5, -8.0
_FREQUENT, _GIVEN, _OTHER = -4.7, -5.8, -10.5
_TWO, _ONE = -0.2, -1.9
_MARGIN = 3
"""Characters on both sides that are read along with the name."""

_SURNAME = re.compile(f"(?:{COMPOUND}|[{''.join(sorted(COMMON | RARE))}])(?=[{_HAN}])")
_FIRST = frozenset(name[0] for name in COMPOUND.split("|")) | COMMON | RARE
_CANDIDATE = re.compile(f"[{''.join(sorted(_FIRST))}](?=[{_HAN}])")
_BARE = (
    re.compile(f"[{''.join(sorted(COMMON))}][{''.join(sorted(GIVEN - NOT_GIVEN))}]{{2}}"),
    re.compile(f"[{''.join(sorted(COMMON))}][{''.join(sorted(GIVEN - NOT_GIVEN))}](?={_AFTER.pattern})"),
    re.compile(f"[{''.join(sorted(COMMON | RARE))}][{_HAN}]{{1,2}}(?=先生|女士|小姐|本人)"),
    re.compile(COMPOUND),
)


@dataclass(frozen=True, slots=True)
class _Name:
    start: int
    end: int
    weight: float


def find_names(spoken: Spoken) -> Iterator[Found]:
    """All full names of the call."""
    text = spoken.text
    bonuses: dict[int, float] = {}
    for place, bonus in (*_announced(text), *_openings(spoken)):
        bonuses[place] = max(bonus, bonuses.get(place, 0.0))
    for pattern in _BARE:
        for hit in pattern.finditer(text):
            bonuses.setdefault(hit.start(), 0.0)
    done = 0
    names = (name for place, bonus in sorted(bonuses.items()) if (name := _name_at(text, place, bonus)))
    for name in names:
        if name.start >= done:
            done = name.end
            yield Found("name", name.start, name.end)


def _announced(text: str) -> Iterator[tuple[int, float]]:
    for pattern, bonus in ((_ANNOUNCING, _ANNOUNCED), (_SUGGESTING, _SUGGESTED)):
        for hit in pattern.finditer(text):
            if _CANDIDATE.match(text, hit.end()):
                yield hit.end(), bonus
    for hit in _INTRODUCING.finditer(
        text
    ):  # 我是安心保险的客户经理李晓梅: anywhere in the rest of the clause
        clause = _CLAUSE.match(text, hit.end())
        for candidate in _CANDIDATE.finditer(text, hit.end(), clause.end()) if clause else ():
            yield candidate.start(), _INTRODUCED


def _openings(spoken: Spoken) -> Iterator[tuple[int, float]]:
    """The beginning of turns: 王建国您好, and the answer to 怎么称呼."""
    asked = {spoken.turn_at(hit.start()) for hit in _ASKED.finditer(spoken.text)}
    for turn in range(len(spoken.roles)):
        start, end = spoken.bounds(turn)
        lead = _LEAD.match(spoken.text, start, end)
        place = lead.end() if lead else start
        if place < end and _CANDIDATE.match(spoken.text, place, end + 1):
            yield place, _ASKED_FOR if turn - 1 in asked or turn - 2 in asked else _OPENS


def _name_at(text: str, place: int, bonus: float) -> _Name | None:
    """The likeliest name that begins at `place`; None where reading it as words is likelier."""
    surname = _SURNAME.match(text, place)
    if (
        not surname
        or _NO_NAME.match(text, place)
        or _TITLE.match(text, surname.end())
        or _BEFORE_SURNAME.search(text, max(0, place - 2), place)
    ):
        return None
    best = None
    left = _han_before(text, place)
    right = _han_after(text, place, surname.end() - place + 2 + _MARGIN)
    as_words = likelihood(text[left:right]) - likelihood(text[left:place])
    for length in (2, 1):
        end = surname.end() + length
        weight = _weight(text, surname.group(), surname.end(), end) if end <= right else None
        if weight is None or _is_something_else(text, place, surname.end(), end):
            continue
        if length == 1 and bonus == _OPENS and not _AFTER.match(text, end):
            continue
        support = bonus + (_FOLLOWED if _AFTER.match(text, end) else 0.0)
        if not support and length == 1:
            continue
        total = weight + likelihood(text[end:right]) - as_words + _PRIOR + (support or -_UNANNOUNCED)
        if best is None or total > best.weight:
            best = _Name(place, end, total)
    return best if best is not None and best.weight > 0 else None


def _is_something_else(text: str, place: int, given: int, end: int) -> bool:
    """A title read as a given name (李华经|理), a company, a place, or a name that explains a character."""
    return (
        _PLACE.match(text, place) is not None
        or _ORGANISATION.match(text, end) is not None
        or any(_TITLE.match(text, at) or _ORGANISATION.match(text, at) for at in range(given + 1, end))
        or _is_explained(text, place, end)
    )


def _weight(text: str, surname: str, start: int, end: int) -> float | None:
    """Log-likelihood of surname and given name."""
    given = text[start:end]
    if any(char in NOT_GIVEN or not "\u4e00" <= char <= "\u9fff" for char in given):
        return None
    first = _COMMON_SURNAME if surname in COMMON or len(surname) > 1 else _RARE_SURNAME
    count = _TWO if len(given) > 1 else _ONE
    return first + count + sum(_cost(char) for char in given)


def _cost(char: str) -> float:
    if char in FREQUENT:
        return _FREQUENT
    return _GIVEN if char in GIVEN else _OTHER


def _is_explained(text: str, start: int, end: int) -> bool:
    """张三的张: the name only says how a character is written."""
    hit = _EXPLAINED.match(text, end)
    return hit is not None and (hit["char"] is None or hit["char"] in text[start:end])


def _han_before(text: str, place: int) -> int:
    left = place
    while left > 0 and place - left < _MARGIN and "\u4e00" <= text[left - 1] <= "\u9fff":
        left -= 1
    return left


def _han_after(text: str, place: int, most: int) -> int:
    right = place
    while right < len(text) and right - place < most and "\u4e00" <= text[right] <= "\u9fff":
        right += 1
    return right
