"""A form as large as any in use: 100 items of all families over 500 phrases (or as many as asked for)."""

from __future__ import annotations

import json
import random
import re

from qa_engine.rubric import Rubric, parse_rubric
from tests.bench.made_calls import said

ITEMS = 100
PHRASES = 500
SECTIONS = 5
_SAYS = {"homophone": 50, "exact": 10, "fuzzy": 8}
"""Items that look for phrases, by way of matching; the rest of the hundred is written out below."""
_CLAUSE = re.compile(r"[^,。!?、,!?\s]+")
_WHO = ("我们", "您", "咱们", "客户", "我这边", "公司", "系统", "这款", "合同", "您家里", "老客户", "这个月")
_DOES = (
    "登记", "保障", "报销", "办理", "核实", "推荐", "提供", "承诺", "安排", "取消", "升级", "退还",
    "联系", "确认", "优惠", "开通", "申请", "减免", "赠送", "查询",
)  # fmt: skip
_WHAT = (
    "保费", "额度", "利率", "套餐", "课程", "流量", "理赔", "收益", "合同", "账单", "名额", "资料",
    "发票", "宽带", "本金", "手续费", "体检", "回访", "服务", "权益",
)  # fmt: skip


def phrases(number: int, seed: int = 7) -> list[str]:
    """Different phrases: one in five is a clause or a part of one that the sample calls say, the others are words of
    the trade put together."""
    rng = random.Random(seed)
    clauses = [
        hit.group()
        for text in (*said().agent, *said().customer)
        for hit in _CLAUSE.finditer(text)
        if 3 <= len(hit.group()) <= 14
    ]
    found: dict[str, None] = {}
    while len(found) < number:
        if rng.random() < 0.2 and len(found) < PHRASES:
            clause = rng.choice(clauses)
            length = rng.choice((3, 4, 4, 5, 6, 8, 14))
            start = rng.randrange(max(1, len(clause) - length + 1))
            phrase = clause[start : start + length]
        else:
            phrase = f"{rng.choice(_WHO)}{rng.choice(_DOES)}{rng.choice(_WHAT)}"
            phrase = phrase[rng.choice((0, 0, -4)) :]
            if number > 10 * PHRASES:
                phrase = f"{rng.choice(_DOES)}{phrase}"
        if len(phrase) >= 3 and not phrase.isdigit():
            found[phrase] = None
    return list(found)


def _says(ours: list[str], match: str, number: int) -> dict[str, object]:
    by = "customer" if number % 5 == 4 else "agent"
    says: dict[str, object] = {"by": by, "any_of": ours, "match": match}
    if number % 4 == 0:
        says["within"] = {"first_s": 60}
    elif number % 7 == 0:
        says["within"] = {"turns": -12}
    if number % 9 == 0:
        says["except"] = ["不一定", "以合同为准"]
    return {"says": says}


def _orders(ours: list[str], more: list[str]) -> list[dict[str, object]]:
    first, second = {"says": {"by": "customer", "any_of": ours}}, {"says": {"by": "agent", "any_of": more}}
    return [
        {"after": {**first, "nth": "first"}, "expect": second, "within": {"turns": 2, "seconds": 20}},
        {"after": {**first, "nth": "each"}, "expect": second, "within": {"turns": 4}},
        {"before": {**second, "nth": "last"}, "expect": first},
        {"sequence": {"steps": [second, first, {"says": {"by": "agent", "any_of": ours}}]}},
    ]


_OTHERS: tuple[dict[str, object], ...] = (
    {
        "regex": {
            "by": "agent",
            "pattern": r"\d[\d.]*(万|千)?(元|块)(钱)?[^,。!?]{0,4}(一|每)(个)?(年|月|天|节|次)",
        }
    },
    {"regex": {"by": "agent", "pattern": "(工号|编号)[是为:,]{0,2}\\d{2,}", "within": {"first_s": 30}}},
    {"regex": {"by": "customer", "pattern": ["(太|有点)贵", "考虑(一下|考虑)"], "not_regex": "不贵"}},
    {"regex": {"by": "agent", "pattern": "(保证|肯定|一定)[^,。!?]{0,6}(赚|收益|通过)"}},
    {"asks": {"by": "agent", "open": True, "count": {"min": 2}}},
    {"asks": {"by": "agent", "any_of": ["方便", "有空"], "within": {"first_s": 60}}},
    {"number": {"by": "agent", "unit": ["元", "块"], "min": 10}},
    {"repeats": {"by": "agent", "count": {"max": 2}}},
    {"silence": {"min_s": 6, "except": ["请稍等", "我查一下"]}},
    {"overlap": {"by": "agent", "count": {"max": 1}}},
    {"speech_rate": {"by": "agent", "max_chars_per_min": 400}},
    {"talk_ratio": {"by": "agent", "max": 0.75}},
    {"monologue": {"by": "agent", "min_s": 60}},
    {"response_time": {"by": "agent", "max_s": 3}},
    {"sentiment": {"by": "customer", "shift": {"min": -0.5}}},
    {"sentiment": {"by": "customer", "state": "negative", "count": {"max": 3}}},
    {"sentiment": {"by": "agent", "score": {"min": -0.2}, "within": {"percent": [0, 33]}}},
    {"objection": {"type": ["price", "no_need"], "handled": True}},
    {"objection": {"type": "do_not_call"}},
    {"stage": {"any_of": "closing"}},
    {"fact": {"field": "started_at", "between": ["09:00", "21:00"]}},
    {"fact": {"field": "disposition", "in": ["SALE", "CALLBACK"]}},
    {"not": {"fact": {"field": "customer_id", "missing": False}}},
    {"duration": {"min_s": 30}},
)


def form(number: int = PHRASES) -> Rubric:
    """The form. Each phrase is looked for by one item."""
    words = phrases(number)
    alone = ITEMS - 4 - len(_OTHERS) - 4  # the items of `_SAYS`; 4 orders and 4 of logic beside `_OTHERS`
    share, conditions, used = max(1, (number - 40) // alone), [], 0
    for match, count in _SAYS.items():
        for _ in range(count):
            conditions.append(_says(words[used : used + share], match, len(conditions)))
            used += share
    rest = words[used:]
    half = len(rest) // 2
    conditions += _orders(rest[:half], rest[half:])
    conditions += [
        {"all": [conditions[0], {"not": conditions[5]}]},
        {"any": [conditions[1], conditions[60], conditions[11]]},
        {"at_least": {"n": 2, "of": [conditions[i] for i in (2, 3, 6)]}},
        {"none": [conditions[7], conditions[8]]},
    ]
    conditions += _OTHERS
    return parse_rubric(json.dumps(_document(conditions), ensure_ascii=False))


def _document(conditions: list[dict[str, object]]) -> dict[str, object]:
    assert len(conditions) == ITEMS
    items = [
        {
            "id": f"item.n{i:03}",
            "title": f"检查项 {i}",
            "weight": 1,
            ("fail_when" if i % 3 == 2 else "pass_when"): condition,
            "why": "电销质检规范",
            "coach": "按规范话术说明,并确认客户已经理解",
        }
        for i, condition in enumerate(conditions)
    ]
    size = ITEMS // SECTIONS
    sections = [
        {"id": f"part{s}", "title": f"第 {s + 1} 部分", "items": items[s * size : (s + 1) * size]}
        for s in range(SECTIONS)
    ]
    return {"rubric": "made-form", "version": 1, "title": "大表", "pass_mark": 60, "sections": sections}
