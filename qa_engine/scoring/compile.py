"""Rubric → Plan: everything that does not depend on a call, made once and shared by all calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

from qa_engine.language.phrases import Match, Negated, Phrase, PhraseMatcher
from qa_engine.objections import Taxonomy, load_taxonomy
from qa_engine.rubric.load import Rubric, taxonomy_path
from qa_engine.scoring.judged import CompiledItem, compile_item, in_order
from qa_engine.scoring.outcome import Judge

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(slots=True)
class Builder:
    """Collects the phrases of a rubric while its conditions become judges."""

    rubric: Rubric
    zone: ZoneInfo
    asked: set[str] = field(default_factory=set)
    """Ids of items that the conditions compiled so far look at."""
    _numbers: dict[Phrase, int] = field(default_factory=dict)
    _named: dict[str, tuple[Judge, frozenset[str]]] = field(default_factory=dict)

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """All phrases so far, in order of their numbers."""
        return tuple(self._numbers)

    def named(self, name: str) -> Judge:
        """The judge of a condition of the form's `conditions`, compiled once."""
        if name not in self._named:
            before, self.asked = self.asked, set()
            judge = self.rubric.spec.conditions[name].compile(self)
            self._named[name] = (judge, frozenset(self.asked))
            self.asked = before
        judge, asked = self._named[name]
        self.asked |= asked
        return judge

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
        return tuple(self._numbers.setdefault(phrase, len(self._numbers)) for phrase in phrases)

    def groups(
        self, refs: Sequence[str], *, match: Match = "homophone", negated: Negated = "guard"
    ) -> tuple[tuple[int, ...], ...]:
        """The same, one group a member: a `$名字` is one member."""
        return tuple(self.numbers((ref,), match=match, negated=negated) for ref in refs)


@dataclass(frozen=True)
class Plan:
    """A compiled rubric. Immutable; safe to share between calls and threads."""

    rubric: Rubric
    items: tuple[CompiledItem, ...]
    """In the order of the form."""
    order: tuple[CompiledItem, ...]
    """In an order in which every item comes after those that it asks about."""
    phrases: tuple[Phrase, ...]
    zone: ZoneInfo
    code_version: str

    @cached_property
    def matcher(self) -> PhraseMatcher:
        """All phrases of the rubric, found in one pass."""
        return PhraseMatcher(self.phrases)

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The objection taxonomy."""
        return load_taxonomy(taxonomy_path())


def compile_rubric(rubric: Rubric, *, zone: ZoneInfo = DEFAULT_ZONE, code_version: str) -> Plan:
    """Compiles a rubric. `zone` is where calling hours are counted, `code_version` is pinned in every evaluation."""
    builder = Builder(rubric, zone)
    items = tuple(
        compile_item(item, section.id, builder) for section in rubric.sections for item in section.items
    )
    return Plan(rubric, items, in_order(items), builder.phrases, zone, code_version)
