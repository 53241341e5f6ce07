"""A stored evaluation is made again byte for byte from what it pins, and a difference is explained."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from api.cli.replay import replay as replay_command
from models.call import CallRow
from models.database import reading, session
from models.evaluation import EvaluationRow, get_evaluations
from models.replay import Replayed, Replayer, ReplayStatus
from models.scoring_input import ScoringInputRow
from models.snapshot import RubricSnapshotRow, kept_rubric
from models.transcript import TranscriptRow, get_transcript, save_transcript, transcript_row
from qa_engine.errors import BadInput, NotFound
from tests.conftest import make_settings
from tests.workers.conftest import RUBRICS
from tests.workers.scene import take_transcripts
from workers.runner import run_until_idle
from workers.tools import Tools

FORM = "short-form.yaml"


@pytest.fixture
def own(tmp_path: Path, database_url: str) -> Iterator[Tools]:
    """A pipeline whose form the test may edit; three calls are scored."""
    folder = tmp_path / "rubrics"
    folder.mkdir()
    shutil.copyfile(RUBRICS / FORM, folder / FORM)
    tools = Tools(make_settings(tmp_path, database_url, rubrics_dir=folder, rubrics="short-form"))
    take_transcripts(tools.engine, tools.settings, 3)
    run_until_idle(tools)
    yield tools
    tools.engine.dispose()


def edit(tools: Tools, old: str, new: str) -> None:
    path = Path(str(tools.settings.rubrics_dir)) / FORM
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def replays(tools: Tools) -> list[Replayed]:
    with reading(tools.engine) as opened:
        rows = opened.exec(select(EvaluationRow).order_by(EvaluationRow.id)).all()  # type: ignore[arg-type]
        return [Replayer(tools.settings).replay(opened, row) for row in rows]


def changed(tools: Tools) -> list[str]:
    return [one.what for one in replays(tools)[0].changed]


def first_call(tools: Tools) -> str:
    return replays(tools)[0].call_id


def test_what_was_just_scored_is_equal_and_nothing_has_changed(own: Tools) -> None:
    assert [(one.status, one.differences, one.changed) for one in replays(own)] == [
        (ReplayStatus.EQUAL, (), ())
    ] * 3


def test_the_rubric_and_its_lists_are_kept_once(own: Tools) -> None:
    with reading(own.engine) as opened:
        rows = opened.exec(select(RubricSnapshotRow)).all()
        (plan,) = own.plans()
        kept = kept_rubric(opened, plan.rubric.sha256, plan.rubric.lexicon_sha256)
    assert sorted(row.kind for row in rows) == ["lexicon", "rubric"]
    assert kept.source == plan.rubric.source
    assert (kept.sha256, kept.lexicon_sha256) == (plan.rubric.sha256, plan.rubric.lexicon_sha256)


def test_it_works_after_the_file_has_changed_and_says_which_item(own: Tools) -> None:
    edit(own, "[保险]", "[没有人说的话]")
    one = replays(own)[0]
    assert one.status is ReplayStatus.EQUAL
    (change,) = one.changed
    assert change.what == "rubric"
    assert "改动 opening.insurer" in change.text
    assert "opening.greeting" not in change.text


def test_it_works_after_the_file_is_gone(own: Tools) -> None:
    (Path(str(own.settings.rubrics_dir)) / FORM).unlink()
    assert replays(own)[0].status is ReplayStatus.EQUAL
    assert changed(own) == ["rubric"]


def test_a_changed_phrase_list_is_named(own: Tools, tmp_path: Path) -> None:
    phrases = tmp_path / "own.yaml"
    phrases.write_text("公司名: [新公司]\n", "utf-8")
    settings = own.settings.model_copy(update={"phrases": phrases})
    with reading(own.engine) as opened:
        row = opened.exec(select(EvaluationRow)).first()
        assert row is not None
        one = Replayer(settings).replay(opened, row)
    assert one.status is ReplayStatus.EQUAL
    assert [(change.what, "公司名" in change.text) for change in one.changed] == [("lexicon", True)]


def test_edited_facts_are_named_without_their_values(own: Tools) -> None:
    with session(own.engine) as opened:
        call = opened.get_one(CallRow, first_call(own))
        call.disposition = "CALLBACK-13800000000"
        opened.add(call)
    one = replays(own)[0]
    assert (one.status, [c.what for c in one.changed]) == (ReplayStatus.EQUAL, ["facts"])
    assert "disposition" in one.changed[0].text
    assert "138" not in one.changed[0].text


def test_a_corrected_transcript_leaves_the_old_one_for_the_replay(own: Tools) -> None:
    call_id = first_call(own)
    with session(own.engine) as opened:
        transcript, signals = get_transcript(opened, call_id)
        turns = (replace(transcript.turns[0], text="喂", words=()), *transcript.turns[1:])
        save_transcript(opened, transcript_row(call_id, replace(transcript, turns=turns), signals))
        assert opened.get_one(TranscriptRow, call_id).turns[0]["text"] == "喂"
    one = replays(own)[0]
    assert (one.status, [c.what for c in one.changed]) == (ReplayStatus.EQUAL, ["transcript"])


def test_other_code_is_said(own: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.replay.code_version", lambda: "callqa 9")
    assert replays(own)[0].status is ReplayStatus.EQUAL
    assert changed(own) == ["code"]


def test_a_tampered_score_is_found(own: Tools) -> None:
    with session(own.engine) as opened:
        row = opened.exec(select(EvaluationRow).order_by(EvaluationRow.id)).first()  # type: ignore[arg-type]
        assert row is not None
        items = [{**row.document["items"][0], "verdict": "na"}, *row.document["items"][1:]]
        row.document = {**row.document, "score": 12.5, "items": items}
        opened.add(row)
    one = replays(own)[0]
    assert one.status is ReplayStatus.DIFFERS
    assert one.differences[0].startswith("score: 12.5 → ")
    assert any(line.startswith("opening.greeting: verdict na → ") for line in one.differences)


def test_an_evaluation_without_its_input_cannot_be_made_again(own: Tools) -> None:
    with session(own.engine) as opened:
        for known in opened.exec(select(ScoringInputRow)):
            opened.delete(known)
    one = replays(own)[0]
    assert (one.status, [c.what for c in one.changed]) == (ReplayStatus.IMPOSSIBLE, ["input"])


class TestCommand:
    """`callqa replay`: exit 0 where all are equal, else 1."""

    def test_all(self, own: Tools, capsys: pytest.CaptureFixture[str]) -> None:
        assert replay_command(own.settings, [], every=True, as_json=True) == 0
        assert capsys.readouterr().out.count('"status": "equal"') == 3

    def test_a_call_by_the_id_of_its_dialer(self, own: Tools, capsys: pytest.CaptureFixture[str]) -> None:
        name = replays(own)[0].external_id
        assert replay_command(own.settings, [str(name)]) == 0
        assert str(name) in capsys.readouterr().out

    def test_a_difference_is_exit_1(self, own: Tools) -> None:
        with session(own.engine) as opened:
            row = get_evaluations(opened, first_call(own))[0]
            row.document = {**row.document, "formula": "100"}
            opened.add(row)
        assert replay_command(own.settings, [], every=True) == 1

    def test_an_unknown_call(self, own: Tools) -> None:
        with pytest.raises(NotFound):
            replay_command(own.settings, ["nobody"])

    def test_neither_calls_nor_all(self, own: Tools) -> None:
        with pytest.raises(BadInput):
            replay_command(own.settings, [])
