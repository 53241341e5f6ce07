"""`callqa score`: the evaluation, and its proof where asked."""

from __future__ import annotations

import json
from pathlib import Path

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


WHISPERX = {
    "segments": [
        {"start": 0.0, "end": 2.0, "text": "喂,你好。", "speaker": "SPEAKER_00"},
        {"start": 2.5, "end": 6.0, "text": "您好,我是安心保险的李晓梅。", "speaker": "SPEAKER_01"},
    ],
    "language": "zh",
}


def _agents(settings: Settings, capsys: pytest.CaptureFixture[str], path: Path, **options: str) -> list[str]:
    """What the agent is taken to have said, by the evidence of who gave company and name."""
    assert score(settings, [path], form=Form(), as_json=True, **options) == 0  # type: ignore[arg-type]
    items = {item["id"]: item for item in json.loads(capsys.readouterr().out)["items"]}
    return [evidence["text"] for evidence in items["opening.identity"]["evidence"] if evidence["text"]]


def test_a_transcript_is_read_as_it_is_said_to_be(
    settings: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "call.json"
    path.write_text(json.dumps(WHISPERX))
    assert _agents(settings, capsys, path, agent_speaker="SPEAKER_01", form_of_files="whisperx")
    assert not _agents(settings, capsys, path, agent_speaker="SPEAKER_00")
    for wrong, said in ({"agent_speaker": "spk_9"}, "spk_9"), ({"form_of_files": "nothing"}, "nothing"):
        assert score(settings, [path], form=Form(), as_json=True, **wrong) == 1  # type: ignore[arg-type]
        assert said in capsys.readouterr().err
