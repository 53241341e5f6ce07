"""after, before, around with expect; sequence: what comes after what, and how soon."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Ordered
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.rubric.base import ConditionModel, Distance, Strict
from qa_engine.scoring import narrow
from qa_engine.scoring.chain import Steps, first_chain
from qa_engine.scoring.kleene import Truth
from qa_engine.scoring.outcome import Judge, Occurrence, Outcome, any_of, merged
from qa_engine.scoring.pick import pick
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window

if TYPE_CHECKING:
    from qa_engine.rubric.base import Condition
    from qa_engine.scoring.compile import Builder

Nth: TypeAlias = Literal["first", "last", "each", "any"] | Annotated[int, Field(strict=True, ge=1, le=1_000)]


class AnchorSpec(Strict):
    """A condition with the occurrence that counts beside it: `{says: {…}, nth: first}`."""

    condition: Condition
    nth: Nth = "first"
    """first, last, a number; each: it must hold for every occurrence; any: for at least one."""

    @model_validator(mode="after")
    def _happens(self) -> AnchorSpec:
        if not self.condition.can_anchor:
            message = f"{self.condition.tag} 没有发生的时刻,不能作为先后的起点"
            raise PydanticCustomError("cannot_anchor", message)
        return self


def _split_anchor(value: object) -> object:
    if not isinstance(value, dict):
        return {"condition": value}
    rest = {key: part for key, part in value.items() if key != "nth"}
    return {"condition": rest, **({"nth": value["nth"]} if "nth" in value else {})}


Anchor = Annotated[AnchorSpec, BeforeValidator(_split_anchor)]


Side: TypeAlias = Callable[[Scene, Window, Occurrence, Distance | None], Window]


def _from_anchor(
    anchor: AnchorSpec,
    expect: ConditionModel,
    within: Distance | None,
    builder: Builder,
    sides: Ordered[Side],
) -> Judge:
    starts, expected = builder.judge(anchor.condition), builder.judge(expect)

    def judge(scene: Scene, window: Window) -> Outcome:
        start = starts(scene, window)
        if start.truth is Truth.FALSE or (start.truth is Truth.UNKNOWN and not start.occurrences):
            return replace(start, occurrences=())

        def beside(occurrence: Occurrence) -> Outcome:
            found = [expected(scene, side(scene, window, occurrence, within)) for side in sides]
            answer = any_of(found) if len(found) > 1 else found[0]
            return replace(answer, evidence=(occurrence.evidence, *answer.evidence))

        return pick(anchor.nth, start.occurrences, beside)

    return judge


class After(ConditionModel):
    """`expect` holds after the anchor, within the distance. False where the anchor does not occur: say
    `na_when` for calls to which the item does not apply."""

    tag: ClassVar[str] = "after"
    after: Anchor
    expect: Condition
    within: Distance | None = None

    def compile(self, builder: Builder) -> Judge:
        return _from_anchor(self.after, self.expect, self.within, builder, (narrow.after,))


class Before(ConditionModel):
    """`expect` holds before the anchor, within the distance."""

    tag: ClassVar[str] = "before"
    before: Anchor
    expect: Condition
    within: Distance | None = None

    def compile(self, builder: Builder) -> Judge:
        return _from_anchor(self.before, self.expect, self.within, builder, (narrow.before,))


class Around(ConditionModel):
    """`expect` holds before or after the anchor, within the distance."""

    tag: ClassVar[str] = "around"
    around: Anchor
    expect: Condition
    within: Distance | None = None

    def compile(self, builder: Builder) -> Judge:
        sides = (narrow.before, narrow.after)
        return _from_anchor(self.around, self.expect, self.within, builder, sides)


class SequenceSpec(Strict):
    """Steps in order."""

    steps: Annotated[tuple[Condition, ...], Field(min_length=2, max_length=30)]
    within: Distance | None = None
    """From the first to the last step."""
    strict: Annotated[bool, Field(strict=True)] = False
    """true: no step may happen before its turn has come."""

    @model_validator(mode="after")
    def _happen(self) -> SequenceSpec:
        for step in self.steps:
            if not step.can_anchor:
                raise PydanticCustomError("cannot_anchor", f"{step.tag} 没有发生的时刻,不能作为步骤")
        return self


class Sequence(ConditionModel):
    """The steps happen one after the other."""

    tag: ClassVar[str] = "sequence"
    sequence: SequenceSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.sequence
        judges = tuple(builder.judge(step) for step in spec.steps)

        def judge(scene: Scene, window: Window) -> Outcome:
            outcomes = [each(scene, window) for each in judges]
            return _in_order(scene, outcomes, spec)

        return judge


def _in_order(scene: Scene, outcomes: Ordered[Outcome], spec: SequenceSpec) -> Outcome:
    """True where sure occurrences form a chain, unknown where doubtful ones (or unheard steps) could complete one."""
    possible: Steps = [None if _unheard(o) else o.occurrences for o in outcomes]
    sure: Steps = [tuple(x for x in o.occurrences if x.sure) for o in outcomes]
    chain = first_chain(scene, sure, spec.within, strict=spec.strict)
    if chain is not None and (not spec.strict or first_chain(scene, possible, spec.within, strict=True)):
        return _chained(Truth.TRUE, chain, f"{len(outcomes)} 个步骤依次出现")
    maybe = first_chain(scene, possible, spec.within, strict=False)
    if maybe is not None and (not spec.strict or not _surely_early(sure)):
        return _chained(
            Truth.UNKNOWN,
            maybe,
            "步骤是否依次出现取决于没有听清的地方",
            [s for o in outcomes for s in o.settle],
        )
    missing = [outcome.reason for outcome in outcomes if outcome.truth is Truth.FALSE]
    reason = f"步骤没有依次出现:{missing[0] if missing else '次序或间隔不符'}"
    return Outcome(Truth.FALSE, reason, tuple(e for o in outcomes for e in o.evidence[:1]))


def _unheard(outcome: Outcome) -> bool:
    return outcome.truth is Truth.UNKNOWN and not outcome.occurrences


def _surely_early(sure: Steps) -> bool:
    return (
        first_chain(None, sure, None, strict=False) is not None
        and first_chain(None, sure, None, strict=True) is None
    )


def _chained(
    value: Truth, chain: Ordered[Occurrence], reason: str, settle: Ordered[tuple[float, float]] = ()
) -> Outcome:
    evidence = tuple(occurrence.evidence for occurrence in chain)
    if not chain:
        return Outcome(value, reason, evidence, settle=merged(settle))
    doubtful = [(o.start_s, o.end_s) for o in chain if not o.sure]
    last = replace(chain[-1], begin=chain[0].begin, start_s=chain[0].start_s, sure=value is Truth.TRUE)
    return Outcome(value, reason, evidence, (last,), merged([*settle, *doubtful]))
