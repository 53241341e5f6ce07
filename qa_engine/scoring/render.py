"""An evaluation as `callqa.evaluation/1`: plain JSON values in a fixed order, so that equal evaluations are equal bytes."""

from __future__ import annotations

import json
from typing import Literal

from qa_engine.scoring.evaluation import Evaluation, Evidence, ItemVerdict, ObjectionFound

FORMAT: Literal["callqa.evaluation/1"] = "callqa.evaluation/1"
MILLISECONDS = 3
SIGNAL_DECIMALS = 4


def evaluation_json(evaluation: Evaluation) -> dict[str, object]:
    """The `callqa.evaluation/1` document."""
    pins = evaluation.pins
    return {
        "format": FORMAT,
        "call_id": str(evaluation.call_id),
        "rubric": evaluation.rubric,
        "version": evaluation.version,
        "title": evaluation.title,
        "score": evaluation.score,
        "score_low": evaluation.score_low,
        "score_high": evaluation.score_high,
        "pass_mark": evaluation.pass_mark,
        "result": evaluation.result.value,
        "formula": evaluation.formula,
        "auto_fails": list(evaluation.auto_fails),
        "items": [_item(item) for item in evaluation.items],
        "objections": [_objection(objection) for objection in evaluation.objections],
        "signals": {name: _rounded(value) for name, value in sorted(evaluation.signals.items())},
        "pins": {
            "code": pins.code,
            "rubric_sha256": pins.rubric_sha256,
            "lexicon_sha256": pins.lexicon_sha256,
            "engine": pins.engine,
        },
    }


def evaluation_bytes(evaluation: Evaluation) -> bytes:
    """The document as UTF-8 JSON, the same bytes for the same evaluation."""
    return json.dumps(evaluation_json(evaluation), ensure_ascii=False, separators=(",", ":")).encode()


def evidence_json(evidence: Evidence) -> dict[str, object]:
    """Evidence without the keys that it does not have."""
    values: dict[str, object] = {
        "turn": evidence.turn,
        "start": evidence.start,
        "end": evidence.end,
        "start_s": _seconds(evidence.start_s),
        "end_s": _seconds(evidence.end_s),
        "text": evidence.text,
        "condition": evidence.condition,
        "phrase": evidence.phrase,
        "distance": evidence.distance,
    }
    return {key: value for key, value in values.items() if value is not None}


def _item(item: ItemVerdict) -> dict[str, object]:
    return {
        "id": item.id,
        "title": item.title,
        "section": item.section,
        "verdict": item.verdict.value,
        "credit": item.credit,
        "weight": item.weight,
        "points": item.points,
        "auto_fail": item.auto_fail,
        "severity": item.severity,
        "trial": item.trial,
        "reason": item.reason,
        "coach": item.coach,
        "evidence": [evidence_json(evidence) for evidence in item.evidence],
        "settle": [[_seconds(start_s), _seconds(end_s)] for start_s, end_s in item.settle],
    }


def _objection(objection: ObjectionFound) -> dict[str, object]:
    document: dict[str, object] = {
        "type": objection.type,
        "turn": objection.turn,
        "steps": dict(sorted(objection.steps.items(), key=lambda step: (step[1], step[0]))),
        "outcome": objection.outcome,
    }
    if objection.evidence is not None:
        document["evidence"] = evidence_json(objection.evidence)
    return document


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, MILLISECONDS)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, SIGNAL_DECIMALS)
