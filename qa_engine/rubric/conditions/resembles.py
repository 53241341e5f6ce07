"""resembles: words that are like known violations, in wordings that no rule lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.language.claims import ClaimKind
from qa_engine.rubric.base import ConditionModel, Leaf
from qa_engine.rubric.conditions.words import Excuse
from qa_engine.scoring import wording
from qa_engine.scoring.evaluation import Evidence
from qa_engine.scoring.excuse import excuser
from qa_engine.scoring.leaf import LeafRule, decide, limits
from qa_engine.scoring.narrow import narrow
from qa_engine.scoring.outcome import Judge, Occurrence, Outcome
from qa_engine.scoring.recognition import DEFAULT_CONFIDENCE
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder

VIOLATIONS = {
    "guaranteed_return": "承诺保本保收益", "absolute_claims": "绝对化承诺", "impersonation": "冒充官方或银行",
    "abuse": "辱骂、威胁或轻蔑", "private_transfer": "引导私下转账或索要密码",
}  # fmt: skip
Violation: TypeAlias = Literal[
    "guaranteed_return", "absolute_claims", "impersonation", "abuse", "private_transfer"
]
Likelihood = Annotated[float, Field(strict=True, ge=0.5, le=1)]


class ResemblesSpec(Leaf):
    """What the shipped table takes for a violation of this kind. Rules come first: they say which words decide."""

    what: Violation
    """The kind of violation."""
    sure: Likelihood = 0.9
    """Likelihood from which it is true."""
    doubt: Likelihood = 0.6
    """Likelihood from which it is unknown: somebody should listen."""
    claim: ClaimKind = "statement"
    """As for `says`: what is denied, told of others or warned about is never meant, nor what is asked (`statement`)."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None

    @model_validator(mode="after")
    def _in_order(self) -> ResemblesSpec:
        if self.doubt > self.sure:
            raise PydanticCustomError("impossible", "doubt 不能大于 sure:先存疑,再认定")
        return self


class Resembles(ConditionModel):
    """Something like a known kind of violation is said, in whatever words. A trained table decides how likely it is;
    between `doubt` and `sure` the answer is unknown, and the seconds go to a reviewer."""

    tag: ClassVar[str] = "resembles"
    resembles: ResemblesSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.resembles
        name = VIOLATIONS[spec.what]
        rule = LeafRule(
            "resembles", f"说了像是{name}的话", f"未说像是{name}的话", wording.role_of(spec.by), spec.within,
            *limits(spec.count), DEFAULT_CONFIDENCE if spec.min_confidence is None else spec.min_confidence,
        )  # fmt: skip
        excuse = excuser(spec.except_, builder)

        def find(scene: Scene, window: Window) -> Iterator[Occurrence]:
            turns, readings = scene.readings(rule.role)
            for near in readings.of(spec.what, spec.doubt, claim=spec.claim):
                turn = turns[near.text]
                offsets = scene.normals[turn].offsets
                start, end = offsets[near.start], offsets[near.end]
                if not scene.inside(window, turn, start, end):
                    continue
                evidence = Evidence(
                    "resembles", scene.turns[turn].text[start:end], turn, start, end,
                    *scene.recognition.clock(turn).seconds(start, end), score=round(near.share, 3),
                )  # fmt: skip
                found = scene.words(
                    turn, start, end, evidence, role=rule.role, least=rule.confidence, timed=window.timed
                )
                doubtful = found.sure and near.share < spec.sure
                yield replace(found, sure=False, doubt=f"把握只有 {near.share:.0%}") if doubtful else found

        def judge(scene: Scene, window: Window) -> Outcome:
            here = narrow(scene, window, rule.within)
            return decide(scene, here, rule, excuse(scene, list(find(scene, here))))

        return judge
