"""says: phrases, matched as they are heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.language.claims import ClaimKind
from qa_engine.rubric.base import ConditionModel, Leaf, PhraseList, Strict
from qa_engine.scoring import wording
from qa_engine.scoring.claims import claimed
from qa_engine.scoring.evaluation import Evidence
from qa_engine.scoring.excuse import Excuser, both, excuser
from qa_engine.scoring.leaf import LeafRule, decide, limits
from qa_engine.scoring.narrow import narrow, shared
from qa_engine.scoring.nearby import near_phrases
from qa_engine.scoring.outcome import Judge, Occurrence, Outcome, all_of, at_least_of, opposite
from qa_engine.scoring.recognition import DEFAULT_CONFIDENCE
from qa_engine.scoring.scene import Found, Scene
from qa_engine.scoring.window import Window

if TYPE_CHECKING:
    from qa_engine.rubric.base import Condition
    from qa_engine.scoring.compile import Builder


def _excuse_kind(value: object) -> str:
    return "<condition>" if isinstance(value, dict | ConditionModel) else "<phrases>"


Excuse: TypeAlias = Annotated[
    Annotated[PhraseList, Tag("<phrases>")] | Annotated["Condition", Tag("<condition>")],
    Discriminator(_excuse_kind),
]
"""What excuses a hit. Phrases: said in the same turn (for timing: by anyone in the two turns before). A condition:
true from two turns before to one turn after."""


class SomePhrases(Strict):
    """`n` different members of `of`; a `$名字` is one member."""

    n: Annotated[int, Field(strict=True, ge=1, le=1_000)]
    of: PhraseList


class SaysSpec(Leaf):
    """`any_of`, `all_of`, `at_least` and `none_of` may be combined; all of them must hold."""

    any_of: PhraseList | None = None
    """One of these is said (`min_hits` times in all)."""
    all_of: PhraseList | None = None
    """Each of these is said."""
    at_least: SomePhrases | None = None
    """So many different ones of these are said."""
    none_of: PhraseList | None = None
    """None of these is said."""
    match: Literal["exact", "homophone", "fuzzy"] = "homophone"
    """exact: the same characters. homophone: the same sound, zh/z ch/c sh/s n/l an/ang en/eng in/ing folded.
    fuzzy: also one syllable wrong from five syllables on, two from nine."""
    negated: Literal["guard", "allow"] = "guard"
    """guard: 不 没 别 无 未 非 勿 before the phrase is no hit."""
    claim: ClaimKind | None = None
    """Only what the speaker says as his own is a hit: not what is denied (before or after), told of others, warned about
    or quoted from a rule. statement: nor what is asked; demand: a question counts (转到我微信可以吗);
    insult: a question counts, but not what is said of oneself, of a thing or of third parties (那帮人真不要脸)."""
    min_hits: Annotated[int, Field(strict=True, ge=1, le=10_000)] | None = None
    """Short for `count: {min: …}`."""
    near: PhraseList | None = None
    """A hit counts only where one of these is said in the same turn as well."""
    near_chars: Annotated[int, Field(strict=True, ge=0, le=1_000)] | None = None
    """At most so many characters between a hit and one of `near`; anywhere in the turn if left out."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None
    """What excuses a hit."""
    when_empty: Condition | None = None
    """Judged in place of this where every list named is empty (such as `$公司名` before anybody filled it)."""

    @model_validator(mode="after")
    def _something(self) -> SaysSpec:
        if not (self.any_of or self.all_of or self.at_least or self.none_of):
            raise PydanticCustomError("no_phrases", "says 要写 any_of、all_of、at_least 或 none_of")
        if self.min_hits is not None and self.count is not None:
            raise PydanticCustomError("contradictory_window", "min_hits 与 count 只写一个")
        if self.near_chars is not None and self.near is None:
            raise PydanticCustomError("contradictory_window", "near_chars 要和 near 一起写")
        return self


class Says(ConditionModel):
    """Phrases are said. A hit on words recognised with low confidence is unknown, and so is a miss where much of
    the stretch searched was badly recognised."""

    tag: ClassVar[str] = "says"
    says: SaysSpec

    @property
    def only_words(self) -> bool:
        spec = self.says
        plain = spec.within is None and spec.min_confidence is None and spec.when_empty is None
        return plain and not isinstance(spec.except_, ConditionModel)

    def compile(self, builder: Builder) -> Judge:
        spec = self.says
        if spec.when_empty is not None and not builder.words(_all_phrases(spec)):
            return builder.judge(spec.when_empty)
        excuse = both(claimed(spec.claim), excuser(spec.except_, builder))
        parts: list[Judge] = []
        if spec.any_of:
            least, most = limits(spec.count, spec.min_hits)
            parts.append(_presence(spec, spec.any_of, builder, excuse, least=least, most=most))
        parts += [_presence(spec, (ref,), builder, excuse) for ref in spec.all_of or ()]
        if spec.at_least:
            parts.append(_several(spec, spec.at_least, builder, excuse))
        if spec.none_of:
            parts.append(_absence(_presence(spec, spec.none_of, builder, claimed(spec.claim))))
        if len(parts) == 1:
            return parts[0]
        return lambda scene, window: all_of([part(scene, window) for part in parts])


def _all_phrases(spec: SaysSpec) -> tuple[str, ...]:
    some = spec.at_least.of if spec.at_least else ()
    return (*(spec.any_of or ()), *(spec.all_of or ()), *some)


def _presence(
    spec: SaysSpec,
    refs: tuple[str, ...],
    builder: Builder,
    excuse: Excuser,
    *,
    least: int = 1,
    most: int | None = None,
) -> Judge:
    numbers = builder.numbers(refs, match=spec.match, negated=spec.negated)
    texts = dict(zip(numbers, builder.words(refs), strict=True))
    said = wording.quoted(builder.words(refs)) or f"(词表 {'、'.join(refs)} 是空的)"
    rule = LeafRule(
        "says", "说了", f"未说{said}", wording.role_of(spec.by), shared(spec.within), least, most,
        DEFAULT_CONFIDENCE if spec.min_confidence is None else spec.min_confidence,
    )  # fmt: skip

    beside = builder.numbers(spec.near, negated="allow") if spec.near else None

    def judge(scene: Scene, window: Window) -> Outcome:
        here = narrow(scene, window, rule.within)
        found = phrase_occurrences(scene, here, numbers, texts, rule)
        if beside is not None:
            found = near_phrases(scene, found, beside, spec.near_chars)
        return decide(scene, here, rule, excuse(scene, found))

    return judge


def phrase_occurrences(
    scene: Scene, window: Window, numbers: tuple[int, ...], texts: dict[int, str], rule: LeafRule
) -> list[Occurrence]:
    """Hits of the phrases as occurrences; of overlapping hits the first and longest."""
    hits = scene.phrase_hits(numbers, window, rule.role)
    if not hits:
        return []
    timed = window.timed
    known = scene.heard.setdefault((id(rule), timed), {})
    found: list[Occurrence] = []
    for hit in _apart(hits):
        occurrence = known.get(id(hit[1]))
        if occurrence is None:
            occurrence = phrase_occurrence(scene, hit, texts, rule, timed=timed)
            known[id(hit[1])] = occurrence
        found.append(occurrence)
    return found


def phrase_occurrence(
    scene: Scene, found: Found, texts: dict[int, str], rule: LeafRule, *, timed: bool
) -> Occurrence:
    """One hit with its milliseconds."""
    turn, hit = found
    start_s, end_s = scene.recognition.clock(turn).seconds(hit.start, hit.end)
    evidence = Evidence(
        rule.condition, hit.text, turn, hit.start, hit.end, start_s, end_s, texts[hit.phrase], hit.distance
    )
    return scene.words(turn, hit.start, hit.end, evidence, role=rule.role, least=rule.confidence, timed=timed)


def _apart(found: list[Found]) -> list[Found]:
    if len(found) == 1:
        return found
    kept: list[Found] = []
    reach = (-1, 0)
    for turn, hit in found:
        if (turn, hit.start) >= reach:
            kept.append((turn, hit))
            reach = (turn, hit.end)
    return kept


def _several(spec: SaysSpec, some: SomePhrases, builder: Builder, excuse: Excuser) -> Judge:
    members = tuple(_presence(spec, (ref,), builder, excuse) for ref in some.of)
    return lambda scene, window: at_least_of(some.n, [member(scene, window) for member in members])


def _absence(presence: Judge) -> Judge:
    return lambda scene, window: opposite(presence(scene, window))
