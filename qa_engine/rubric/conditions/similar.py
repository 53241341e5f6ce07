"""similar: a script line in other words around the same words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from qa_engine.language.similarity import ScriptLines
from qa_engine.rubric.base import ConditionModel, Leaf, as_list, known_phrase_list
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

MIN_LINE_CHARS = 4


def _long_enough(text: str) -> str:
    if not text.startswith("$") and sum(char.isalnum() for char in text) < MIN_LINE_CHARS:
        message = f"“{text}”不足 {MIN_LINE_CHARS} 个字,比不出相似;短语请用 says"
        raise PydanticCustomError("short_line", message)
    return text


ScriptLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(known_phrase_list),
    AfterValidator(_long_enough),
]


class SimilarSpec(Leaf):
    """Three to ten variants of one line do better than one."""

    lines: Annotated[
        tuple[ScriptLine, ...],
        BeforeValidator(as_list, json_schema_input_type=str | list[str]),
        Field(min_length=1, max_length=100),
    ]
    """Script lines, or `$名字` of a list of them; the nearest one counts."""
    min_score: Annotated[float, Field(strict=True, ge=0.3, le=1)] = 0.55
    """Likeness 0..1 from which it counts as said. On 80 hand-written pairs (development data, one line each):
    precision 1.00 and recall 0.90 at 0.55; 0.88 and 0.95 at 0.45; 1.00 and 0.78 at 0.65. On real calls: not measured."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None


class Similar(ConditionModel):
    """Something near a script line is said (近似说法: the same words in another order and with others between them,
    not a free paraphrase)."""

    tag: ClassVar[str] = "similar"
    similar: SimilarSpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.similar
        texts = builder.words(spec.lines)
        lines = ScriptLines(texts)
        excuse = excuser(spec.except_, builder)
        rule = LeafRule(
            "similar", "说了近似的话", f"未说与{wording.quoted(texts)}近似的话", wording.role_of(spec.by),
            spec.within, *limits(spec.count),
            DEFAULT_CONFIDENCE if spec.min_confidence is None else spec.min_confidence,
        )  # fmt: skip

        def find(scene: Scene, window: Window) -> Iterator[Occurrence]:
            for turn in scene.turns_in(window, rule.role):
                found = sorted(lines.nearest(scene.spoken(turn), spec.min_score), key=lambda n: n.start)
                for near in found:
                    if not scene.inside(window, turn, near.start, near.end):
                        continue
                    start_s, end_s = scene.recognition.clock(turn).seconds(near.start, near.end)
                    evidence = Evidence(
                        "similar", scene.turns[turn].text[near.start : near.end], turn, near.start, near.end,
                        start_s, end_s, texts[near.line], score=near.score,
                    )  # fmt: skip
                    yield scene.words(
                        turn, near.start, near.end, evidence,
                        role=rule.role, least=rule.confidence, timed=window.timed,
                    )  # fmt: skip

        def judge(scene: Scene, window: Window) -> Outcome:
            here = narrow(scene, window, rule.within)
            return decide(scene, here, rule, excuse(scene, list(find(scene, here))))

        return judge
