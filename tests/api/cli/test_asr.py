"""`callqa asr`: engines side by side on labelled recordings, and a model's confidence put right."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.app import app
from qa_engine.speech.calibration import Calibration, read_calibration
from qa_engine.speech.engines.catalog import demo_folder
from tests.api.conftest import CALLS
from tests.sound import wav


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labels of several kinds: a transcript in the folder, one beside the recording, plain text, silence, and none."""
    made = tmp_path_factory.mktemp("labelled")
    shutil.copytree(CALLS / "ins-006", made / "ins-006")
    shutil.copyfile(CALLS / "tel-008" / "audio.opus", made / "other.opus")
    shutil.copyfile(CALLS / "tel-008" / "transcript.json", made / "other.json")
    (made / "silent.wav").write_bytes(wav(2.0, level=0.0))
    (made / "silent.txt").write_text("喂，您好")
    (made / "bare.wav").write_bytes(wav(2.0))
    return made


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["asr", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_two_engines_on_the_same_recordings(folder: Path) -> None:
    code, shown, _ = run("compare", "demo", "demo,window=28,fill=28,beam=1", "--on", str(folder), "--json")
    assert code == 0
    document = json.loads(shown)
    assert document["format"] == "callqa.asr-comparison/1"
    a, b = document["a"], document["b"]
    assert a["engine"]["name"] == "faster-whisper"
    assert {unit["name"] for unit in a["recordings"]} >= {"ins-006/audio/0", "ins-006/audio/1", "silent"}
    assert [unit["errors"] for unit in a["recordings"] if unit["name"] == "silent"] == [3], (
        "what was said is missing"
    )
    assert a["cer"]["characters"] == b["cer"]["characters"] == sum(u["characters"] for u in a["recordings"])
    assert a["cer"]["low"] <= a["cer"]["rate"] <= a["cer"]["high"]
    assert document["difference"]["rate"] == pytest.approx(b["cer"]["rate"] - a["cer"]["rate"], abs=1e-4)
    assert a["cer"]["rate"] < b["cer"]["rate"], "the demo model is worse on packed windows"
    assert document["changed"]
    assert [Path(path).name for path in document["without_label"]] == ["bare.wav"]


def test_as_a_table(folder: Path) -> None:
    code, shown, said = run("compare", "demo", "demo,beam=1", "--on", str(folder), "--changes", "1")
    assert code == 0
    assert "B − A" in shown
    assert "1 个录音没有标注" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "demo", "demo,beam=99", "--on", "."], "beam"),
        (["compare", "demo", "no-such-model", "--on", "."], "no-such-model"),
        (["compare", "demo", "demo", "--on", "/nowhere"], "带标注的录音"),
    ],
)
def test_what_cannot_be_compared_is_said(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    result = CliRunner().invoke(app, ["asr", *arguments])
    assert result.exit_code != 0
    assert said in f"{result.exception}{result.stderr}"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo model as somebody's own: a folder without calibration."""
    made = tmp_path_factory.mktemp("model") / "own"
    shutil.copytree(demo_folder(), made)
    (made / "calibration.json").unlink()
    return made


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("calls")
    for path in sorted(CALLS.parent.glob("heldout/*.opus")):
        shutil.copyfile(path, made / path.name)
    labels = json.loads((CALLS.parent / "heldout" / "heldout.json").read_text())
    for call in labels["calls"]:
        turns = [{**turn, "role": "customer" if turn["channel"] else "agent"} for turn in call["turns"]]
        end_s = max(turn["end_s"] for turn in turns)
        document = {
            "format": "callqa.transcript/1",
            "call_id": call["id"],
            "duration_s": end_s,
            "turns": turns,
        }
        (made / call["file"]).with_suffix(".json").write_text(json.dumps(document))
    for name in ("wealth-001", "wealth-002"):
        shutil.copytree(CALLS / name, made / name)
    return made


def test_confidence_is_put_right_and_kept_beside_the_model(model: Path, calls: Path) -> None:
    result = CliRunner().invoke(app, ["asr", "calibrate", str(model), "--on", str(calls), "--json"])
    code, shown = result.exit_code, result.stdout
    assert code == 0, (result.exception, result.stderr)
    document = json.loads(shown)
    assert (code, document["format"]) == (0, "callqa.calibration/1")
    assert document["error_after"] < document["error_before"]
    assert document["measured_on"] == sum(cell["n"] for cell in document["reliability"]) > 500
    kept = read_calibration(model)
    assert isinstance(kept, Calibration)
    assert kept.n == document["learned_from"]


def test_too_little_to_learn_from_is_refused(model: Path, folder: Path) -> None:
    result = CliRunner().invoke(app, ["asr", "calibrate", str(model), "--on", str(folder)])
    assert result.exit_code != 0
    assert "至少需要 1000 个" in f"{result.exception}{result.stderr}"
