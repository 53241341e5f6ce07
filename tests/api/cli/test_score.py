"""`callqa score`: the evaluation, and its proof where asked."""

from __future__ import annotations

import json

import pytest

from api.cli.score import Form, score
from models.settings import Settings
from tests.api.conftest import CALLS

CALL = CALLS / "ins-001/transcript.json"


def test_the_documents_keys(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert score(settings, [CALL], form=Form(), as_json=True) == 0
    (line,) = capsys.readouterr().out.splitlines()
    document = json.loads(line)
    assert document["format"] == "callqa.evaluation/1"
    promised = {"call_id", "rubric", "version", "score", "score_low", "score_high", "result", "items", "pins"}
    assert promised | {"objections", "signals", "critical", "settle"} <= document.keys()
    assert {"code", "rubric_sha256", "lexicon_sha256", "engine"} <= document["pins"].keys()
    assert all("settle" in item and "proof" not in item for item in document["items"])


def test_every_item_has_its_proof_where_asked(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    score(settings, [CALL], form=Form(), as_json=True, proof=True)
    document = json.loads(capsys.readouterr().out)
    assert all(item["proof"]["condition"] == "item" for item in document["items"])


def test_the_proof_as_a_tree(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    score(settings, [CALL], form=Form(), proof=True)
    shown = capsys.readouterr().out
    assert "✓ pass_when" in shown
    assert "“您好” 2138–2558 ms" in shown


def test_failed_critical_items_are_named(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    score(settings, [CALLS / "credit-002/transcript.json"], form=Form())
    assert "合规关键项" in capsys.readouterr().out
