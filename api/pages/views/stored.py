"""A stored `callqa.evaluation/1` document as an `Evaluation` again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa_engine.calls import CallId
from qa_engine.scoring.evaluation import (
    Evaluation,
    Evidence,
    ItemVerdict,
    ObjectionFound,
    Pins,
    Result,
    Verdict,
)

_EVIDENCE_KEYS = tuple(Evidence.__dataclass_fields__)


def parse_evaluation(document: Mapping[str, Any]) -> Evaluation:
    """The evaluation that `evaluation_json` wrote; keys of newer writers are left aside."""
    return Evaluation(
        call_id=CallId(document["call_id"]),
        rubric=document["rubric"],
        version=document["version"],
        title=document["title"],
        score=document["score"],
        score_low=document["score_low"],
        score_high=document["score_high"],
        pass_mark=document["pass_mark"],
        result=Result(document["result"]),
        items=tuple(_item(item) for item in document["items"]),
        formula=document["formula"],
        pins=Pins(
            **{key: value for key, value in document["pins"].items() if key in Pins.__dataclass_fields__}
        ),
        objections=tuple(_objection(found) for found in document.get("objections", ())),
        auto_fails=tuple(document.get("auto_fails", ())),
        signals=document.get("signals", {}),
        status=document.get("status", "active"),
    )


def _item(item: Mapping[str, Any]) -> ItemVerdict:
    return ItemVerdict(
        id=item["id"],
        title=item["title"],
        section=item["section"],
        verdict=Verdict(item["verdict"]),
        credit=item["credit"],
        weight=item["weight"],
        evidence=tuple(_evidence(piece) for piece in item.get("evidence", ())),
        reason=item.get("reason", ""),
        auto_fail=item.get("auto_fail"),
        coach=item.get("coach", ""),
        settle=tuple((start_s, end_s) for start_s, end_s in item.get("settle", ())),
        points=item.get("points"),
        severity=item.get("severity"),
        trial=item.get("trial", False),
    )


def _evidence(piece: Mapping[str, Any]) -> Evidence:
    return Evidence(**{key: piece[key] for key in _EVIDENCE_KEYS if key in piece})


def _objection(found: Mapping[str, Any]) -> ObjectionFound:
    evidence = found.get("evidence")
    return ObjectionFound(
        found["type"],
        found["turn"],
        found.get("steps", {}),
        found["outcome"],
        _evidence(evidence) if evidence else None,
        found.get("sure", True),
    )
