"""Money, percentages, dates, clock times and other numbers, on text in which spoken numerals are digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa_engine.language.entities.entity import Found, Kind

_NUMBER = r"\d{1,15}(?:,\d{3}){0,4}(?:\.\d{1,6})?"  # bounded: long runs of digits cost linear time
_SPOKEN = "[一二两三四五六七八九十百千几]"
_CURRENCY = "元|块钱?|美元|美金|美刀|港币|台币|新台币|欧元|日元|英镑|人民币|毛钱?|角|分钱"
_MONEY = re.compile(
    rf"(?:[¥$]|(?:人民币|美元|港币|台币|rmb)[ ]?)?{_NUMBER}[ ]?(?:[千百]?万|亿)?(?:多|来|余|几)?[ ]?(?:{_CURRENCY})(?:\d(?:毛"
    rf"|角)?(?!\d|[个年月天次]))?"
    rf"|(?:[¥$]|人民币|rmb)[ ]?{_NUMBER}[ ]?(?:[千百]?万|亿)?"
    rf"|(?<![一二两三四五六七八九十百千万几这那哪]){_SPOKEN}{{1,12}}(?:万|亿)?(?:多|来|余)?(?:块钱|元|块(?![儿地])(?<!一块))"
    rf"|(?<=保额|保费|额度|月供|月薪|工资|收入|年薪|预算|首付|尾款|定金|押金|余额|利息|本金|欠款|罚款)"
    rf"(?:大概|大约|一共|总共|最高|最低|差不多|[是有为到给在约才就共]){{0,3}}(?P<bare>{_NUMBER}(?:[千百]?万|亿)?)(?![%\d个年月天期])"
)
_PERCENT = re.compile(
    rf"{_NUMBER}[ ]?(?:%|个(?:百分)?点(?!\d))|百分之{_SPOKEN}{{1,12}}|千分之{_SPOKEN}{{1,12}}|百分百"
)
_WEEKDAY = r"(?:周|星期|礼拜)[一二三四五六日天末1-6]"
_DAY = r"\d{1,2}[号日](?![楼线院码库口店铺])"
_MONTH = r"(?:\d{1,2}|(?<!个)[一二三四五六七八九十]{1,2})月(?:份|底|初|中旬|上旬|下旬)?"
_DATE = re.compile(
    rf"(?:(?<!\d)\d{{4}}年|[今明去前后]年)(?:{_MONTH})?(?:{_DAY})?|(?<!\d)\d{{2}}年{_MONTH}(?:{_DAY})?"
    r"|(?<!\d)(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
    rf"|(?:这|本|当|上|下)个?月(?:{_DAY}|底|初)?|每个?月{_DAY}|(?<![\d个]){_MONTH}(?:{_DAY})?"
    r"|大?[前后]天|昨天|今天|明天|今早|今晚|明早|明晚|昨晚|后天晚上"
    rf"|(?:这|本|下下?|上上?)个?{_WEEKDAY}|{_WEEKDAY}|(?:下下?|上上?|本|这)(?:个?星期|个?礼拜|周)(?!期|[一二三四五六日天末])"
    rf"|(?<!\d){_DAY}(?=之?前|以前|到期|还款|扣|开始|[上下中]午|晚上|早上|截止|放|发|到账|生效|之后|以后)"
)
_PART = "(?:凌晨|清晨|清早|早上|早晨|上午|中午|下午|午后|傍晚|晚上|夜里|半夜)"
_HOUR = "(?:[01]?\\d|2[0-4]|[一二两三四五六七八九]|十[一二]?|二十[一二三四]?)"
_MINUTE = "(?:[0-5]?\\d|[一二三四五]?十[一二三四五六七八九]?|零?[一二三四五六七八九])"
_EXACT = f"(?:半|整|钟|[一三]刻|过?{_MINUTE}分|{_MINUTE}(?!\\d|[个%万元块倍折]))"
_TIME = re.compile(
    rf"{_PART}[ ,]?(?:的)?{_HOUR}(?:点{_EXACT}?|:[0-5]\d)(?!\d)"
    rf"|(?<![\d:第.])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\d:])"
    rf"|(?<![\d第一二三四五六七八九十百千.]){_HOUR}点(?:半|整|钟|[一三]刻|{_MINUTE}分)"
    rf"|(?<![\d第一二三四五六七八九十百千.]){_HOUR}点(?=左右|之前|以前|以后|之后|前(?!提)|后|多|到|给您|联系|见|打|开门|上班|下班|出发|准时)"
    rf"|(?<=[天晚早午日号一二三四五六末]){_HOUR}点(?:{_EXACT}|(?!\d|[一二三四五六七八九]))"
)
MAY_HOLD_FIGURE = re.compile(
    "[0-9¥$%周星礼月点块元]|[今明昨前后]天|[今明昨]晚|[今明]早|[今明去前后]年|[百千]分"
)
_PLAIN = re.compile(rf"{_NUMBER}(?:[千百]?万|亿)?")
_PATTERNS: tuple[tuple[Kind, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "money",
        _MONEY,
        re.compile(
            "[元块毛角镑¥$]|分钱|美[金刀]|[港台]币|人民币|rmb|保额|保费|额度|月供|月薪|工资|收入|年薪|预算|首付|尾款|定金|押金|余额|利息|本金|欠款|罚款"
        ),
    ),
    ("percent", _PERCENT, re.compile("[%点]|[百千]分")),
    ("date", _DATE, re.compile(r"[年月天早晚周星礼号日]|\d[-/.]\d")),
    ("time", _TIME, re.compile("[点:]")),
    ("number", _PLAIN, re.compile(r"\d")),
)
"""Kind, what it looks like, and signs of which a turn has at least one that holds it: the patterns begin in so many ways
that they are tried at every character."""
_TURN = re.compile("[^\n]+\n?")


def find_figures(text: str) -> Iterator[Found]:
    """All figures of a normalised text, kind by kind; the earlier kind is the better one where two overlap."""
    turns = [hit.span() for hit in _TURN.finditer(text)]
    for kind, pattern, sign in _PATTERNS:
        for start, end in turns:
            if not sign.search(text, start, end):
                continue
            for hit in pattern.finditer(text, start, end):
                name = "bare" if "bare" in pattern.groupindex and hit["bare"] else 0
                yield Found(kind, hit.start(name), hit.end(name))
