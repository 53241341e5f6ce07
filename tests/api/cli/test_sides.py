"""Commands on a call of two files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.app import app
from qa_engine.speech.media import decode
from tests.api.conftest import CALLS
from tests.qa_engine.speech.test_two_files import write_wav


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    samples = decode(CALLS / "ins-006" / "audio.opus").samples
    return tuple(  # type: ignore[return-value]
        write_wav(tmp_path / f"{name}.wav", samples[lane : lane + 1], 8_000)
        for lane, name in enumerate(("in", "out"))
    )


def test_a_call_of_two_files_is_transcribed_and_scored(sides: tuple[Path, Path]) -> None:
    options = ["--agent", str(sides[0]), "--customer", str(sides[1]), "--json"]
    heard = CliRunner().invoke(app, ["transcribe", *options])
    turns = json.loads(heard.stdout)["turns"]
    assert {(turn["role"], turn["channel"]) for turn in turns} == {("agent", 0), ("customer", 1)}
    scored = CliRunner().invoke(app, ["score", *options])
    assert json.loads(scored.stdout)["call_id"] == "in"


def test_a_table_beside_them_says_so_too(sides: tuple[Path, Path]) -> None:
    agent, customer = sides
    with (agent.parent / "calls.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["file", "customer_file", "call_id"], [agent.name, customer.name, "C1"]])
    heard = json.loads(CliRunner().invoke(app, ["transcribe", str(agent), "--json"]).stdout)
    assert heard["call_id"] == "C1"
    assert {turn["role"] for turn in heard["turns"]} == {"agent", "customer"}


@pytest.mark.parametrize(
    "arguments",
    [["transcribe"], ["score", "--agent", "a.wav"], ["ingest", "--customer", "c.wav"], ["score"]],
)
def test_one_side_alone_or_nothing_is_wrong_usage(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_a_side_that_is_not_there_is_named(sides: tuple[Path, Path]) -> None:
    missing = sides[0].with_name("missing.wav")
    made = CliRunner().invoke(app, ["transcribe", "--agent", str(sides[0]), "--customer", str(missing)])
    assert made.exit_code == 1
    assert "没有这个文件" in made.stderr
