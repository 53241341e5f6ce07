"""Transcript, evaluations and analysis: the stored documents in their published formats."""

from __future__ import annotations

import json

import pytest

from api.routes.bodies.results import AnalysisBody, EvaluationBody
from qa_engine.exchange import parse_call
from tests.api.conftest import CALLS, FILLED, Service


def url(service: Service, name: str, part: str) -> str:
    return f"/api/v1/calls/{service.ids[name]}/{part}"


@pytest.mark.parametrize("name", FILLED)
def test_the_transcript_is_the_exchange_format(filled: Service, name: str) -> None:
    reply = filled.http.get(url(filled, name, "transcript"))
    call = parse_call(reply.content)
    script = parse_call((CALLS / name / "transcript.json").read_bytes())
    assert call.call_id == filled.ids[name]
    assert [turn.text for turn in call.transcript.turns] == [turn.text for turn in script.transcript.turns]
    assert call.facts.campaign == name.split("-", maxsplit=1)[0]


@pytest.mark.parametrize("name", FILLED)
def test_an_evaluation_is_the_published_format_and_proves_itself(filled: Service, name: str) -> None:
    (document,) = filled.http.get(url(filled, name, "evaluations")).json()
    evaluation = EvaluationBody.model_validate(document)
    transcript = filled.http.get(url(filled, name, "transcript")).json()
    assert evaluation.call_id == filled.ids[name]
    for item in evaluation.items:
        assert item.evidence or item.reason, f"{item.id} gives neither evidence nor reason"
        for evidence in item.evidence:
            if evidence.turn is not None and evidence.start is not None and evidence.end is not None:
                text = transcript["turns"][evidence.turn]["text"]
                assert text[evidence.start : evidence.end] == evidence.text
            if evidence.start_s is not None and evidence.end_s is not None:
                assert 0 <= evidence.start_s <= evidence.end_s <= transcript["duration_s"] + 0.001


def test_evaluations_of_one_rubric_and_with_history(filled: Service) -> None:
    path = url(filled, "ins-001", "evaluations")
    everything = filled.http.get(path, params={"history": True}).json()
    assert everything == filled.http.get(path, params={"rubric": "telesales-standard"}).json()
    assert filled.http.get(path, params={"rubric": "another"}).json() == []


@pytest.mark.parametrize("name", FILLED)
def test_the_analysis_is_the_published_format(filled: Service, name: str) -> None:
    document = filled.http.get(url(filled, name, "analysis")).json()
    analysis = AnalysisBody.model_validate(document)
    turns = json.loads((CALLS / name / "transcript.json").read_text("utf-8"))["turns"]
    assert [turn.role for turn in analysis.turns] == [turn["role"] for turn in turns]


@pytest.mark.parametrize("part", ["", "/transcript", "/evaluations", "/audio"])
def test_nothing_about_a_call_is_kept_by_browsers_or_proxies(filled: Service, part: str) -> None:
    reply = filled.http.get(f"/api/v1/calls/{filled.ids['ins-001']}{part}")
    assert reply.headers["cache-control"] == "no-store"
