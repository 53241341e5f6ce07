"""item: the verdict of another item, for questions that depend on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import BeforeValidator, Field

from qa_engine.rubric.base import ConditionModel, Name, Strict, VerdictName, as_list
from qa_engine.scoring.evaluation import Verdict
from qa_engine.scoring.kleene import Truth, truth
from qa_engine.scoring.outcome import Judge, Outcome
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder

WORDS = {Verdict.PASS: "通过", Verdict.FAIL: "未通过", Verdict.UNKNOWN: "未定", Verdict.NA: "不适用"}


class ItemSpec(Strict):
    """Another item of the same rubric and the verdicts that count."""

    id: Name
    verdict: Annotated[
        tuple[VerdictName, ...],
        BeforeValidator(as_list, json_schema_input_type=VerdictName | list[VerdictName]),
        Field(min_length=1),
    ]


class ItemIs(ConditionModel):
    """Another item came out so. Unknown where that item is unknown, unless `unknown` is asked for."""

    tag: ClassVar[str] = "item"
    can_anchor: ClassVar[bool] = False
    item: ItemSpec

    def compile(self, builder: Builder) -> Judge:
        builder.asked.add(self.item.id)
        name, wanted = self.item.id, frozenset(self.item.verdict)

        def judge(scene: Scene, window: Window) -> Outcome:
            del window
            verdict, evidence, settle, may_be_na = scene.verdicts[name]
            reason = f"质检项 {name} {WORDS[verdict]}"
            if verdict is Verdict.UNKNOWN and "unknown" not in wanted:
                possible = {"pass", "fail", "na"} if may_be_na else {"pass", "fail"}
                if wanted.isdisjoint(possible):
                    return Outcome(Truth.FALSE, reason, evidence)
                every = wanted >= possible
                return Outcome(Truth.TRUE if every else Truth.UNKNOWN, reason, evidence, settle=settle)
            return Outcome(truth(verdict.value in wanted), reason, evidence)

        return judge
