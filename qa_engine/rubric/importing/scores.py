"""What a score cell is worth, and what the wording says about points: deducted, a hit, at most, all at once."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, TypeAlias

from qa_engine.language.normalize import simplify

AutoFail: TypeAlias = 'Literal["call", "section"] | dict[str, float]'

_NUMBER = r"\d{1,4}(?:\.\d{1,3})?"
_DIGITS = dict(zip("零一二两三四五六七八九", "01223456789", strict=True))
_AMOUNT = re.compile(
    rf"(?:满分|总分|共|最高|分值|权重)?[::]?\s*(?P<sign>扣除|扣|减|加|[-−–—+])?\s*"
    rf"(?:0\s*[-~—–至到]\s*)?(?P<value>{_NUMBER})\s*(?P<unit>分|%|points?|pts?)?"
    rf"(?:\s*[((][^))]*[))]|\s*/\s*(?:项|次|处|0))?\s*\Z",
    re.IGNORECASE,
)
_NOT_VETO = re.compile(
    "(非|不属于|无|除)(致命|一票否决|否决|红线|关键)[^,。;]{0,4}|non-?critical|non-?fatal", re.IGNORECASE
)
_VETO = re.compile(
    r"一票否决|致命|零容忍|红线|高压线|(?<!\d)(?:0|零)分处理|否决项|直接不合格|质检不合格|成绩(为)?(0|零)分?|(总分|整通|整单|本通|全部|全单|当通|该通|整体)"
    r"[^,。;]{0,6}(扣完|扣除|不合格|不得分|计?(为|得|记|按)?\s*(0|零)分)|扣(除)?(全部|所有)(分|得分|分数)|扣100分|"
    r"\bfatal\b|auto.?fail",
    re.IGNORECASE,
)
_SOMETIMES = re.compile(
    r"(?:(?<!\d)(?:[2-9]|\d\d)\s*次|多次|屡次|情节严重|严重者|严重的|(?:造成|引起|引发|导致)[^。;\n]{0,8}(?:投诉|后果|损失|影响))"
    r"[^。;\n]{0,12}(?:" + _VETO.pattern + ")[^,。;\n]*",
    re.IGNORECASE,
)
_SECTION_ZERO = re.compile(
    r"(本|该|此)(模块|大项|环节|部分|类别|板块)[^,。;]{0,4}(不得分|(计|得|为)?\s*(0|零)分|扣完|不计分)"
)
_CAP = re.compile(
    rf"(总分|成绩|得分|本通|整通)[^,。;\d]{{0,4}}(不超过|不高于|不得超过|最高|上限)(为|是|计)?\s*({_NUMBER})\s*分"
)
_PER_HIT = re.compile(
    rf"每[^,。;;\n扣]{{0,14}}[,,、]?\s*(?:累计)?扣(?:除|减)?\s*({_NUMBER})\s*分?|扣(?:除|减)?\s*({_NUMBER})\s*分?\s*/\s*(?:次|处|项|个|句|字)"
)
_ONCE = re.compile(rf"(?:扣(?:除|减)?|减)\s*({_NUMBER})\s*分?(?!\s*/)|-\s*({_NUMBER})\s*分")
_MOST = re.compile(rf"(?:最多|至多|上限|封顶|累计不超过|不超过)[^,。;\d]{{0,4}}({_NUMBER})\s*分")
_UNTIL_ZERO = re.compile("扣完为止|扣完本项|扣完即止|扣至0分|扣至零分|本项扣完|不倒扣")
_BONUS = re.compile(rf"(?:加|奖励|额外加)\s*({_NUMBER})\s*分|加分项|附加分")
_GRADE = re.compile(
    rf"(?P<label>[^,。;;\n,::\d扣]{{1,24}}?)\s*[,,::]?\s*(?:可?(?:得|给|计|为|记))?\s*(?P<points>{_NUMBER})\s*分(?!钟)"
)
_SPLIT = re.compile(r"[;;。\n,,、]+")
_LEADING = re.compile(r"^[\s\d.、()()①-⑨]+|[\s((的者可]+$")


@dataclass(frozen=True, slots=True)
class Amount:
    """Points or per cent of a cell. `kind`: full marks to earn, points to lose, points on top."""

    value: float
    kind: Literal["full", "deduct", "bonus"] = "full"


@dataclass(frozen=True, slots=True)
class Points:
    """What a wording says about points. `cap` is the most that may be lost; `until_zero`: as much as the item has."""

    per_hit: float | None = None
    once: float | None = None
    cap: float | None = None
    until_zero: bool = False
    bonus: float | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """A named step of an item and its points."""

    label: str
    points: float


def plain_numbers(text: str) -> str:
    """Width and script folded, and the small Chinese numerals that stand before a unit as digits: 扣两分 → 扣2分, 三秒 → 3秒."""
    folded = simplify(unicodedata.normalize("NFKC", text))
    unit = "(?=分(?!钟)|秒|次|处|个|项|句|遍|声)"
    folded = re.sub(
        f"([一二两三四五六七八九])?十([一二三四五六七八九])?{unit}",
        lambda m: str(int(_DIGITS.get(m[1] or "一", "1")) * 10 + int(_DIGITS.get(m[2] or "零", "0"))),
        folded,
    )
    return re.sub(f"(?<![第每同统唯])([一二两三四五六七八九]){unit}", lambda m: _DIGITS[m[1]], folded)


def amount(text: str) -> Amount | None:
    """The value of a score cell: 5, 5分, 5%, -5, 扣5分, 0-5分, 10分(含…). None where it is no amount."""
    match = _AMOUNT.match(plain_numbers(text).strip())
    if match is None:
        return None
    sign = match["sign"] or ""
    kind: Literal["full", "deduct", "bonus"] = (
        "bonus" if sign in {"加", "+"} else "deduct" if sign else "full"
    )
    return Amount(float(match["value"]), kind)


def only_sometimes_veto(text: str) -> bool:
    """Whether the whole call is lost under a further condition only: from the third time on, where it is serious."""
    folded = plain_numbers(text)
    return _SOMETIMES.search(folded) is not None


def is_veto(text: str) -> bool:
    """Whether every fault costs the whole call."""
    text = _SOMETIMES.sub("", plain_numbers(text))
    return _VETO.search(_NOT_VETO.sub("", simplify(unicodedata.normalize("NFKC", text)))) is not None


def auto_fail(text: str) -> AutoFail | None:
    """What a fault costs beside its points: the call, its section, or everything above a cap."""
    folded = plain_numbers(text)
    cap = _CAP.search(folded)
    if cap is not None and float(cap[4]) <= 100:
        return {"cap": float(cap[4])}
    if is_veto(folded):
        return "call"
    return "section" if _SECTION_ZERO.search(folded) else None


def points_of(text: str) -> Points:
    """Points that the wording takes or gives."""
    folded = plain_numbers(text)
    hit = _PER_HIT.search(folded)
    once = None if hit else _ONCE.search(folded)
    most = _MOST.search(folded)
    bonus = _BONUS.search(folded)
    return Points(
        per_hit=_value(hit),
        once=_value(once),
        cap=_value(most) if hit else None,
        until_zero=bool(_UNTIL_ZERO.search(folded)),
        bonus=None if bonus is None else float(bonus[1] or 0),
    )


def _value(match: re.Match[str] | None) -> float | None:
    if match is None:
        return None
    number = next(float(group) for group in match.groups() if group is not None)
    return number if 0 < number <= 100 else None


def grades(text: str) -> tuple[Grade, ...]:
    """Named steps such as 完全做到10分、部分做到5分、未做到0分; empty where there are fewer than two, or they don't fall."""
    found = [
        Grade(label, float(match["points"]))
        for match in _GRADE.finditer(plain_numbers(text))
        if (label := _LEADING.sub("", match["label"])) and "每" not in label
    ]
    values = [grade.points for grade in found]
    falling = len(values) >= 2 and values == sorted(set(values), reverse=True)
    rising = len(values) >= 2 and values == sorted(set(values))
    if rising:
        found.reverse()
    return tuple(found) if (falling or rising) and max(values) > 0 else ()


def is_rule_of_points(text: str) -> bool:
    """Whether a clause is only about points: 扣完为止, 每次扣2分, 一票否决, 不适用不计分."""
    folded = plain_numbers(text)
    for pattern in (_PER_HIT, _MOST, _UNTIL_ZERO, _CAP, _SECTION_ZERO, _VETO, _ONCE, _BONUS):
        folded = pattern.sub("", folded)
    folded = re.sub(
        "不适用|不涉及|不计分|不考核|不扣分|该项|本项|此项|为止|以此类推|视情况|酌情|扣分|得分|满分|累计|出现|一次|项",
        "",
        folded,
    )
    return sum(char.isalnum() for char in _SPLIT.sub("", folded)) < 3
