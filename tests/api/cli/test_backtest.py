"""`callqa rubric backtest`: on files and on stored calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli.backtest import Sources, backtest
from models.manifest import BadManifest
from models.reviews_csv import read_reviews
from models.settings import Settings
from qa_engine.errors import BadInput, NotFound
from qa_engine.rubric.load import shipped_folder
from qa_engine.scoring.evaluation import Verdict
from tests.api.conftest import CALLS, Service

SHIPPED = shipped_folder() / "telesales-standard.yaml"
FILES = (CALLS / "ins-007", CALLS / "ins-001/transcript.json")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """The shipped form, with less time for the greeting."""
    path = tmp_path / "draft.yaml"
    text = SHIPPED.read_text("utf-8").replace("version: 1\n", "version: 2\n", 1)
    changed = text.replace("$问候语, within: {first_s: 30}", "$问候语, within: {first_s: 3}", 1)
    assert changed != text
    path.write_text(changed, "utf-8")
    return path


def report(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def greeting(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in document["items"] if item["id"] == "opening.greeting")
    return found


def test_files_and_folders_without_a_database(
    settings: Settings, new: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = backtest(settings, str(new), against=None, sources=Sources(FILES), as_json=True)
    document = report(capsys)
    assert (code, document["format"], document["compared"]) == (0, "callqa.backtest/1", 2)
    assert (document["old"]["version"], document["new"]["version"]) == (1, 2)
    assert greeting(document)["form"] == "changed"
    assert [example["call_id"] for example in greeting(document)["examples"]] == ["ins-007"]


def test_stored_calls_against_the_version_that_scored_them(
    filled: Service, new: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    against = "telesales-standard@1"
    assert backtest(filled.settings, str(new), against=against, sources=Sources(), as_json=True) == 0
    document = report(capsys)
    assert document["compared"] == len(filled.ids)
    assert {agent["agent_id"] for agent in document["agents"]} == {"A0", "A1"}


def test_the_tables(filled: Service, new: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert backtest(filled.settings, str(new), against=None, sources=Sources(FILES)) == 0
    shown = capsys.readouterr().out
    assert "opening.greeting" in shown
    assert "平均分" in shown


def test_a_form_against_itself_is_refused(settings: Settings) -> None:
    with pytest.raises(BadInput, match="没有意义"):
        backtest(settings, "telesales-standard", against=None, sources=Sources(FILES))


def test_a_version_that_was_never_used(filled: Service, new: Path) -> None:
    with pytest.raises(NotFound, match="9"):
        backtest(filled.settings, str(new), against="telesales-standard@9", sources=Sources(FILES))


def test_a_broken_transcript_is_named_and_the_others_go_on(
    settings: Settings, new: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{", "utf-8")
    assert backtest(settings, str(new), against=None, sources=Sources((broken, *FILES)), as_json=True) == 1
    assert report(capsys)["compared"] == 2


class TestReviews:
    def test_they_count_in_the_report(
        self, settings: Settings, new: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        table = tmp_path / "reviews.csv"
        table.write_text("call_id,item,verdict\nins-007,opening.greeting,pass\n", "utf-8")
        backtest(settings, str(new), against=None, sources=Sources(FILES, reviews=table), as_json=True)
        found = greeting(report(capsys))
        assert found["old_review"]["agreement"]["share"] == 1.0
        assert found["new_review"]["precision"]["share"] == 0.0

    def test_a_table_in_gb18030(self, tmp_path: Path) -> None:
        path = tmp_path / "r.csv"
        path.write_bytes("call_id,item,verdict,备注\nc1,a.b,fail,没有报工号\n".encode("gb18030"))
        assert read_reviews(path) == {("c1", "a.b"): Verdict.FAIL}

    @pytest.mark.parametrize(
        "text",
        ["call,item,verdict\nc,i,pass\n", "call_id,item,verdict\nc,i,maybe\n"],
        ids=["column", "verdict"],
    )
    def test_faults_name_their_place(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "r.csv"
        path.write_text(text, "utf-8")
        with pytest.raises(BadManifest) as error:
            read_reviews(path)
        assert "r.csv" in str(error.value)
