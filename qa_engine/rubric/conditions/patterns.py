"""regex, number, asks, repeats: what is said, by its form rather than by a list of phrases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

import re2
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from rapidfuzz import fuzz, process

from qa_engine.language.claims import ClaimKind
from qa_engine.language.normalize import normalize
from qa_engine.rubric.base import ConditionModel, Leaf, PhraseList, Share, Text, as_list
from qa_engine.rubric.base import Number as NumberValue
from qa_engine.rubric.conditions.words import Excuse
from qa_engine.scoring import wording
from qa_engine.scoring.claims import claimed
from qa_engine.scoring.evaluation import Evidence
from qa_engine.scoring.excuse import SENTENCE_END, both, excuser
from qa_engine.scoring.leaf import LeafRule, decide, limits
from qa_engine.scoring.narrow import narrow, shared
from qa_engine.scoring.outcome import Judge, Occurrence, Outcome
from qa_engine.scoring.pattern_set import compiled, regex_options
from qa_engine.scoring.recognition import DEFAULT_CONFIDENCE
from qa_engine.scoring.respell import respelled
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import WHOLE, Window

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder

Stretch: TypeAlias = tuple[int, int, int]
"""A turn and a stretch of characters in its original text."""
Finder: TypeAlias = Callable[[Scene, int], Iterator[Stretch]]
COMPARED_CHARS = 200
"""A turn is compared by its beginning: likeness costs the product of both lengths."""
LOOKED_AT = 4
"""Turns looked at for one compared: monologues of the other side don't make it search the whole call."""
_CLASS_OR_OPTIONAL = re.compile(r"\[[^\]]*\]|\\.|.(?=[?*{])")
_WORD = re.compile("[\u4e00-\u9fff]{3,}")
_NUMBER = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)(千万|百万|万|亿)?")
_MULTIPLES = {"万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8}
LOOK_AROUND = ("(?=", "(?!", "(?<=", "(?<!")


def check_pattern(pattern: str) -> str:
    """Refuses what the linear-time engine cannot run, saying what to write instead."""
    if any(mark in pattern for mark in LOOK_AROUND):
        message = "正则里不能用环视(?= ?! ?<= ?<!);要排除的写进 not_regex"
        raise PydanticCustomError("regex_look_around", message)
    try:
        re2.compile(pattern, regex_options())
    except re2.error as error:
        detail = error.args[0].decode("utf-8", "replace") if error.args else ""
        raise PydanticCustomError("bad_regex", "正则无法使用:{detail}", {"detail": detail}) from error
    return pattern


Pattern = Annotated[Text, AfterValidator(check_pattern)]
PatternList = Annotated[
    tuple[Pattern, ...],
    BeforeValidator(as_list, json_schema_input_type=str | list[str]),
    Field(min_length=1, max_length=200),
]


def form_judge(
    spec: Leaf,
    condition: str,
    words: tuple[str, str],
    find: Finder,
    builder: Builder,
    *,
    phrase: str | None = None,
    patterns: frozenset[int] | None = None,
    vocabulary: Mapping[int, str] | None = None,
) -> Judge:
    """The judge of a leaf whose moments are stretches that `find` sees in a turn. `words` are did and did not. With
    `patterns`, only turns in which one of these may match are looked at, or which `vocabulary` spells otherwise."""
    rule = LeafRule(
        condition, *words, wording.role_of(spec.by), shared(spec.within), *limits(spec.count),
        DEFAULT_CONFIDENCE if spec.min_confidence is None else spec.min_confidence,
    )  # fmt: skip
    excuse = both(claimed(getattr(spec, "claim", None)), excuser(getattr(spec, "except_", None), builder))

    def occurrences(scene: Scene, window: Window) -> Iterator[Occurrence]:
        turns: Sequence[int] = scene.turns_in(window, rule.role)
        if patterns is not None:
            otherwise = respelled(scene, vocabulary) if vocabulary else {}
            turns = scene.matching(patterns, turns, otherwise)
        whole, timed = window.whole, window.timed
        for turn in turns:
            for _, start, end in find(scene, turn):
                if not whole and not scene.inside(window, turn, start, end):
                    continue
                start_s, end_s = scene.recognition.clock(turn).seconds(start, end)
                text = scene.turns[turn].text[start:end]
                evidence = Evidence(condition, text, turn, start, end, start_s, end_s, phrase)
                yield scene.words(
                    turn, start, end, evidence, role=rule.role, least=rule.confidence, timed=timed
                )

    def judge(scene: Scene, window: Window) -> Outcome:
        here = narrow(scene, window, rule.within)
        return decide(scene, here, rule, excuse(scene, list(occurrences(scene, here))))

    return judge


class RegexSpec(Leaf):
    """A pattern on the normalised text of a turn (simplified characters, spoken numerals as digits)."""

    pattern: PatternList
    """RE2 syntax; several patterns: any of them."""
    not_regex: PatternList | None = None
    """A hit is dropped where one of these matches in the same sentence."""
    on: Literal["normalized", "original"] = "normalized"
    words: PhraseList | None = None
    """Words that count as written so wherever they are heard so (報本 as 保本): patterns alone compare characters."""
    claim: ClaimKind | None = None
    """Only what the speaker says as his own is a hit; see `says`."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None

    @model_validator(mode="after")
    def _on_normalized(self) -> RegexSpec:
        if self.on == "original" and (self.words or self.claim):
            raise PydanticCustomError("contradictory", "words 与 claim 只能用于 on: normalized")
        return self


class Regex(ConditionModel):
    """A regular expression matches (linear-time engine: no look-around, no back references)."""

    tag: ClassVar[str] = "regex"
    regex: RegexSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.regex
        patterns = [(builder.pattern(text), compiled(text)) for text in spec.pattern]
        refused = [compiled(pattern) for pattern in spec.not_regex or ()]
        on_normalized = spec.on == "normalized"
        heard = (*builder.words(spec.words or ()), *(literals(spec.pattern) if spec.words else ()))
        numbers = builder.numbers(heard, negated="allow")
        vocabulary = dict(zip(numbers, (normalize(word).text for word in builder.words(heard)), strict=True))

        def find(scene: Scene, turn: int) -> Iterator[Stretch]:
            normal = scene.normals[turn]
            text = normal.text if on_normalized else scene.turns[turn].text
            possible = scene.patterns(turn) if on_normalized else None
            matching = [pattern for number, pattern in patterns if possible is None or number in possible]
            found = [(text, m.span()) for pattern in matching for m in pattern.finditer(text)]
            otherwise = respelled(scene, vocabulary).get(turn) if vocabulary else None
            if otherwise is not None:
                found += [
                    (otherwise, m.span()) for _, pattern in patterns for m in pattern.finditer(otherwise)
                ]
            done = -1
            for read, (start, end) in sorted(found, key=lambda hit: hit[1]):
                if start < end and start >= done and not _refused(refused, read, start, end):
                    done = end
                    yield (
                        (turn, normal.offsets[start], normal.offsets[end])
                        if on_normalized
                        else (turn, start, end)
                    )

        # Few people read regular expressions: they are counted; the rubric's page, to which the item leads, shows them.
        words = ("说了", f"未说符合 {len(spec.pattern)} 条句式的话")
        tried = frozenset(number for number, _ in patterns) if on_normalized else None
        return form_judge(
            spec, "regex", words, find, builder,
            phrase=spec.pattern[0], patterns=tried, vocabulary=vocabulary,
        )  # fmt: skip


def literals(patterns: Sequence[str]) -> tuple[str, ...]:
    """The words of three characters and more that stand in patterns: long enough to be known by their sound."""
    plain = (_CLASS_OR_OPTIONAL.sub("|", pattern) for pattern in patterns)
    return tuple(dict.fromkeys(word for text in plain for word in _WORD.findall(text)))


def _refused(patterns: Sequence[Any], text: str, start: int, end: int) -> bool:
    """Whether one of the patterns matches in the sentence of `text[start:end]`."""
    if not patterns:
        return False
    starts = [mark.end() for mark in SENTENCE_END.finditer(text, 0, start)]
    stop = SENTENCE_END.search(text, end)
    sentence = text[starts[-1] if starts else 0 : stop.start() if stop else len(text)]
    return any(pattern.search(sentence) for pattern in patterns)


UnitList = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=20)], ...],
    BeforeValidator(as_list, json_schema_input_type=str | list[str]),
    Field(min_length=1, max_length=50),
]


class NumberSpec(Leaf):
    """A number that is said, after spoken numerals became digits (两万五 → 25000)."""

    unit: UnitList | None = None
    """The word right after it, such as 元 or %; any if left out."""
    min: NumberValue | None = None
    max: NumberValue | None = None
    near: PhraseList | None = None
    """One of these must be said in the same turn."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None


class Number(ConditionModel):
    """A number in a range is said."""

    tag: ClassVar[str] = "number"
    number: NumberSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.number
        units = tuple(normalize(unit).text for unit in spec.unit or ())
        near = builder.numbers(spec.near or ())
        low = spec.min if spec.min is not None else -inf
        high = spec.max if spec.max is not None else inf

        def find(scene: Scene, turn: int) -> Iterator[Stretch]:
            if spec.near and not scene.phrase_hits(near, WHOLE.turns(turn, turn), None):
                return
            normal = scene.normals[turn]
            for match in _NUMBER.finditer(normal.text):
                value = float(match[1]) * _MULTIPLES.get(match[2] or "", 1)
                end = match.end()
                unit = next((u for u in units if normal.text.startswith(u, end)), "" if not units else None)
                if unit is not None and low <= value <= high:
                    yield turn, normal.offsets[match.start()], normal.offsets[end + len(unit)]

        what = f"{_ranged(spec.min, spec.max)}数字"
        return form_judge(
            spec, "number", ("说了数字", f"未说{what}{f'({units[0]})' if units else ''}"), find, builder
        )


def _ranged(low: float | None, high: float | None) -> str:
    """A range in front of what is in it; empty for any."""
    if low is not None and high is not None:
        return f" {wording.number(low)} 到 {wording.number(high)} 的"
    if low is not None:
        return f"不小于 {wording.number(low)} 的"
    return f"不大于 {wording.number(high)} 的" if high is not None else ""


class AsksSpec(Leaf):
    """A question: 吗, 呢, a question mark or a question word."""

    open: Annotated[bool, Field(strict=True)] | None = None
    """true: open questions only (什么 怎么 哪 多少 为什么 …); false: closed ones only (是不是, 方便吗)."""
    any_of: PhraseList | None = None
    """Only questions that contain one of these."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None


class Asks(ConditionModel):
    """A question is asked."""

    tag: ClassVar[str] = "asks"
    asks: AsksSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.asks
        about = builder.numbers(spec.any_of or (), negated="allow")

        def find(scene: Scene, turn: int) -> Iterator[Stretch]:
            normal = scene.normals[turn]
            found = [q for q in scene.questions(turn) if spec.open is None or q.open is spec.open]
            if not found:
                return
            hits = scene.phrase_hits(about, WHOLE.turns(turn, turn), None) if spec.any_of else []
            for question in found:
                start, end = normal.offsets[question.start], normal.offsets[question.end]
                first, last = normal.offsets[question.sentence_start], normal.offsets[question.sentence_end]
                if not spec.any_of or any(first <= hit.start and hit.end <= last for _, hit in hits):
                    yield turn, start, end

        kind = {True: "开放式问题", False: "封闭式问题", None: "问题"}[spec.open]
        topic = f"含{wording.quoted(builder.words(spec.any_of))}的" if spec.any_of else ""
        return form_judge(spec, "asks", (f"提了{kind}", f"未提{topic}{kind}"), find, builder)


class RepeatsSpec(Leaf):
    """`by` says nearly the same again."""

    of: Literal["same", "agent", "customer", "anyone"] = "same"
    """Whose earlier turns it repeats; those of the same speaker if left out."""

    min_chars: Annotated[int, Field(strict=True, ge=2, le=1_000)] = 6
    """Shorter turns are not compared."""
    similarity: Share = 0.8
    """From which likeness (0..1, edit distance on the normalised text) a turn counts as said again."""
    look_back: Annotated[int, Field(strict=True, ge=1, le=50)] = 20
    """With how many earlier turns of that speaker it is compared."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None

    @model_validator(mode="after")
    def _meaningful(self) -> RepeatsSpec:
        if self.similarity < 0.5:
            raise PydanticCustomError("impossible", "similarity 低于 0.5 时几乎任何两句都算重复")
        return self


class Repeats(ConditionModel):
    """Something is said again."""

    tag: ClassVar[str] = "repeats"
    repeats: RepeatsSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.repeats
        min_chars, look_back, likeness = spec.min_chars, spec.look_back, 100 * spec.similarity
        of_same, of = spec.of == "same", wording.role_of(spec.of)

        def find(scene: Scene, turn: int) -> Iterator[Stretch]:
            text = scene.normals[turn].text[:COMPARED_CHARS]
            if len(text) < min_chars:
                return
            role = scene.turns[turn].role if of_same else of
            earlier = scene.said_before(turn, role, look_back, LOOKED_AT * look_back, COMPARED_CHARS)
            if process.extractOne(text, earlier, scorer=fuzz.ratio, score_cutoff=likeness):
                yield turn, 0, len(scene.turns[turn].text)

        return form_judge(spec, "repeats", ("重复说了", "没有重复说同样的话"), find, builder)
