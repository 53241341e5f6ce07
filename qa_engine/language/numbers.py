"""Spoken numerals → digits: 两万五 → 25000, 百分之三点五 → 3.5%, 幺零三 → 103, 三百八 → 380.

What is no exact number stays as it is: approximations (七八百, 十几万), words (万一, 十分, 千万别), lists (一三五),
clock times, and single small counts, which read the same either way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_DIGITS = dict(zip("零〇一二两三四五六七八九幺", "0012234567891", strict=True))
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"亿": 10**8, "万": 10**4}  # largest first: read from the left

_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
"""Written on cheques; alone they are surnames and other words (陆, 伍)."""
_D = "零〇一二两三四五六七八九幺"
_SECTION = re.compile(
    rf"(?:(?P<thousands>[{_D}\d]+)千)?[零〇]*(?:(?P<hundreds>[{_D}\d]+)百)?"
    rf"(?:[零〇]*(?P<tens>[{_D}\d]*)十)?(?P<zero>[零〇]*)(?P<ones>[{_D}]|\d+)?"
)
_FORMAL_SIGN = re.compile("[壹贰叁肆伍陆柒捌玖拾佰仟]")
_FORMAL_NUMERAL = re.compile(
    "[壹贰叁肆伍陆柒捌玖][零〇壹贰叁肆伍陆柒捌玖拾佰仟万]{1,20}|(?<=[一二两三四五六七八九])[拾佰仟]"
)
_TOKEN = re.compile(
    rf"百分之(?P<percent>百|[{_D}十百千万0-9]+(?:[点.][{_D}0-9]+)?)"
    rf"|(?P<number>(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|[{_D}十百千万亿0-9]+)(?:[点.][{_D}0-9]+)?[万亿]?)"
)
_UNITS_AFTER_SINGLE = re.compile(rf"[元%]|块(?:钱|[{_D}])|毛钱?|角|分钱|美元|港币|人民币")
_COINS_BEFORE = re.compile(rf"[{_D}十百千万0-9][块毛]$")
_UNITS_AFTER_TEN = re.compile(
    r"[块元年天月号日期岁秒倍折名位家份次层楼成%]|个(?!别)|分钟|小时|万|亿|来|多|几|点[一二三四五六七八九]"
)
_DECIMAL_UNIT = re.compile(r"[%元块倍折厘亿万分]|个(?:百分)?点|厘米|公里")
_CLOCK_BEFORE = re.compile(
    r"(?:上午|下午|中午|晚上|早上|凌晨|今晚|明早|今天|明天|后天|[周号日]|星期[一二三四五六日天]|到|至)$"
)
_CODE_BEFORE = re.compile(r"(?:号|编号|工号|号码|尾号|代码|区号|密码|验证码|房间|电话|手机|是)[是为:, ]*$")
_MEASURE_AFTER = re.compile(r"[个次年天月份张期位人台笔单股季周分块件项条平节课盒瓶套箱斤]")
_APPROXIMATE_BEFORE = re.compile(r"[几数上好成近]$")
_APPROXIMATE_AFTER = re.compile(r"[几来]|多(?!少)|余(?!额)|把(?=块|元|个|万)")
_IDIOM = re.compile(
    r"双十一|十一(?:假期|长假|国庆|黄金周|期间|放假)|十万火急|九九归一|十之八九|二十四节气|百里挑一|九牛一毛|一毛不拔|十块八块|七七八八|正月(?:十五|初)|大年(?:三十|初)"
)
_LISTS = {"一三五", "二四六", "三六九", "一二三", "三五七", "一二"}
_NEIGHBOURS = re.compile(r"一二|一两|两三|二三|三四|三五|四五|五六|六七|七八|八九")
_BARE_UNITS = re.compile(r"[百千万亿]")
_MONTH_DAY = re.compile(rf"(?P<month>[{_D}十0-9]{{1,3}})月(?:(?P<day>[{_D}十0-9]{{1,3}})(?=[号日]))?")
_SHORTHAND_AND_ONE = re.compile(r"[一二两三四五六七八九百千万亿]一$")
_DIGITS_IN_A_ROW = re.compile(rf"[{_D}]{{2}}")
LONGEST = 64
"""Longer runs of numerals are no number that anybody says (a bank card has 19 digits) and stay as they are."""
_MONTHS = range(1, 13)
_DAYS = range(1, 32)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A spoken numeral at `[start, end)` of the text; `digits` is how it is written, with `%` for 百分之."""

    start: int
    end: int
    digits: str


def _section(text: str) -> int | None:
    """Value of a numeral below 10,000; the last digit may be shorthand (三百八)."""
    hit = _SECTION.fullmatch(text)
    if not hit:
        return None
    value, unit = 0, 1
    for name, scale in (("thousands", 1000), ("hundreds", 100), ("tens", 10)):
        if hit[name] is not None:
            value += int(_digit_string(hit[name]) or "1") * scale
            unit = scale
    last = _digit_string(hit["ones"] or "")
    shorthand = len(last) == 1 and unit >= 100 and text[-2] not in "零〇"
    return value + int(last or "0") * (unit // 10 if shorthand else 1)


def _whole(text: str) -> int | None:
    """Value of a numeral without a decimal part, shorthand included (两万五, 三百八); None if it is none."""
    text = text.replace(",", "")
    total = 0
    rest = text
    for large, scale in _LARGE.items():
        head, found, rest = rest.partition(large)
        if not found:
            rest = head
            continue
        section = _section(head)
        if not head or section is None:
            return None
        total += section * scale
        if len(rest) == 1 and _digit_string(rest).isdigit():
            return total + int(_digit_string(rest)) * scale // 10
    section = _section(rest)
    return None if section is None else total + section


def _has_unit(text: str) -> bool:
    return any(char in _SMALL or char in _LARGE for char in text)


def _digit_string(text: str) -> str:
    return "".join(_DIGITS.get(char, char) for char in text)


def _decimal(whole: str, fraction: str, scale: int) -> str | None:
    value = _whole(whole) if _has_unit(whole) else int(_digit_string(whole).replace(",", "") or "0")
    if value is None:
        return None
    digits = _digit_string(fraction)
    if scale == 1:
        return f"{value}.{digits}"
    scaled = (value * 10 ** len(digits) + int(digits)) * scale
    if scaled % 10 ** len(digits):
        return None
    return str(scaled // 10 ** len(digits))


def _with_point(token: str, before: str, after: str) -> str | None:
    """三点五 is a decimal unless it is a time of day; 3.5万 is scaled."""
    scale = _LARGE.get(token[-1], 1)
    body = token[:-1] if scale > 1 else token
    whole, point, fraction = re.split(r"([点.])", body, maxsplit=1)
    if point == "点" and scale == 1:
        if _CLOCK_BEFORE.search(before) and not _DECIMAL_UNIT.match(after):
            return None
        if after[:1] in ("分", "十", "刻", "半") or "十" in fraction:
            return None
    return _decimal(whole, fraction, scale)


def _read_digit_by_digit(token: str, before: str, after: str) -> str | None:
    """幺零三 → 103; lists (周一三五), approximations (三四个) and pairs (八五折) stay."""
    if token.isascii():
        return token.replace(",", "") if "," in token else None
    if token in _LISTS or (_NEIGHBOURS.fullmatch(token) and not _CODE_BEFORE.search(before)):
        return None
    is_pair = (
        len(token) == 2 and not set(token) & set("零〇幺") and not after.startswith("年")
    )  # 一六年 is a year
    is_joined = token[0] in "零〇" and before.endswith(("块", "元"))  # 二十块零五毛
    is_list = before.endswith(("周", "星期", "礼拜", "双"))
    if "两" in token or is_joined or is_list or (is_pair and not _CODE_BEFORE.search(before)):
        return None
    return _digit_string(token)


def _single(token: str, before: str, after: str) -> str | None:
    """Single small numbers stay, except as money or a rate."""
    if before.endswith(("第", "周", "星期", "礼拜")):
        return None
    if token == "十":
        return "10" if _UNITS_AFTER_TEN.match(after) and not _APPROXIMATE_AFTER.match(after) else None
    if token not in _DIGITS or token in "零〇幺":
        return None
    if _UNITS_AFTER_SINGLE.match(after) or (_COINS_BEFORE.search(before) and not _MEASURE_AFTER.match(after)):
        return _DIGITS[token]
    return None


def _with_units(token: str, before: str, after: str) -> tuple[str, int] | None:
    """Digits of a numeral with units and how many characters of the token they cover."""
    if _BARE_UNITS.match(token) or _APPROXIMATE_BEFORE.search(before) or _APPROXIMATE_AFTER.match(after):
        return None
    length = len(token)
    if _SHORTHAND_AND_ONE.search(token) and _MEASURE_AFTER.match(after):
        length -= 1  # 三百八一个月 is 380 + 一个月, 三千一年 is 3000 + 一年
    body = token[:length]
    if _DIGITS_IN_A_ROW.search(body.replace("零", "").replace("〇", "")):
        return None
    if not _has_unit(body):
        return None
    value = _whole(body)
    return None if value is None else (str(value), length)


@lru_cache(maxsize=4096)
def _convert(token: str, before: str, after: str) -> tuple[str, int] | None:
    if "点" in token or "." in token:
        digits = _with_point(token, before, after)
        if digits is None and "点" in token:
            return None
    elif _has_unit(token) and len(token) > 1:
        return _with_units(token, before, after)
    elif len(token) == 1:
        digits = _single(token, before, after)
    else:
        digits = _read_digit_by_digit(token, before, after)
    return None if digits is None else (digits, len(token))


def _dates(text: str) -> Iterator[Numeral]:
    """三月五号, 十一月二十号: month and day as digits. 三个月 is a count and no date."""
    if "月" not in text:
        return
    for hit in _MONTH_DAY.finditer(text):
        month = _whole(hit["month"])
        day = _whole(hit["day"]) if hit["day"] else None
        if month not in _MONTHS or day not in _DAYS or day is None:
            continue
        for name, value in (("month", month), ("day", day)):
            if not hit[name].isascii():
                yield Numeral(hit.start(name), hit.end(name), str(value))


def numerals(text: str) -> tuple[Numeral, ...]:
    """All spoken numerals of a text in half-width Simplified characters, in order, without overlap."""
    if _FORMAL_SIGN.search(text):
        text = _FORMAL_NUMERAL.sub(lambda hit: hit.group().translate(_FORMAL), text)
    read = [
        (hit, numeral)
        for hit in _TOKEN.finditer(text)
        if hit.end() - hit.start() <= LONGEST and (numeral := _numeral(text, hit)) is not None
    ]
    found = list(_dates(text))
    if not read and not found:
        return ()
    taken = {i for numeral in found for i in range(numeral.start, numeral.end)}
    for idiom in _IDIOM.finditer(text):
        taken.update(range(idiom.start(), idiom.end()))
    found += [numeral for hit, numeral in read if taken.isdisjoint(range(hit.start(), hit.end()))]
    return tuple(sorted(found, key=lambda numeral: numeral.start))


def _numeral(text: str, hit: re.Match[str]) -> Numeral | None:
    start, end = hit.span()
    if hit["percent"]:
        digits = _percent(hit["percent"])
        return Numeral(start, end, digits) if digits else None
    token = hit["number"]
    if token.isdigit() and token.isascii():
        return None
    converted = _convert(token, text[max(0, start - 4) : start], text[end : end + 4])
    if converted is None or converted[0] == token[: converted[1]]:
        return None
    return Numeral(start, start + converted[1], converted[0])


def _percent(token: str) -> str | None:
    if token == "百":
        return "100%"
    whole, *fraction = re.split(r"[点.]", token)
    if fraction:
        digits = _decimal(whole, fraction[0], 1)
    elif _has_unit(whole):
        value = _whole(whole)
        digits = None if value is None else str(value)
    else:
        digits = _digit_string(whole)
    return f"{digits}%" if digits else None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a normalised text: `[start, end)` with its unit, value and unit ('' where none is said)."""

    start: int
    end: int
    value: float
    unit: str


_QUANTITY = re.compile(
    r"(?<![\d.])(?P<value>\d+(?:\.\d+)?)(?P<scale>[万亿千百](?![分]))?"
    r"(?P<unit>%|元|块钱?|美元|港币|人民币|个月|个点|小时|分钟|年|月|号|日|天|期|倍|折|岁|秒|次|个|位|份|笔|人)?"
)
_SCALES = {"万": 1e4, "亿": 1e8, "千": 1e3, "百": 1e2}


def quantities(text: str) -> tuple[Quantity, ...]:
    """Numbers of a normalised text with their units, in order."""
    return tuple(
        Quantity(
            hit.start(),
            hit.end(),
            float(hit["value"]) * _SCALES.get(hit["scale"] or "", 1),
            hit["unit"] or "",
        )
        for hit in _QUANTITY.finditer(text)
    )
