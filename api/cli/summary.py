"""What came of many calls: a table on stdout, and which model heard them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Engine

from api.cli.console import note, out, table
from api.cli.labels import OBJECTIONS, OUTCOMES, RESULTS, SEVERITIES, STATES, score_text
from models.call import CallState
from models.database import reading
from models.evaluation import EvaluationRow, get_evaluations
from models.queries import CallSummary, call_summary, objections_of
from qa_engine.speech.engines.catalog import ModelRef, resolve_model

COLUMNS = ("通话", "坐席", "分数(区间)", "结果", "一票否决项", "关键项", "异议(结局)")


def show_summary(engine: Engine, ids: Sequence[str], *, asked_for: ModelRef) -> int:
    """A line a call on stdout, the models on stderr; returns how many calls failed. `asked_for` is the model of the
    settings: calls that another one had transcribed before are not transcribed again, and that is said."""
    with reading(engine) as opened:
        found = [call_summary(opened, call_id) for call_id in ids]
        objections = objections_of(opened, ids)
        evaluations = {call_id: get_evaluations(opened, call_id) for call_id in ids}
    calls = sorted((call for call in found if call), key=lambda call: call.external_id or call.id)
    titles = _titles(row for rows in evaluations.values() for row in rows)
    rows = [
        _row(call, objections.get(call.id, ()), titles, _critical(call, evaluations[call.id]))
        for call in calls
    ]
    out().print(table(COLUMNS, rows, title=f"{len(rows)} 通电话"))
    _say_models(calls, asked_for)
    return sum(call.state == CallState.FAILED for call in calls)


def _titles(evaluations: Iterable[EvaluationRow]) -> Mapping[str, str]:
    """Titles of items by their id, as the evaluations had them."""
    return {
        item["id"]: item.get("title") or item["id"]
        for evaluation in evaluations
        for item in evaluation.document["items"]
    }


def _critical(call: CallSummary, evaluations: Sequence[EvaluationRow]) -> str:
    """Failed and unknown critical items by class, under the rubric whose score is shown."""
    lines: list[str] = []
    for row in evaluations:
        if row.rubric != call.rubric:
            continue
        for severity, found in row.document.get("critical", {}).items():
            parts = [f"{len(found['failed'])} 不符合"] if found["failed"] else []
            parts += [f"{len(found['unknown'])} 待定"] if found["unknown"] else []
            if parts:
                lines.append(f"{SEVERITIES[severity].removesuffix('关键')} {'、'.join(parts)}")
    return "\n".join(lines)


def _row(
    call: CallSummary, objections: Sequence[tuple[str, str]], titles: Mapping[str, str], critical: str
) -> tuple[str, ...]:
    scored = call.result is not None
    reason = f":{call.error_message}" if call.error_message else ""
    return (
        call.external_id or call.id,
        " ".join(part for part in (call.agent_id, call.agent_name) if part),
        score_text(call.score, call.score_low, call.score_high) if scored else "—",
        RESULTS.get(call.result or "", "") if scored else f"{STATES.get(call.state, call.state)}{reason}",
        "\n".join(titles.get(item, item) for item in call.auto_fails),
        critical,
        "\n".join(
            f"{OBJECTIONS.get(kind, kind)}({OUTCOMES.get(outcome, outcome)})" for kind, outcome in objections
        ),
    )


def _say_models(calls: Sequence[CallSummary], asked_for: ModelRef) -> None:
    heard = Counter((call.engine_model, call.engine_demo) for call in calls if call.engine_model)
    if any(is_demo for _, is_demo in heard):
        demo = resolve_model("demo")
        note(demo.notice_zh, style="yellow")
        note(demo.notice_en, style="yellow")
    for (model, is_demo), number in heard.items():
        if not is_demo:
            note(f"{number} 通由模型 {model} 转写")
    if heard and asked_for.name not in {model for model, _ in heard}:
        note(
            f"这些电话早先已转写,没有用 {asked_for.name} 重做;要比较请换一个 CALLQA_DATABASE_URL 再运行",
            style="yellow",
        )
