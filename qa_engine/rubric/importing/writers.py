"""Conditions with the figures of a form's own wording in them: seconds, characters a minute, times, hours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from qa_engine.rubric.importing.proposal import Proposal
from qa_engine.rubric.importing.scores import plain_numbers
from qa_engine.rubric.importing.standard import Standard
from qa_engine.rubric.importing.wording import quotes
from qa_engine.rubric.yaml_nodes import Plain

Writer: TypeAlias = Callable[[str, Standard], "Proposal | None"]
_SECONDS = re.compile(r"(\d{1,3}(?:\.\d)?)\s*(?:秒钟?|s\b|S\b)")
_RANGE = re.compile(r"(\d{2,3})\s*(?:字|个字)?\s*[-~—–至到]\s*(\d{2,3})\s*(?:个)?(?:字|词)")
_RANGE_S = re.compile(
    r"(\d(?:\.\d)?)\s*[-~—–至到]\s*(\d(?:\.\d)?)\s*个?字\s*/\s*(?:秒|s)|每秒(?:钟)?\s*(\d(?:\.\d)?)\s*[-~—–至到]\s*(\d(?:\.\d)?)\s*个?字"
)
_AROUND = re.compile(r"(\d{3})\s*(?:±|\+/-|正负)\s*(\d{1,2})\s*个?字")
_PACE_AT_MOST = re.compile(
    r"(?:不超过|不得超过|不高于|不得高于|不大于|不快于|超过|高于|大于|快于|≤|<|>|>|(?:应|须|要|需|控制)[^,。;\d]{0,6}(?:低于|小于))"
    r"\s*(?:每分钟)?\s*(\d{2,3})\s*个?字|(\d{2,3})\s*个?字[^,。;\d]{0,5}(?:以内|以下|之内)"
)
_PACE_AT_LEAST = re.compile(
    r"(?:不低于|不得低于|不少于|不小于|不慢于|至少|≥|(?<![应须要需])(?:低于|少于|慢于))\s*(?:每分钟)?\s*(\d{2,3})\s*个?字"
)
"""A fault is worded the other way round: 超过 300 字扣分 sets the most, 低于 120 字扣分 the least."""
_CLOCK = re.compile(
    r"(?<!\d)([01]?\d|2[0-4])\s*[::点时]\s*([0-5]\d)?\s*分?\s*[-~—–至到]+\s*(?:当?[日天]?(?:晚上?|夜里)?)\s*([01]?\d|2[0-4])\s*[::点时]\s*([0-5]\d)?"
)
_AT_LEAST = re.compile(r"(?:至少|不少于|不低于|≥|大于等于)\s*(?:提问|询问|问)?\s*(\d)\s*个?")
DEFAULT_SILENCE_S = 6.0
DEFAULT_MAX_PACE = 400.0
LONG_LINE = (
    "您好,我是安心保险的李晓梅,工号八零二一,想跟您介绍一下我们新上的住院医疗险,社保报完剩下的部分可以按合同再报,"
    "超过一万元的部分一年上限两百万元,门诊也能报,家里老人孩子都可以一起买,今天办理的话下个月就能生效,您看可以吗"
)
"""More than ten seconds at any pace, below which a pace is unknown."""


def shipped(name: str, topic: str, text: str, standard: Standard) -> Proposal | None:
    """The condition and examples of an item of the standard form, with the seconds of the text in its opening window."""
    decides = standard.decides(name)
    if not decides:
        return None
    examples = standard.examples(name)
    seconds = _opening_seconds(text)
    if seconds is not None:
        decides = {key: _first_s(value, seconds) for key, value in decides.items()}
    return Proposal((topic,), decides, examples, compliance=name.startswith("compliance."))


def _opening_seconds(text: str) -> float | None:
    """30 of 接通后30秒内."""
    match = re.search(r"(\d{1,3})\s*秒钟?\s*(?:之|以)?内", plain_numbers(text))
    return float(match[1]) if match and float(match[1]) > 0 else None


def _first_s(value: Plain, seconds: float) -> Plain:
    """The condition with every `first_s` in it set."""
    if isinstance(value, list):
        return [_first_s(part, seconds) for part in value]
    if isinstance(value, dict):
        return {k: seconds if k == "first_s" else _first_s(v, seconds) for k, v in value.items()}
    return value


def _pace(text: str, _: Standard) -> Proposal:
    plain = plain_numbers(text)
    a_second = _RANGE_S.search(plain)
    pair, about = _RANGE.search(plain), _AROUND.search(plain)
    most, least = _PACE_AT_MOST.search(plain), _PACE_AT_LEAST.search(plain)
    limits: dict[str, Plain] = {}
    doubts: tuple[str, ...] = ()
    if a_second:
        slow, fast = (float(group) * 60 for group in a_second.groups() if group)
        limits = {"min_chars_per_min": slow, "max_chars_per_min": fast}
    elif about:
        limits = {
            "min_chars_per_min": float(about[1]) - float(about[2]),
            "max_chars_per_min": float(about[1]) + float(about[2]),
        }
    elif pair and float(pair[1]) < float(pair[2]):
        limits = {"min_chars_per_min": float(pair[1]), "max_chars_per_min": float(pair[2])}
    elif most or least:
        limits = {
            **({"min_chars_per_min": float(least[1])} if least else {}),
            **({"max_chars_per_min": float(most[1] or most[2])} if most else {}),
        }
    else:
        limits = {"max_chars_per_min": DEFAULT_MAX_PACE}
        doubts = (f"原文没有写语速是多少;暂按平均每分钟不超过 {DEFAULT_MAX_PACE:g} 字",)
    good, bad = _paces(limits)
    examples = {
        "pass": (f"语速:{good:.0f} / 坐席:{LONG_LINE}",),
        "fail": (f"语速:{bad:.0f} / 坐席:{LONG_LINE}",),
    }
    pass_when: Plain = {"speech_rate": {"by": "agent", **limits}}
    return Proposal(("语速",), {"pass_when": pass_when}, examples, doubts=doubts)


def _paces(limits: Mapping[str, Plain]) -> tuple[float, float]:
    """A pace inside the limits and one outside."""
    low, high = limits.get("min_chars_per_min"), limits.get("max_chars_per_min")
    if isinstance(high, float):
        return (low + high) / 2 if isinstance(low, float) else high * 0.75, high + 60
    assert isinstance(low, float)
    return low + 60, low * 0.75


def _silence(text: str, _: Standard) -> Proposal:
    plain = plain_numbers(text)
    seconds = _SECONDS.search(plain)
    long_s = float(seconds[1]) if seconds and 0 < float(seconds[1]) <= 600 else DEFAULT_SILENCE_S
    fault: dict[str, Plain] = {"min_s": long_s, "except": "$请稍等"}
    doubts = () if seconds else (f"原文没有写静音多少秒算长;暂按 {DEFAULT_SILENCE_S:g} 秒",)
    pass_when: Plain = {"silence": {**fault, "count": {"max": _allowed(plain, 0)}}}
    examples = {
        "pass": (
            f"客户:能批多少? / 坐席:请稍等,我查一下您的申请记录 / 静音:{long_s + 2:g} / 坐席:让您久等了",
            "坐席:您好 / 客户:你好",
        ),
        "fail": (
            " / ".join(["客户:人呢?"] + [f"静音:{long_s + 1:g} / 坐席:嗯,我看看"] * (_allowed(plain, 0) + 1)),
        ),
    }
    return Proposal(("静音",), {"pass_when": pass_when}, examples, {"silence": fault}, doubts)


def _overlap(text: str, _: Standard) -> Proposal:
    plain = plain_numbers(text)
    allowed = _allowed(plain, 0)
    cut = "客户:我想先问一下这个到底怎么报销呢 / 坐席抢话:这个可以按合同报销的啊"
    examples = {
        "pass": ("客户:我想先问一下这个怎么报销 / 坐席:您说",),
        "fail": (" / ".join([cut] * (allowed + 1)),),
    }
    pass_when: Plain = {"overlap": {"by": "agent", "count": {"max": allowed}}}
    return Proposal(("抢话",), {"pass_when": pass_when}, examples, {"overlap": {"by": "agent"}})


def _allowed(plain: str, otherwise: int) -> int:
    """How many are let pass: 2 次以上 → 1, 超过 2 次 → 2; `otherwise` where the text counts nothing."""
    over = re.search(r"(?:超过|多于|大于|不超过|不多于|≤|>|>)\s*(\d{1,2})\s*次", plain)
    if over:
        return int(over[1])
    up = re.search(r"(\d{1,2})\s*次\s*(?:及|或|含|\(含\))?\s*以上", plain)
    return max(0, int(up[1]) - 1) if up else otherwise


def _hours(text: str, standard: Standard) -> Proposal | None:
    made = shipped("compliance.call_hours", "外呼时段", "", standard)
    clock = _CLOCK.search(plain_numbers(text))
    if made is None or clock is None:
        doubt = "原文没有写清时段;暂按 9:00–21:00"
        return None if made is None else replace(made, doubts=(doubt,))
    start = f"{int(clock[1]):02d}:{clock[2] or '00'}"
    hour = int(clock[3]) + (12 if int(clock[3]) <= int(clock[1]) and int(clock[3]) < 12 else 0)
    more = len(_CLOCK.findall(plain_numbers(text))) > 1
    doubts = ("原文按日子分了几个时段;草稿只取第一个",) if more else ()
    between: Plain = {"fact": {"field": "started_at", "between": [start, f"{hour:02d}:{clock[4] or '00'}"]}}
    return replace(made, decides={"pass_when": between}, doubts=doubts)


def _duration(text: str, _: Standard) -> Proposal | None:
    """Length of the recording, from below; None where the text names no figure."""
    found = re.search(r"(\d{1,4})\s*(秒|分钟)", plain_numbers(text))
    if found is None:
        return None
    long_s = float(found[1]) * (60 if found[2] == "分钟" else 1)
    under = re.search("不超过|不得超过|以内|不高于|不大于", text)
    pass_when: Plain = {"duration": {"max_s" if under else "min_s": long_s}}
    doubt = "按录音时长判定;要看双方说话的时间请改成 measure"
    wait = "坐席:您好 / 静音:{} / 客户:你好"
    near, far = wait.format(f"{long_s + 5:g}"), wait.format(f"{max(long_s - 10, 0):g}")
    good, bad = (far, near) if under else (near, far)
    return Proposal(
        ("通话时长",), {"pass_when": pass_when}, {"pass": (good,), "fail": (bad,)}, doubts=(doubt,)
    )


def _identity(text: str, standard: Standard) -> Proposal | None:
    """Company and name or number; only what the text asks for."""
    made = shipped("opening.identity", "公司和姓名", text, standard)
    both = made.decides.get("pass_when") if made else None
    parts = both.get("all") if isinstance(both, dict) else None
    if made is None or not isinstance(parts, list) or len(parts) != 2:
        return made
    company, person = (
        bool(re.search(words, text))
        for words in ("公司|单位|机构|平台|企业|自报家门|身份", "姓名|名字|工号|自我介绍|自报家门|身份")
    )
    if company and not person:
        return replace(made, topics=("公司",), decides={"pass_when": parts[0]})
    if person and not company:
        return replace(made, topics=("姓名或工号",), decides={"pass_when": _number_only(text, parts[1])})
    return made


def _number_only(text: str, person: Plain) -> Plain:
    """The condition for a name or a staff number, narrowed to the number where the text asks for that alone."""
    spec = person.get("regex") if isinstance(person, dict) else None
    patterns = spec.get("pattern") if isinstance(spec, dict) else None
    if re.search("姓名|名字|自我介绍", text) or not isinstance(spec, dict) or not isinstance(patterns, list):
        return person
    numbered = [pattern for pattern in patterns if re.match(r"\((工号|编号)|\\d", str(pattern))]
    return {"regex": {**spec, "pattern": numbered}} if numbered else person


def _questions(text: str, standard: Standard) -> Proposal | None:
    made = shipped("discovery.questions", "开放式提问", text, standard)
    least = _AT_LEAST.search(plain_numbers(text))
    asks = made.decides.get("pass_when") if made else None
    if made is None or least is None or not isinstance(asks, dict) or not isinstance(asks.get("asks"), dict):
        return made
    inner = asks["asks"]
    assert isinstance(inner, dict)
    pass_when: Plain = {"asks": {**inner, "count": {"min": max(1, int(least[1]))}}}
    return replace(made, decides={**made.decides, "pass_when": pass_when})


def _banned_words(text: str, _: Standard) -> Proposal:
    """Words the form forbids, with the shipped lists of rude ones."""
    named = [piece for quote in quotes(text) for piece in quote.pieces if quote.banned]
    says: Plain = {"by": "agent", "any_of": ["$辱骂威胁", "$无礼用语", *named]}
    first = named[0] if named else "拉倒吧"
    examples = {
        "fail": (f"坐席:{first}", "坐席:神经病", "坐席:你怕什么"),
        "pass": (f"坐席:我们不说{first}", "坐席:没有问题,您请说"),
    }
    return Proposal(("服务禁语",), {"fail_when": {"says": says}}, examples, {"says": says})


WRITERS: Mapping[str, Writer] = {
    "pace": _pace, "silence": _silence, "overlap": _overlap, "hours": _hours, "identity": _identity,
    "questions": _questions, "banned_words": _banned_words,
    "duration": _duration,
}  # fmt: skip
"""By the name that `import-topics.yaml` gives."""
