"""llm: a question to a language model. Off unless an endpoint is set up, and never believed without a quote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, StringConstraints

from qa_engine.calls import Role
from qa_engine.language.normalize import normalize
from qa_engine.rubric.base import By, ConditionModel, Strict, Within
from qa_engine.scoring import wording
from qa_engine.scoring.evaluation import Evidence
from qa_engine.scoring.kleene import Truth
from qa_engine.scoring.leaf import searched
from qa_engine.scoring.narrow import narrow
from qa_engine.scoring.outcome import Judge, Occurrence, Outcome
from qa_engine.scoring.questioner import Answer, Line
from qa_engine.scoring.quote import find_quote
from qa_engine.scoring.recognition import BLURRED_SHARE, DEFAULT_CONFIDENCE
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder


class LlmSpec(Strict):
    """A question that can be answered with yes or no from the words alone."""

    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=500)]
    """Put so that two people would answer it alike: 坐席是否说明了提前还款的费用?"""
    must_quote: Annotated[bool, Field(strict=True)] = True
    """true: a yes counts only with a quote that stands in the transcript. false: a yes counts without one."""
    by: By = "anyone"
    """Whose words may be quoted. The model reads both sides, with personal data masked."""
    within: Within | None = None


def _doubt(scene: Scene, window: Window, role: Role | None) -> str:
    """Why what the model read may not be what was said; empty where it may be trusted."""
    if role is not None and not scene.roles_sure:
        return f"说话人身份是推测的(把握 {scene.call.transcript.role_confidence:.0%})"
    share = scene.clarity(window, role, DEFAULT_CONFIDENCE).share
    return f"该段有 {share:.0%} 的字识别把握不足" if share >= BLURRED_SHARE else ""


class Llm(ConditionModel):
    """A language model answers yes. Unknown where none is set up or it is away, where it says so itself, and where
    its quote does not stand in the transcript."""

    tag: ClassVar[str] = "llm"
    llm: LlmSpec

    def compile(self, builder: Builder) -> Judge:
        builder.asks_model = True
        spec = self.llm
        role = wording.role_of(spec.by)

        def judge(scene: Scene, window: Window) -> Outcome:
            here = narrow(scene, window, spec.within)
            inside = list(scene.turns_in(here, None))
            stretch = () if not scene.timed else (scene.span(here),)
            if not inside:
                return Outcome(Truth.FALSE, f"{here.words}没有人说话", (searched(scene, here, "llm"),))
            lines = tuple(Line(i, scene.turns[i].role.value, scene.masked[i]) for i in inside)
            doubt = _doubt(scene, here, role)
            answer = scene.ask(spec.question, lines)
            if answer.verdict == "unknown":
                return Outcome(Truth.UNKNOWN, f"大模型未能回答“{spec.question}”:{answer.why}", settle=stretch)
            quoted = _quoted(scene, here, answer, spec)
            if answer.verdict == "no" and doubt:
                return Outcome(Truth.UNKNOWN, f"大模型判断“{spec.question}”为否,但{doubt}", settle=stretch)
            if answer.verdict == "no":
                evidence = tuple(o.evidence for o in quoted) or (searched(scene, here, "llm"),)
                return Outcome(Truth.FALSE, f"大模型判断“{spec.question}”为否", evidence)
            if not quoted and (spec.must_quote or answer.quote):
                reason = f"大模型判断“{spec.question}”为是,但引文不在原文中,不予采信"
                return Outcome(Truth.UNKNOWN, reason, settle=stretch)
            # What was quoted is doubted by its own words, what was not by all that the model read.
            doubt = quoted[0].doubt if quoted else doubt
            return Outcome(
                Truth.UNKNOWN if doubt else Truth.TRUE,
                f"大模型判断“{spec.question}”为是" + (f",但{doubt}" if doubt else ""),
                tuple(o.evidence for o in quoted),
                quoted,
                (tuple((o.start_s, o.end_s) for o in quoted) or stretch) if doubt else (),
            )

        def _quoted(scene: Scene, here: Window, answer: Answer, spec: LlmSpec) -> tuple[Occurrence, ...]:
            turns = [turn for turn in scene.turns_in(here, role) if scene.speaks(turn, role)]
            # As the model read it: what was masked for it cannot be quoted, and what it makes up in its place is not found.
            found = find_quote(answer.quote, [(turn, normalize(scene.masked[turn])) for turn in turns])
            if found is None:
                return ()
            turn, start, end = found
            start_s, end_s = scene.recognition.clock(turn).seconds(start, end)
            text = scene.turns[turn].text[start:end]
            evidence = Evidence("llm", text, turn, start, end, start_s, end_s, spec.question)
            return (
                scene.words(
                    turn, start, end, evidence, role=role, least=DEFAULT_CONFIDENCE, timed=here.timed
                ),
            )

        return judge
