"""`callqa score`: recordings or transcripts → evaluations, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from api import forms
from api.cli.console import failure_table, note, notes, out, print_json, table
from api.cli.facts import FactsTable
from api.cli.inputs import NO_CUSTOMERS, CallReader, Failures, each
from api.cli.known_forms import known_forms
from api.cli.labels import OBJECTIONS, OUTCOMES, RESULTS, VERDICTS, clock, critical_lines, score_text
from api.cli.proof import show_proofs
from models.llm import Remembered, questioner
from models.manifest import CustomerFile
from models.settings import Settings
from qa_engine.calls import Call
from qa_engine.language.analysis import Analysis, analyze
from qa_engine.language.sentiment import SCORERS
from qa_engine.scoring import applies, evaluate
from qa_engine.scoring.compile import Plan
from qa_engine.scoring.critical import critical_items
from qa_engine.scoring.evaluation import Evaluation, ItemVerdict
from qa_engine.scoring.proof import explain_all
from qa_engine.scoring.render import evaluation_json, with_proofs
from qa_engine.speech.signals import measure


@dataclass(frozen=True, slots=True)
class Form:
    """Which rubrics judge. `rubric` None = the settings' own; `phrases` add to the shipped lists."""

    rubric: str | None = None
    phrases: Path | None = None


def load_plans(settings: Settings, form: Form) -> tuple[Plan, ...]:
    """The compiled rubrics. Raises `NotFound`, `BadRubric`."""
    extra = (form.phrases,) if form.phrases else ()
    return forms.load_plans(known_forms(settings, extra=extra), (form.rubric,) if form.rubric else None)


def score(
    settings: Settings,
    paths: Sequence[Path],
    *,
    form: Form,
    facts: Path | None = None,
    customers: Mapping[Path, CustomerFile] = NO_CUSTOMERS,
    agent_channel: int | None = None,
    agent_speaker: str | None = None,
    form_of_files: str | None = None,
    as_json: bool = False,
    pretty: bool = False,
    proof: bool = False,
) -> int:
    """Prints an evaluation a call and rubric; returns the exit code, 1 where a file could not be scored.

    `form_of_files` and `agent_speaker` say how transcripts are read (`read_transcript`)."""
    plans = load_plans(settings, form)
    reader = CallReader(
        settings,
        agent_channel=agent_channel,
        facts=FactsTable(settings.zone, facts),
        customers=customers,
        form=form_of_files,
        agent_speaker=agent_speaker,
    )
    failures: Failures = []
    model = questioner(settings)
    asked = Remembered(model) if model is not None else None
    for path, call in each(paths, reader.read, failures):
        for plan in plans:
            if not applies(plan, call):
                note(f"{path}: {plan.rubric.id} 的适用范围不含这通电话,仍按要求评分", style="yellow")
            analysis = _analysis(settings, call, plan)
            evaluation = evaluate(call, plan, analysis=analysis, questioner=asked)
            proofs = explain_all(call, plan, analysis=analysis, questioner=asked) if proof else {}
            if as_json:
                print_json(with_proofs(evaluation_json(evaluation), proofs), pretty=pretty)
            else:
                show_evaluation(evaluation, call)
                show_proofs(evaluation, proofs)
    if failures:
        notes().print(failure_table(failures))
    return 1 if failures else 0


def _analysis(settings: Settings, call: Call, plan: Plan) -> Analysis | None:
    """The analysis where the settings ask for another than the usual one."""
    if settings.sentiment == "trained":
        return None
    return analyze(call, plan.taxonomy, signals=measure(call), scorer=SCORERS[settings.sentiment])


def show_evaluation(evaluation: Evaluation, call: Call) -> None:
    """The card of one call on stdout."""
    console = out()
    shown = score_text(evaluation.score, evaluation.score_low, evaluation.score_high)
    on_trial = "(试行)" if evaluation.status == "trial" else ""
    heading = f"{evaluation.call_id} · {evaluation.title} v{evaluation.version}{on_trial} · {shown} 分"
    console.print(Text(f"{heading} · {RESULTS[evaluation.result]}", style="bold"))
    if call.transcript.engine.demo:
        console.print(Text("由演示模型转写:它只认识样例录音里的合成声音", style="yellow"))
    rows = [
        (VERDICTS[item.verdict], f"{item.weight:g}", item.title, _because(item)) for item in evaluation.items
    ]
    console.print(table(("判定", "权重", "检查项", "依据"), rows))
    for line in critical_lines(critical_items(evaluation.items)):
        console.print(Text(line, style="bold red"))
    for objection in evaluation.objections:
        steps = "、".join(objection.steps) or "没有处理"
        kind = OBJECTIONS.get(objection.type, objection.type)
        doubt = "" if objection.sure else ",算不算异议存疑"
        outcome = OUTCOMES.get(objection.outcome, objection.outcome)
        console.print(Text(f"异议 · {kind}:{outcome}({steps}){doubt}"))
    console.print(Text(evaluation.formula, style="dim"))
    if evaluation.settle:
        stretches = "、".join(f"{clock(start_s)}–{clock(end_s)}" for start_s, end_s in evaluation.settle)
        console.print(Text(f"听这几段可以定下待定项:{stretches}", style="yellow"))
    console.print()


def _because(item: ItemVerdict) -> str:
    quotes = [
        f"{clock(evidence.start_s)} “{evidence.text}”"
        for evidence in item.evidence
        if evidence.text and evidence.start_s is not None
    ]
    return "\n".join([item.reason, *quotes[:3]]).strip()
