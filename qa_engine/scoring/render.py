"""An evaluation as `callqa.evaluation/1`: plain JSON values in a fixed order, so that equal evaluations are equal bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from math import inf, isfinite
from typing import Literal

from qa_engine.scoring.critical import critical_items
from qa_engine.scoring.evaluation import Evaluation, Evidence, ItemVerdict, ObjectionFound, Pins
from qa_engine.scoring.proof import Proof, ProvenWord, ProvenWords

FORMAT: Literal["callqa.evaluation/1"] = "callqa.evaluation/1"
MILLISECONDS = 3
SIGNAL_DECIMALS = 4


def evaluation_json(evaluation: Evaluation) -> dict[str, object]:
    """The `callqa.evaluation/1` document."""
    return {**_head(evaluation), "items": [_item(item) for item in evaluation.items], **_tail(evaluation)}


def evaluation_bytes(evaluation: Evaluation) -> bytes:
    """The document as UTF-8 JSON, the same bytes for the same evaluation: what `json` makes of `evaluation_json`, but
    for the detour over mappings, which takes longer than all conditions of a small form."""
    items = ",".join([_item_text(item) for item in evaluation.items])
    head, tail = _text(_head(evaluation)), _text(_tail(evaluation))
    return f'{head[:-1]},"items":[{items}],{tail[1:]}'.encode()


def _head(evaluation: Evaluation) -> dict[str, object]:
    return {
        "format": FORMAT,
        "call_id": str(evaluation.call_id),
        "rubric": evaluation.rubric,
        "version": evaluation.version,
        "title": evaluation.title,
        "status": evaluation.status,
        "score": evaluation.score,
        "score_low": evaluation.score_low,
        "score_high": evaluation.score_high,
        "pass_mark": evaluation.pass_mark,
        "result": evaluation.result.value,
        "formula": evaluation.formula,
        "auto_fails": list(evaluation.auto_fails),
        "critical": _critical(evaluation.items),
        "settle": _stretches(evaluation.settle),
    }


def _tail(evaluation: Evaluation) -> dict[str, object]:
    return {
        "objections": [_objection(objection) for objection in evaluation.objections],
        "signals": {name: _rounded(value) for name, value in sorted(evaluation.signals.items())},
        "pins": _pins(evaluation.pins),
    }


def _pins(pins: Pins) -> dict[str, object]:
    document: dict[str, object] = {
        "code": pins.code,
        "rubric_sha256": pins.rubric_sha256,
        "lexicon_sha256": pins.lexicon_sha256,
        "engine": pins.engine,
        "zone": pins.zone,
    }
    return {**document, "llm": pins.llm} if pins.llm else document


_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _item_text(item: ItemVerdict) -> str:
    if not item.evidence and not item.settle:
        return _bare_item_text(item)
    evidence = ",".join([_evidence_text(one) for one in item.evidence])
    settle = _text(_stretches(item.settle)) if item.settle else "[]"
    return (
        f'{_standing(item.id, item.title, item.section)},"verdict":"{item.verdict}",'
        f'"credit":{_number(item.credit)},"weight":{_number(item.weight)},"points":{_number(item.points)},'
        f"{_kind(item.auto_fail, item.severity, item.trial)},"
        f'"reason":{_quoted(item.reason)},"coach":{_quoted(item.coach)},"evidence":[{evidence}],"settle":{settle}}}'
    )


@lru_cache(maxsize=4096)
def _bare_item_text(item: ItemVerdict) -> str:
    """An item without evidence: nothing was said, and the text is the same for most calls."""
    return _text(_item(item))


@lru_cache(maxsize=4096)
def _standing(name: str, title: str, section: str) -> str:
    return _text({"id": name, "title": title, "section": section})[:-1]


@lru_cache(maxsize=4096)
def _kind(auto_fail: str | None, severity: str | None, trial: bool) -> str:
    return _text({"auto_fail": auto_fail, "severity": severity, "trial": trial})[1:-1]


def _number(value: float | None) -> str:
    """A number as `json` writes it."""
    if value is None:
        return "null"
    return repr(value) if type(value) is float and isfinite(value) else _text(value)


def _evidence_text(evidence: Evidence) -> str:
    """What `json` makes of `evidence_json`; most evidence has its seconds and is written out by hand."""
    start_s, end_s = evidence.start_s, evidence.end_s
    if (
        type(start_s) is not float
        or type(end_s) is not float
        or not 0 <= start_s <= end_s < inf
        or evidence.score is not None
    ):
        return _text(evidence_json(evidence))
    place = f'"turn":{evidence.turn},' if evidence.turn is not None else ""
    if evidence.start is not None:
        place += f'"start":{evidence.start},'
    if evidence.end is not None:
        place += f'"end":{evidence.end},'
    found = f',"phrase":{_quoted(evidence.phrase)}' if evidence.phrase is not None else ""
    if evidence.distance is not None:
        found += f',"distance":{evidence.distance}'
    return (
        f'{{{place}"start_s":{round(start_s, MILLISECONDS)!r},"end_s":{round(end_s, MILLISECONDS)!r},'
        f'"text":{_quoted(evidence.text)},"condition":{_quoted(evidence.condition)}{found}}}'
    )


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
        "score": evidence.score,
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
        "settle": _stretches(item.settle),
    }


def _critical(items: Sequence[ItemVerdict]) -> dict[str, object]:
    return {
        severity: {"items": found.items, "failed": list(found.failed), "unknown": list(found.unknown)}
        for severity, found in critical_items(items).items()
    }


def _stretches(stretches: Sequence[tuple[float, float]]) -> list[list[float]]:
    return [[round(start_s, MILLISECONDS), round(end_s, MILLISECONDS)] for start_s, end_s in stretches]


def _objection(objection: ObjectionFound) -> dict[str, object]:
    document: dict[str, object] = {
        "type": objection.type,
        "turn": objection.turn,
        "steps": dict(sorted(objection.steps.items(), key=lambda step: (step[1], step[0]))),
        "outcome": objection.outcome,
    }
    if objection.evidence is not None:
        document["evidence"] = evidence_json(objection.evidence)
    if not objection.sure:
        document["sure"] = False
    return document


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, MILLISECONDS)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, SIGNAL_DECIMALS)


def proof_json(proof: Proof) -> dict[str, object]:
    """A proof as `items[].proof`."""
    return {
        "condition": proof.condition,
        "truth": proof.truth,
        "reason": proof.reason,
        "evidence": [_proven_json(found) for found in proof.evidence],
        "settle": _stretches(proof.settle),
        "children": [proof_json(child) for child in proof.children],
    }


def with_proofs(document: dict[str, object], proofs: Mapping[str, Proof]) -> dict[str, object]:
    """An evaluation document with the proof of every item that has one."""
    items = document["items"]
    assert isinstance(items, list)
    proven = [
        {**item, "proof": proof_json(proofs[item["id"]])} if item["id"] in proofs else item for item in items
    ]
    return {**document, "items": proven}


def _proven_json(found: ProvenWords) -> dict[str, object]:
    document = evidence_json(found.evidence)
    if found.words:
        document["words"] = [_word_json(word) for word in found.words]
    return document


def _word_json(word: ProvenWord) -> dict[str, object]:
    document: dict[str, object] = {"text": word.text, "start_ms": word.start_ms, "end_ms": word.end_ms}
    if word.confidence is not None:
        document["confidence"] = round(word.confidence, MILLISECONDS)
    return document
