"""Reads alert rules from YAML; every fault is told with file, line, what was found and what was expected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from qa_engine.alerts.rules import (
    CallSign,
    Channel,
    InBand,
    KOfN,
    Limit,
    Now,
    OneCall,
    Rule,
    RuleBook,
    Scope,
    Test,
)
from qa_engine.kpi.bands import BandRule, Colour
from qa_engine.kpi.registry import BY_ID, Metric
from qa_engine.rubric.problems import BadRubric, Problem, did_you_mean
from qa_engine.rubric.yaml_nodes import Document, Path, read_yaml

MAX_RULES = 200
RATE_UNIT = "比率"
BASELINE = "baseline"
STORED = "stored"
"""`target: stored` holds days against the targets of the scope; campaigns have none."""
_COMMON = ("id", "title", "kind", "owner", "channels", "repeat_h")
_METRIC = (*_COMMON, "metric", "scope", "min_n", "only")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "k_of_n": (*_METRIC, "k", "n", "below", "above", "target"),
    "band": (*_METRIC, "yellow_k", "red_k", "weeks", "hold", "benchmark", "benchmark_weight", "level"),
    "realtime": (*_METRIC, "hours", "below", "above", "start_hour", "end_hour"),
    "call": (*_COMMON, "scope", "sign", "values"),
}
_Choice = TypeVar("_Choice", bound=StrEnum)


class BadRules(BadRubric):
    """A file of alert rules that cannot be used; `problems` lists every fault."""

    code = "bad_alert_rules"


@dataclass
class _Node:
    """One rule of the file while it is read; faults are collected, not raised."""

    document: Document
    path: Path
    problems: list[Problem] = field(default_factory=list)

    def fault(self, message: str, hint: str, *key: str | int) -> None:
        where = self.document.where((*self.path, *key), key=len(key) == 1)
        self.problems.append(Problem("bad_rule", message, hint, where))

    def has(self, key: str) -> bool:
        return self.document.at((*self.path, key)) is not None

    def text(self, key: str, default: str | None = None) -> str:
        value = self.document.at((*self.path, key))
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip() or len(value) > 200 or not value.isprintable():
            self.fault(f"{key}: 应为 1–200 个字、不换行的文字", f"请写上 {key}: …", key)
            return ""
        return value.strip()

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value = self.document.at((*self.path, key))
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.fault(f"{key}: {value!r} 不是 {low:g}–{high:g} 的数", "请改成范围内的数", key)
            return default
        return float(value)

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        value = self.number(key, default, low, high)
        if value != int(value):
            self.fault(f"{key}: {value} 不是整数", "请写整数", key)
        return int(value)

    def choice(self, key: str, kind: type[_Choice], default: _Choice) -> _Choice:
        value = self.text(key, default.value)
        if value in {one.value for one in kind}:
            return kind(value)
        self.fault(f"{key}: 不认识 {value}", did_you_mean(value, [one.value for one in kind]), key)
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.document.at((*self.path, key))
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            self.fault(f"{key}: 应为文字的列表", f"例如 {key}: [a, b]", key)
            return ()
        return tuple(str(one) for one in value)

    def channels(self) -> tuple[Channel, ...]:
        names = {one.value for one in Channel}
        wanted = self.texts("channels")
        for name in wanted:
            if name not in names:
                self.fault(f"channels: 不认识 {name}", did_you_mean(name, names), "channels")
        return tuple(Channel(name) for name in wanted if name in names)

    def limit(self) -> Limit:
        if self.has("below") == self.has("above"):
            self.fault("below 与 above 应写且只写一个", "例如 below: 0.8", "kind")
        bounds = {
            key: self.number(key, 0.0, 0.0, 1e9) if self.has(key) else None for key in ("below", "above")
        }
        return Limit(bounds["below"], bounds["above"])

    def metric(self) -> Metric | None:
        name = self.text("metric")
        if name and name not in BY_ID:
            self.fault(f"metric: 没有指标 {name}", did_you_mean(name, BY_ID), "metric")
        return BY_ID.get(name)


def parse_rules(source: bytes | str, *, file: str) -> RuleBook:
    """The rules of a file `{rules: [...], holidays: [...]}`. Raises `BadRules` with all faults."""
    try:
        document = read_yaml(source, file)
    except BadRubric as error:
        raise BadRules(error.problems) from error
    rows = document.at(("rules",))
    if not isinstance(rows, list) or not rows or len(rows) > MAX_RULES:
        where = document.where(("rules",))
        raise BadRules([Problem("bad_rule", f"rules: 应为 1–{MAX_RULES} 条规则的列表", "请写 rules:", where)])
    problems: list[Problem] = []
    rules = []
    for index in range(len(rows)):
        node = _Node(document, ("rules", index), problems)
        rule = _rule(node)
        if rule is not None:
            rules.append(rule)
    problems += _doubles(document, rules, problems)
    holidays = _holidays(document, problems)
    if problems:
        raise BadRules(problems)
    return RuleBook(tuple(rules), holidays)


def _holidays(document: Document, problems: list[Problem]) -> frozenset[date]:
    assert isinstance(document.data, dict)
    for key in document.data.keys() - {"rules", "holidays"}:
        hint = did_you_mean(key, ("rules", "holidays"))
        problems.append(Problem("bad_rule", f"不认识的键 {key}", hint, document.where((key,), key=True)))
    days = set()
    rows = document.at(("holidays",)) or []
    for index, row in enumerate(rows if isinstance(rows, list) else [rows]):
        try:
            days.add(date.fromisoformat(str(row)))
        except ValueError:
            where = document.where(("holidays", index))
            problems.append(Problem("bad_rule", f"holidays: {row} 不是日期", "例如 2026-10-01", where))
    return frozenset(days)


def _doubles(document: Document, rules: Sequence[Rule], known: Iterable[Problem]) -> list[Problem]:
    if any(known):
        return []  # places no longer match the rules read
    seen: set[str] = set()
    found = []
    for index, rule in enumerate(rules):
        if rule.id in seen:
            where = document.where(("rules", index, "id"))
            found.append(Problem("bad_rule", f"规则 {rule.id} 写了两次", "请给每条规则不同的 id", where))
        seen.add(rule.id)
    return found


def _rule(node: _Node) -> Rule | None:
    row = node.document.at(node.path)
    if not isinstance(row, dict):
        node.fault("一条规则应为键和值", "例如 - id: …")
        return None
    kind = node.text("kind")
    if kind not in _KEYS:
        node.fault(f"kind: 不认识 {kind}", did_you_mean(kind, _KEYS), "kind")
        return None
    for key in row:
        if key not in _KEYS[kind]:
            node.fault(f"{kind} 规则没有键 {key}", did_you_mean(key, _KEYS[kind]), key)
    rule = Rule(
        node.text("id"),
        node.text("title"),
        OneCall(CallSign.AUTO_FAIL, ()),
        Scope.AGENT,
        owner=node.text("owner") if node.has("owner") else "",
        channels=node.channels(),
        repeat_h=node.whole("repeat_h", 24, 1, 24 * 30),
    )
    if kind == "call":
        sign = node.choice("sign", CallSign, CallSign.AUTO_FAIL)
        return replace(
            rule, test=OneCall(sign, node.texts("values")), scope=node.choice("scope", Scope, Scope.AGENT)
        )
    metric = node.metric()
    if metric is None:
        return None
    scope = node.choice("scope", Scope, Scope.TOTAL)
    if scope is Scope.CALL:
        node.fault("scope: call 只用于 kind: call", "请改为 total、team、agent 或 campaign", "scope")
    # a count is its own n: nothing at all on a day that was worked is news
    min_n = node.whole("min_n", metric.minimum_n, 1 if metric.denominator else 0, 10**6)
    return replace(
        rule,
        test=_METRIC_TESTS[kind](node, metric, min_n),
        scope=scope,
        metric=metric.id,
        min_n=min_n,
        only=node.texts("only"),
    )


def _k_of_n(node: _Node, _metric: Metric, _min_n: int) -> Test:
    k, n = node.whole("k", 3, 1, 60), node.whole("n", 3, 1, 60)
    if k > n:
        node.fault(f"k ({k}) 大于 n ({n})", "k 是 n 天里超限的天数", "k")
    target = node.document.at((*node.path, "target"))
    if target == BASELINE:
        return KOfN(k, n, node.limit(), None)
    if target == STORED:
        if node.text("scope", Scope.TOTAL.value) == Scope.CAMPAIGN:
            node.fault(
                "target: stored 不能用于 scope: campaign", "活动没有目标;请写 total、team 或 agent", "scope"
            )
        return KOfN(k, n, node.limit(), None, is_stored=True)
    if not node.has("target"):
        node.fault(
            "缺少 target", "请写目标值、stored(目标页所定)或 baseline(自身近 8 周同星期的中位数)", "kind"
        )
    return KOfN(k, n, node.limit(), node.number("target", 1.0, 0.0, 1e9))


def _band(node: _Node, metric: Metric, min_n: int) -> Test:
    yellow, red = node.number("yellow_k", 2.0, 0.1, 20), node.number("red_k", 3.0, 0.1, 20)
    if yellow >= red:
        node.fault(f"yellow_k ({yellow:g}) 应小于 red_k ({red:g})", "黄线在红线以内", "red_k")
    level = node.text("level", Colour.RED.value)
    if level not in {Colour.RED, Colour.YELLOW}:
        node.fault(f"level: 不认识 {level}", "可用:red、yellow", "level")
    weight = node.number("benchmark_weight", 0.0, 0.0, 1.0)
    if weight and not node.has("benchmark"):
        node.fault("有 benchmark_weight 而没有 benchmark", "请写标杆值", "benchmark_weight")
    rule = BandRule(
        yellow_k=yellow,
        red_k=red,
        weeks=node.whole("weeks", 8, 4, 52),
        min_n=min_n,
        hold=node.whole("hold", 2, 1, 10),
        benchmark=node.number("benchmark", 0.0, 0.0, 1e9) if node.has("benchmark") else None,
        benchmark_weight=weight,
        direction=metric.direction,
        is_rate=metric.unit == RATE_UNIT,
    )
    return InBand(rule, level)


def _now(node: _Node, _metric: Metric, _min_n: int) -> Test:
    start, end = node.whole("start_hour", 9, 0, 23), node.whole("end_hour", 21, 1, 24)
    if start >= end:
        node.fault(f"start_hour ({start}) 应早于 end_hour ({end})", "一天之内的整点", "start_hour")
    return Now(node.whole("hours", 1, 1, 24), node.limit(), start, end)


_METRIC_TESTS: Mapping[str, Callable[[_Node, Metric, int], Test]] = {
    "k_of_n": _k_of_n,
    "band": _band,
    "realtime": _now,
}
