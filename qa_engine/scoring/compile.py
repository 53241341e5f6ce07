"""Rubric → Plan: everything that does not depend on a call, made once and shared by all calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from zoneinfo import ZoneInfo

from qa_engine.language.entities import Kind
from qa_engine.language.phrases import Match, Negated, Phrase, PhraseMatcher
from qa_engine.objections import Taxonomy, parse_taxonomy
from qa_engine.rubric.base import ConditionModel
from qa_engine.rubric.load import Rubric
from qa_engine.scoring.judged import CompiledItem, compile_item, in_order
from qa_engine.scoring.outcome import Judge, Outcome
from qa_engine.scoring.pattern_set import PatternSet
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import WHOLE, Window

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A judge and what it looks at, as `Builder` names it."""

    judge: Judge
    asked: frozenset[str]
    used: frozenset[int]
    only_words: bool


@dataclass(slots=True)
class Builder:
    """Collects the phrases of a rubric while its conditions become judges."""

    rubric: Rubric
    zone: ZoneInfo
    asked: set[str] = field(default_factory=set)
    """Ids of items that the conditions compiled so far look at."""
    used: set[int] = field(default_factory=set)
    """Numbers of the phrases that they look for."""
    only_words: bool = True
    """Whether they look for phrases anywhere in the call, and at nothing else."""
    kinds: frozenset[Kind] = frozenset()
    """Kinds of entities that the conditions compiled so far look for."""
    uses_history: bool = False
    """Whether a condition looks at earlier calls to the customer, which somebody then has to look up."""
    asks_model: bool = False
    """Whether a condition asks a language model."""
    _numbers: dict[Phrase, int] = field(default_factory=dict)
    _patterns: dict[str, int] = field(default_factory=dict)
    _serial: Iterator[int] = field(default_factory=count)
    _judges: dict[str, _Compiled] = field(default_factory=dict)

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """All phrases so far, in order of their numbers."""
        return tuple(self._numbers)

    def judge(self, condition: ConditionModel) -> Judge:
        """The judge of a condition. Equal conditions share one, and it answers once a call and window: the same
        `na_when` in ten items costs as much as in one."""
        key = condition.model_dump_json(by_alias=True, exclude_defaults=True)
        if key not in self._judges:
            before = (self.asked, self.used, self.only_words)
            self.start_item()
            self.only_words = condition.only_words
            judge = _remembered(next(self._serial), condition.compile(self))
            self._judges[key] = _Compiled(judge, frozenset(self.asked), frozenset(self.used), self.only_words)
            self.asked, self.used, self.only_words = before
        known = self._judges[key]
        self.asked |= known.asked
        self.used |= known.used
        self.only_words = self.only_words and known.only_words
        return known.judge

    def start_item(self) -> None:
        """Forgets what the conditions so far look at."""
        self.asked, self.used, self.only_words = set(), set(), True

    def number_as(self, plan: Plan) -> None:
        """Gives phrases and patterns the numbers that they have in a plan."""
        self._numbers = {phrase: number for number, phrase in enumerate(plan.phrases)}
        self._patterns = {pattern: number for number, pattern in enumerate(plan.patterns)}

    def named(self, name: str) -> Judge:
        """The judge of one of the form's `conditions`."""
        return self.judge(self.rubric.spec.conditions[name])

    @property
    def patterns(self) -> tuple[str, ...]:
        """All regular expressions so far, in order of their numbers."""
        return tuple(self._patterns)

    def pattern(self, text: str) -> int:
        """Number under which the pattern set reports a regular expression on normalised text."""
        return self._patterns.setdefault(text, len(self._patterns))

    def words(self, refs: Sequence[str]) -> tuple[str, ...]:
        """Phrases with every `$名字` replaced by its list."""
        found: dict[str, None] = {}
        for ref in refs:
            found |= dict.fromkeys(self.rubric.phrases[ref[1:]] if ref.startswith("$") else (ref,))
        return tuple(found)

    def numbers(
        self, refs: Sequence[str], *, match: Match = "homophone", negated: Negated = "guard"
    ) -> tuple[int, ...]:
        """Numbers under which the matcher reports these phrases."""
        phrases = (Phrase(text, match, negated) for text in self.words(refs))
        numbers = tuple(self._numbers.setdefault(phrase, len(self._numbers)) for phrase in phrases)
        self.used.update(numbers)
        return numbers

    def groups(
        self, refs: Sequence[str], *, match: Match = "homophone", negated: Negated = "guard"
    ) -> tuple[tuple[int, ...], ...]:
        """The same, one group a member: a `$名字` is one member."""
        return tuple(self.numbers((ref,), match=match, negated=negated) for ref in refs)


def _remembered(number: int, judge: Judge) -> Judge:
    """`judge`, asked once a call and window."""

    def answer(scene: Scene, window: Window) -> Outcome:
        key = number if window is WHOLE else (number, window)
        outcome = scene.answers.get(key)
        if outcome is None:
            outcome = scene.answers[key] = judge(scene, window)
        return outcome

    return answer


@dataclass(frozen=True)
class Plan:
    """A compiled rubric. Immutable; safe to share between calls and threads."""

    rubric: Rubric
    items: tuple[CompiledItem, ...]
    """In the order of the form."""
    order: tuple[CompiledItem, ...]
    """In an order in which every item comes after those that it asks about."""
    phrases: tuple[Phrase, ...]
    patterns: tuple[str, ...]
    kinds: frozenset[Kind]
    zone: ZoneInfo
    code_version: str
    uses_history: bool = False
    asks_model: bool = False

    @cached_property
    def matcher(self) -> PhraseMatcher:
        """All phrases of the rubric, found in one pass."""
        return PhraseMatcher(self.phrases)

    @cached_property
    def pattern_set(self) -> PatternSet:
        """All regular expressions of the rubric, tried in one pass."""
        return PatternSet(self.patterns)

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The objection taxonomy whose hash the evaluations pin."""
        return parse_taxonomy(self.rubric.taxonomy)


def compile_rubric(rubric: Rubric, *, zone: ZoneInfo = DEFAULT_ZONE, code_version: str) -> Plan:
    """Compiles a rubric. `zone` is where calling hours are counted, `code_version` is pinned in every evaluation."""
    builder = Builder(rubric, zone)
    items = tuple(
        compile_item(item, section.id, builder) for section in rubric.sections for item in section.items
    )
    return Plan(
        rubric, items, in_order(items), builder.phrases, builder.patterns, builder.kinds, zone, code_version,
        uses_history=builder.uses_history, asks_model=builder.asks_model,
    )  # fmt: skip
