"""`callqa analyze`: what was understood of a call, before any rubric."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from api.cli.console import failure_table, notes, out, print_json, table
from api.cli.facts import FactsTable
from api.cli.inputs import CallReader, Failures, each
from api.cli.labels import ENTITIES, OBJECTIONS, OUTCOMES, ROLES
from models.settings import Settings
from qa_engine.calls import Call
from qa_engine.language.analysis import Analysis, analysis_json, analyze
from qa_engine.language.entities import PII, Entity
from qa_engine.language.redaction import BLOCK, redact
from qa_engine.language.sentiment import SCORERS
from qa_engine.objections import load_taxonomy
from qa_engine.rubric.load import taxonomy_path
from qa_engine.scoring.evaluation import ObjectionFound
from qa_engine.scoring.objection_shares import completion_by_type


def analyze_files(
    settings: Settings, paths: Sequence[Path], *, facts: Path | None = None, as_json: bool = False
) -> int:
    """Prints an analysis a call; returns the exit code, 1 where a file could not be read."""
    taxonomy = load_taxonomy(taxonomy_path())
    reader = CallReader(settings, facts=FactsTable(settings.zone, facts))
    failures: Failures = []
    objections: list[ObjectionFound] = []
    for _, call in each(paths, reader.read, failures):
        analysis = analyze(call, taxonomy, scorer=SCORERS[settings.sentiment])
        objections += analysis.objections
        if as_json:
            print_json(analysis_json(analysis))
        else:
            show_analysis(analysis, call)
    if objections and not as_json:
        show_completion(objections)
    if failures:
        notes().print(failure_table(failures))
    return 1 if failures else 0


def show_analysis(analysis: Analysis, call: Call) -> None:
    """The turns with stage, mood, steps and entities, then the objections, on stdout. What says who somebody is
    stands as ▇; `--json` has it all."""
    console = out()
    console.print(Text(str(call.call_id), style="bold"))
    rows = [
        (
            ROLES[spoken.role],
            redact(spoken.text, turn.entities),
            turn.stage,
            f"{turn.sentiment.label} {turn.sentiment.score:+.2f}",
            "、".join(turn.steps),
            "\n".join(f"{ENTITIES[entity.kind]} {_shown(entity)}" for entity in turn.entities),
        )
        for spoken, turn in zip(call.transcript.turns, analysis.turns, strict=True)
    ]
    console.print(table(("说话人", "内容", "环节", "情绪", "异议处理", "实体"), rows))
    for found in analysis.objections:
        kind, outcome = OBJECTIONS.get(found.type, found.type), OUTCOMES.get(found.outcome, "")
        doubt = "" if found.sure else ",算不算异议存疑"
        console.print(Text(f"异议 · {kind}(第 {found.turn + 1} 句):{outcome}{doubt}"))
    console.print()


def _shown(entity: Entity) -> str:
    return BLOCK * (entity.end - entity.start) if entity.kind in PII else entity.text


def show_completion(objections: Sequence[ObjectionFound]) -> None:
    """异议处理完成率 by type over all calls, with what it is a share of."""
    rows = [
        (OBJECTIONS.get(kind, kind), f"{done.completed}/{done.raised}", f"{done.share:.0%}")
        for kind, done in sorted(completion_by_type(objections).items(), key=lambda row: -row[1].raised)
    ]
    out().print(table(("异议", "处理完成/提出", "异议处理完成率"), rows))
