"""A condition as a sentence that a QA specialist can read aloud; what it consists of is indented below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.views import plain_words
from api.pages.views.plain_words import (
    VERDICTS,
    WHO,
    again,
    distance,
    history,
    in_range,
    limit,
    percent,
    silence,
    span,
)
from qa_engine.rubric.base import ConditionModel, Count, Distance
from qa_engine.rubric.conditions.sales import OUTCOMES, STEPS, TYPES
from qa_engine.scoring.measured import NAMES, unit_of
from qa_engine.scoring.wording import STAGES, number, where

SHOWN_PHRASES = 8
MATCH = {"exact": "逐字", "homophone": "", "fuzzy": "允许个别音不同"}
CLAIM = {
    "statement": "否定、提问、转述、警示的不算",
    "demand": "否定、转述、警示的不算",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a sentence; `is_phrase` for words of the rubric's own. `patterns` are regular expressions, which only
    some people read: the page folds them away behind the text."""

    text: str
    is_phrase: bool = False
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and what it consists of."""

    parts: tuple[Part, ...]
    children: tuple[Line, ...] = ()


class Describer:
    """Puts the conditions of one rubric into words. `phrases` are its lists by name, resolved, `named` the conditions
    that it names, `titles` those of its items by id."""

    def __init__(
        self,
        phrases: Mapping[str, Sequence[str]],
        named: Mapping[str, ConditionModel] | None = None,
        titles: Mapping[str, str] | None = None,
    ) -> None:
        self._phrases = phrases
        self._named = named or {}
        self._titles = titles or {}
        self._by_tag: Mapping[str, Callable[[Any], Line]] = {
            "all": lambda c: self._group("以下全部满足:", c.all),
            "any": lambda c: self._group("以下满足一项即可:", c.any),
            "none": lambda c: self._group("以下都不出现:", c.none),
            "not": lambda c: self._group("以下不成立:", [c.not_]),
            "maybe": lambda c: self._group("以下成立时存疑(未知):", [c.maybe]),
            "at_least": lambda c: self._group(f"以下至少满足 {c.at_least.n} 项:", c.at_least.of),
            "use": lambda c: self._group(f"“{c.use}”,即:", [self._named[c.use]]),
            "says": lambda c: self._says(c.says),
            "regex": lambda c: self._regex(c.regex),
            "number": lambda c: self._number(c.number),
            "asks": lambda c: self._asks(c.asks),
            "similar": lambda c: self._similar(c.similar),
            "repeats": lambda c: Line(
                (Part(f"{self._leaf(c.repeats)}{again(c.repeats)}{self._count(c.repeats.count)}"),),
                self._excuse(c.repeats.except_),
            ),
            "resembles": lambda c: Line(
                (
                    Part(
                        f"{self._leaf(c.resembles)}{plain_words.resembles(c.resembles)}{self._count(c.resembles.count)}"
                    ),
                ),
                self._excuse(c.resembles.except_),
            ),
            "after": lambda c: self._order("之后", c.after, c.expect, c.within),
            "before": lambda c: self._order("之前", c.before, c.expect, c.within),
            "around": lambda c: self._order("前后", c.around, c.expect, c.within),
            "sequence": lambda c: self._group(
                f"依次发生{distance(c.sequence.within)}{',不得提前' if c.sequence.strict else ''}:",
                c.sequence.steps,
            ),
            "flow": lambda c: self.flow(c.flow),
            "silence": lambda c: self._moment(c.silence, silence(c.silence)),
            "response_time": lambda c: self._moment(
                c.response_time,
                f"{WHO[c.response_time.by]}应答用时{span(c.response_time.min_s, c.response_time.max_s, '秒')}",
            ),
            "overlap": lambda c: self._moment(c.overlap, self._overlap(c.overlap)),
            "monologue": lambda c: self._moment(
                c.monologue, f"{WHO[c.monologue.by]}连续说话达到 {number(c.monologue.min_s)} 秒"
            ),
            "speech_rate": lambda c: Line(
                _line(
                    where(c.speech_rate.within),
                    f"{WHO[c.speech_rate.by]}{'平均' if c.speech_rate.per == 'call' else '单句'}语速",
                    span(c.speech_rate.min_chars_per_min, c.speech_rate.max_chars_per_min, "字/分"),
                    self._count(c.speech_rate.count),
                ).parts,
                self._excuse(c.speech_rate.except_),
            ),
            "talk_ratio": lambda c: _line(
                where(c.talk_ratio.within),
                f"{WHO[c.talk_ratio.by]}说话占比",
                span(percent(c.talk_ratio.min), percent(c.talk_ratio.max), "%"),
            ),
            "turns": lambda c: _line(
                where(c.turns.within), f"{WHO[c.turns.by]}的话轮", span(c.turns.min, c.turns.max, "句")
            ),
            "signal": lambda c: _line(
                where(c.signal.within),
                f"{NAMES[c.signal.name]}",
                span(c.signal.min, c.signal.max, unit_of(c.signal.name).strip()),
            ),
            "duration": lambda c: _line("录音时长", span(c.duration.min_s, c.duration.max_s, "秒")),
            "entity": lambda c: Line(
                (Part(f"{plain_words.entity(c.entity)}{self._count(c.entity.count)}"),),
                self._excuse(c.entity.except_),
            ),
            "hold": lambda c: _line(plain_words.hold(c.hold)),
            "loudness": lambda c: Line(
                (Part(f"{plain_words.loudness(c.loudness)}{self._count(c.loudness.count)}"),),
                self._excuse(c.loudness.except_),
            ),
            "pitch_movement": lambda c: Line(
                (Part(f"{plain_words.pitch(c.pitch_movement)}{self._count(c.pitch_movement.count)}"),),
                self._excuse(c.pitch_movement.except_),
            ),
            "sentiment": lambda c: _line(self._sentiment(c.sentiment)),
            "objection": lambda c: _line(self._objection(c.objection)),
            "stage": lambda c: _line(
                where(c.stage.within),
                "通话进入",
                "或".join(STAGES[stage] for stage in c.stage.any_of),
                "阶段",
            ),
            "fact": lambda c: _line(self._fact(c.fact)),
            "history": lambda c: _line(history(c.history), self._count(c.history.count)),
            "llm": lambda c: Line(
                (
                    Part(f"{where(c.llm.within)}大模型回答“{c.llm.question}”为是"),
                    Part(",并摘出原话" if c.llm.must_quote else ""),
                )
            ),
            "item": lambda c: _line(
                f"质检项{self._item(c.item.id)}的判定为",
                "或".join(VERDICTS[verdict] for verdict in c.item.verdict),
            ),
        }

    def _item(self, item_id: str) -> str:
        title = self._titles.get(item_id)
        return f"“{title}”" if title else f" {item_id} "

    def line(self, condition: ConditionModel) -> Line:
        """The condition in words; one that has no words yet is shown as it is written."""
        describe = self._by_tag.get(condition.tag)
        if describe is None:
            return Line((Part(condition.model_dump_json(by_alias=True, exclude_none=True)),))
        return describe(condition)

    def _group(self, head: str, conditions: Iterable[ConditionModel]) -> Line:
        return Line((Part(head),), tuple(self.line(condition) for condition in conditions))

    def _list(self, phrases: Sequence[str]) -> tuple[Part, ...]:
        """Phrases, with `$lists` opened as far as there is room."""
        parts: list[Part] = []
        for phrase in phrases:
            if not phrase.startswith("$"):
                parts.append(Part(phrase, is_phrase=True))
                continue
            resolved = self._phrases.get(phrase[1:], ())
            parts.append(Part(f"词表“{phrase[1:]}”（{len(resolved)} 个{'：' if resolved else ''}"))
            parts += [Part(word, is_phrase=True) for word in resolved[:SHOWN_PHRASES]]
            parts.append(Part("…）" if len(resolved) > SHOWN_PHRASES else "）"))
        return tuple(parts)

    def _leaf(self, leaf: Any) -> str:
        return f"{where(leaf.within)}{WHO[leaf.by]}"

    def _count(self, count: Count | None) -> str:
        return "" if count is None else span(count.min, count.max, "次")

    def _says(self, says: Any) -> Line:
        parts: list[Part] = [Part(self._leaf(says))]
        for words, phrases in (
            ("说了任一:", says.any_of),
            ("全部说到:", says.all_of),
            (f"至少说到 {says.at_least.n if says.at_least else 0} 个:", says.at_least and says.at_least.of),
            ("没有说:", says.none_of),
        ):
            if phrases:
                parts += [Part(words), *self._list(phrases)]
        notes = [
            MATCH[says.match],
            self._count(says.count),
            f"至少 {says.min_hits} 次" if says.min_hits else "",
        ]
        notes.append("被否定的也算" if says.negated == "allow" else "")
        notes.append(CLAIM.get(says.claim, ""))
        shown = ";".join(note for note in notes if note)
        parts.append(Part(f"({shown})" if shown else ""))
        return Line(tuple(parts), (*self._excuse(says.except_), *self._otherwise(says.when_empty)))

    def _otherwise(self, condition: ConditionModel | None) -> tuple[Line, ...]:
        return () if condition is None else (self._group("词表为空时改看:", [condition]),)

    def _excuse(self, excuse: Any) -> tuple[Line, ...]:
        if not excuse:
            return ()
        if isinstance(excuse, ConditionModel):
            return (self._group("以下情形除外:", [excuse]),)
        return (Line((Part("同时说了这些的除外:"), *self._list(excuse))),)

    def _regex(self, regex: Any) -> Line:
        parts = [
            Part(f"{self._leaf(regex)}说的话符合 "),
            Part(f"{len(regex.pattern)} 条句式(正则)", patterns=regex.pattern),
        ]
        if regex.not_regex:
            parts += [
                Part(" 且不符合 "),
                Part(f"{len(regex.not_regex)} 条句式(正则)", patterns=regex.not_regex),
            ]
        claim = CLAIM.get(regex.claim)
        if claim:
            parts.append(Part(f"({claim})"))
        return Line((*parts, Part(self._count(regex.count))), self._excuse(regex.except_))

    def _similar(self, similar: Any) -> Line:
        parts = [Part(f"{self._leaf(similar)}说了近似的话:"), *self._list(similar.lines)]
        notes = [f"相似度至少 {number(similar.min_score)}", self._count(similar.count)]
        parts.append(Part(f"({';'.join(note for note in notes if note)})"))
        return Line(tuple(parts), self._excuse(similar.except_))

    def flow(self, flow: Any) -> Line:
        """A procedure: its steps, then the ways that have a condition."""
        titles = {node.id: node.title for node in flow.nodes}
        steps = [
            Line(
                (Part(f"{node.title}{'(可选)' if node.optional else ''}{distance(node.within)}:"),),
                (self.line(node.when),),
            )
            for node in flow.nodes
        ]
        branches = [
            Line(
                (Part(f"{titles[edge.from_]} → {titles[edge.to]}{distance(edge.within)},条件:"),),
                (self.line(edge.when),),
            )
            if edge.when is not None
            else Line((Part(f"{titles[edge.from_]} → {titles[edge.to]}"),))
            for edge in sorted(flow.edges or (), key=lambda edge: edge.priority)
        ]
        ways = (Line((Part("走向:"),), tuple(branches)),) if branches else ()
        return Line((Part("按流程进行:" if not branches else "按流程图进行:"),), (*steps, *ways))

    def _number(self, spec: Any) -> Line:
        parts = [Part(f"{self._leaf(spec)}说出数字{span(spec.min, spec.max, '')}")]
        if spec.unit:
            parts += [Part("单位为"), *self._list(spec.unit)]
        if spec.near:
            parts += [Part("同句有"), *self._list(spec.near)]
        return Line((*parts, Part(self._count(spec.count))), self._excuse(spec.except_))

    def _asks(self, asks: Any) -> Line:
        kind = {True: "开放式问题", False: "封闭式问题", None: "问题"}[asks.open]
        parts = [Part(f"{self._leaf(asks)}提出{kind}")]
        if asks.any_of:
            parts += [Part(",含任一:"), *self._list(asks.any_of)]
        return Line((*parts, Part(self._count(asks.count))), self._excuse(asks.except_))

    def _order(self, place: str, anchor: Any, expect: ConditionModel, within: Distance | None) -> Line:
        times = {"first": "第一次", "last": "最后一次", "each": "每一次", "any": "任意一次"}
        nth = times.get(anchor.nth, f"第 {anchor.nth} 次")
        head = self.line(anchor.condition)
        return Line(
            (Part(f"{nth}发生以下情形{place}{distance(within)}:"),),
            (head, self._group("要有:", [expect])),
        )

    def _moment(self, moment: Any, text: str) -> Line:
        total = f",合计{span(moment.total.min, moment.total.max, '秒')}" if moment.total else ""
        parts = (Part(f"{where(moment.within)}{text}{total}"), Part(self._count(moment.count)))
        return Line(parts, self._excuse(moment.except_))

    def _overlap(self, overlap: Any) -> str:
        long = f"达到 {number(overlap.min_s)} 秒" if overlap.min_s else ""
        long += f"(对方已说 {number(overlap.after_s)} 秒)" if overlap.after_s else ""
        end = {True: ",对方停下", False: ",自己停下", None: ""}[overlap.yielded]
        return f"{WHO[overlap.by]}抢话{long}{end}(“嗯”“好的”等附和不算)"

    def _sentiment(self, mood: Any) -> str:
        who = f"{where(mood.within)}{WHO[mood.by]}"
        if mood.state:
            states = {"positive": "积极", "negative": "消极", "neutral": "平和"}
            return f"{who}情绪{states[mood.state]}{self._count(mood.count)}"
        if mood.score:
            return f"{who}情绪均值{in_range(mood.score)}(-1 到 1)"
        return f"{who}情绪从头到尾的变化{in_range(mood.shift)}"

    def _objection(self, objection: Any) -> str:
        types = [*(objection.type or ()), *(objection.any_of or ())]
        text = f"{where(objection.within)}客户提出异议" + (
            f"({'、'.join(TYPES[one] for one in types)})" if types else ""
        )
        if objection.handled is not None:
            text += ",已共情并回应" if objection.handled else ",未妥善处理"
        if objection.step:
            text += ",坐席做到 " + "、".join(STEPS[one] for one in objection.step)
        if objection.outcome:
            text += ",结果为 " + "或".join(OUTCOMES[one] for one in objection.outcome)
        return text + self._count(objection.count)

    def _fact(self, fact: Any) -> str:
        if fact.missing is not None:
            return f"{fact.field} {'缺失' if fact.missing else '已知'}"
        if fact.between is not None:
            return f"{fact.field} 在 {fact.between[0]} 与 {fact.between[1]} 之间"
        if fact.min is not None or fact.max is not None:
            return f"{fact.field} {'不小于' if fact.min is not None else '不大于'} {limit(fact)}"
        if fact.regex is not None:
            return f"{fact.field} 符合 {fact.regex}"
        if fact.contains is not None:
            return f"{fact.field} 含有 {'或'.join(fact.contains)}"
        values = fact.in_ if fact.in_ is not None else (fact.is_,)
        return f"{fact.field} 为 {'或'.join(str(value) for value in values)}"


def _line(*texts: str) -> Line:
    return Line(tuple(Part(text) for text in texts if text))
