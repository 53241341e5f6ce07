"""The taxonomy file as values, and compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import re2
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from qa_engine.errors import BadInput, Where
from qa_engine.language.normalize import Normalized
from qa_engine.language.phrases import PhraseMatcher
from qa_engine.objections.cues import Cue, CueBuilder, Heard, Hearing, pattern
from qa_engine.scoring.pattern_set import PatternSet

MAX_BYTES = 1 << 20
STEPS = ("acknowledge", "clarify", "respond", "confirm", "advance")


class BadTaxonomy(BadInput):
    """A taxonomy file that cannot be used."""

    code = "bad_taxonomy"


def _linear(text: str) -> str:
    try:
        pattern([text])
    except re2.error as error:
        raise ValueError(f"正则无法使用(线性时间引擎,不能用环视):{text}") from error
    return text


Text = Annotated[str, Field(min_length=1, max_length=2_000)]
Pattern = Annotated[Text, AfterValidator(_linear)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CueSpec(_Strict):
    """Phrases and patterns of a cue, and what only looks like it."""

    phrases: list[Text] = Field(default_factory=list)
    regex: list[Pattern] = Field(default_factory=list)
    excuse: list[Pattern] = Field(default_factory=list, alias="except")


class TypeSpec(CueSpec):
    """A type of objection. `examples` and `look_alikes` are tests."""

    title: Text
    calls_for: Literal["persuasion", "compliance"] = "persuasion"
    weak: list[Pattern] = Field(default_factory=list)
    acknowledge: CueSpec = CueSpec()
    respond: CueSpec = CueSpec()
    examples: list[Text] = Field(default_factory=list)
    look_alikes: list[Text] = Field(default_factory=list)


class StepsSpec(_Strict):
    """What counts as a handling step, whatever the objection."""

    acknowledge: CueSpec
    clarify: CueSpec
    confirm: CueSpec
    advance: CueSpec


class BadFaithSpec(_Strict):
    """Replies without steps: a hostile or evasive turn as a whole, a pressing sentence by itself."""

    hostile: list[Pattern]
    evasive: list[Pattern]
    pressure: list[Pattern]


class StanceSpec(_Strict):
    """How the customer takes it."""

    agree: CueSpec
    refuse: CueSpec


class TableSpec(_Strict):
    """From which probability on the trained tables are believed: `propose_from` where no phrase or pattern is said,
    `overrule_from` against a pattern, `step_from` for a handling step, `stance_from` for how the customer takes it."""

    propose_from: float = Field(ge=0, le=1)
    overrule_from: float = Field(ge=0, le=1)
    step_from: float = Field(ge=0, le=1)
    stance_from: float = Field(ge=0, le=1)


class DoubtSpec(_Strict):
    """Where the table leaves a doubt. A type that it alone proposes is sure from `raised_from` on, if so many characters
    (`least_chars`) are said; one that a pattern speaks for is sure unless the table hears none with `denied_from`. A turn
    in which nothing is found may still be an objection where the types that call for persuasion come to `perhaps_from`
    together, or to `acknowledged_from` and the agent's next turn shares a concern."""

    raised_from: float = Field(ge=0, le=1)
    least_chars: int = Field(ge=0, le=100)
    denied_from: float = Field(ge=0, le=1)
    perhaps_from: float = Field(ge=0, le=1)
    acknowledged_from: float = Field(default=1, ge=0, le=1)


class TaxonomySpec(_Strict):
    """`rubrics/objections.yaml`. Without `table` the phrases and patterns alone decide; without `doubt` what they and the
    table make of a call is never in doubt."""

    version: int
    table: TableSpec | None = None
    doubt: DoubtSpec | None = None
    precedence: list[str]
    last: list[str]
    types: dict[str, TypeSpec]
    steps: StepsSpec
    bad_faith: BadFaithSpec
    stance: StanceSpec


@dataclass(frozen=True, slots=True)
class ObjectionType:
    """A compiled type. `acknowledge` and `respond` are what this objection needs beside the general steps."""

    id: str
    title: str
    is_compliance: bool
    cue: Cue
    weak: Cue
    acknowledge: Cue
    respond: Cue


@dataclass(frozen=True)
class Taxonomy:
    """The compiled taxonomy; immutable, safe to share. `types` are in order of precedence: `ranked` ones first, `last`
    ones last, the others by what is said first."""

    types: Mapping[str, ObjectionType]
    ranked: tuple[str, ...]
    last: tuple[str, ...]
    steps: Mapping[str, Cue]
    dismissive: Cue
    pressure: Cue
    agree: Cue
    refuse: Cue
    matcher: PhraseMatcher
    patterns: PatternSet
    spec: TaxonomySpec = field(repr=False)

    @cached_property
    def _types_by_pattern(self) -> Mapping[int, list[str]]:
        return _index(
            (cue.number, name) for name, kind in self.types.items() for cue in (kind.cue, kind.weak)
        )

    @cached_property
    def _types_by_phrase(self) -> Mapping[int, list[str]]:
        return _index((number, name) for name, kind in self.types.items() for number in kind.cue.numbers)

    def candidates(self, heard: Heard) -> AbstractSet[str]:
        """Ids of the types that an utterance may be: all but a few have nothing to do with it."""
        if heard.possible is None:
            return self.types.keys()
        found: set[str] = set()
        for number in heard.possible:
            found.update(self._types_by_pattern.get(number, ()))
        for hit in heard.hits:
            found.update(self._types_by_phrase.get(hit.phrase, ()))
        return found

    def hear(self, normals: Sequence[Normalized]) -> Hearing:
        """Turns made ready for cues."""
        return Hearing(normals, self.matcher.find(normals), self.patterns)


def _index(pairs: Iterable[tuple[int, str]]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for number, name in pairs:
        found.setdefault(number, []).append(name)
    return found


def _type(name: str, spec: TypeSpec, builder: CueBuilder) -> ObjectionType:
    def cue(part: CueSpec) -> Cue:
        return builder.cue(part.phrases, part.regex, part.excuse)

    weak = builder.cue((), spec.weak, spec.excuse)
    compliance = spec.calls_for == "compliance"
    return ObjectionType(
        name, spec.title, compliance, cue(spec), weak, cue(spec.acknowledge), cue(spec.respond)
    )


def compile_taxonomy(spec: TaxonomySpec) -> Taxonomy:
    """The taxonomy, ready for use."""
    builder = CueBuilder()
    types = {name: _type(name, part, builder) for name, part in spec.types.items()}
    steps = {
        name: builder.cue(part.phrases, part.regex, part.excuse)
        for name in ("acknowledge", "clarify", "confirm", "advance")
        for part in (getattr(spec.steps, name),)
    }
    agree, refuse = (
        builder.cue(part.phrases, part.regex, part.excuse) for part in (spec.stance.agree, spec.stance.refuse)
    )
    return Taxonomy(
        types=MappingProxyType(types),
        ranked=tuple(spec.precedence),
        last=tuple(spec.last),
        steps=MappingProxyType(steps),
        dismissive=builder.cue((), [*spec.bad_faith.hostile, *spec.bad_faith.evasive]),
        pressure=builder.cue((), spec.bad_faith.pressure),
        agree=agree,
        refuse=refuse,
        matcher=builder.matcher(),
        patterns=builder.pattern_set(),
        spec=spec,
    )


def load_taxonomy(path: Path) -> Taxonomy:
    """Reads and compiles a taxonomy file. Raises `BadTaxonomy`."""
    where = Where(str(path))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadTaxonomy("分类文件超过 1 MB", hint="请拆小或删去多余的短语", where=where)
        source = path.read_bytes()
    except OSError as error:
        raise BadTaxonomy(
            f"分类文件无法读取:{error.strerror}", hint="请检查路径和读取权限", where=where
        ) from error
    return parse_taxonomy(source, file=str(path))


def parse_taxonomy(source: bytes, *, file: str = "objections.yaml") -> Taxonomy:
    """Compiles a taxonomy from text. Raises `BadTaxonomy`."""
    where = Where(file)
    try:
        data = yaml.safe_load(source)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = Where(file, mark.line + 1, mark.column + 1) if mark else where
        raise BadTaxonomy("不是合法的 YAML", hint="请检查缩进、引号和冒号", where=place) from error
    try:
        return compile_taxonomy(TaxonomySpec.model_validate(data))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadTaxonomy(
            f"{key}:{first['msg']}", hint="写法见随附的 objections.yaml", where=where
        ) from error
