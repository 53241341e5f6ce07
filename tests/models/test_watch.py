"""The watched folder: complete files are taken once, and nothing in it is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.call import CallRow
from models.database import reading
from models.settings import Settings
from models.storage import Storage
from models.watch import WatchedFileRow, Watcher
from tests.sound import wav


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    return path


@pytest.fixture
def watcher(engine: Engine, storage: Storage, settings: Settings, folder: Path) -> Watcher:
    return Watcher(engine, storage, settings, folder)


def calls(engine: Engine) -> list[CallRow]:
    with reading(engine) as opened:
        return list(opened.exec(select(CallRow)))


def test_a_file_is_taken_when_it_stayed_as_it_is(watcher: Watcher, folder: Path, engine: Engine) -> None:
    (folder / "a.wav").write_bytes(wav())
    assert watcher.look(0.0) == ()
    assert watcher.look(4.9) == ()
    assert len(watcher.look(5.0)) == 1
    assert watcher.look(99.0) == ()
    assert len(calls(engine)) == 1
    assert (folder / "a.wav").exists()


def test_a_file_that_grows_waits_again(watcher: Watcher, folder: Path) -> None:
    (folder / "a.wav").write_bytes(wav(1.0))
    watcher.look(0.0)
    (folder / "a.wav").write_bytes(wav(2.0))
    assert watcher.look(5.0) == ()
    assert len(watcher.look(10.0)) == 1


def test_a_done_marker_ends_the_wait(watcher: Watcher, folder: Path) -> None:
    (folder / "a.wav").write_bytes(wav())
    (folder / "a.wav.done").touch()
    assert len(watcher.look(0.0)) == 1


def test_a_manifest_beside_it_gives_id_and_facts(watcher: Watcher, folder: Path, engine: Engine) -> None:
    (folder / "calls.csv").write_text("file,call_id,agent_id\na.wav,C1,A1\n")
    (folder / "a.wav").write_bytes(wav())
    (folder / "a.wav.done").touch()
    watcher.look(0.0)
    (call,) = calls(engine)
    assert (call.source, call.external_id, call.agent_id) == ("watch", "C1", "A1")


def test_a_bad_file_is_noted_once_and_the_others_go_on(
    watcher: Watcher, folder: Path, engine: Engine
) -> None:
    (folder / "bad.wav").write_text("文字")
    (folder / "good.wav").write_bytes(wav())
    watcher.look(0.0)
    assert [taken.error is None for taken in watcher.look(5.0)] == [False, True]
    assert watcher.look(10.0) == ()
    with reading(engine) as opened:
        noted = {row.path: row.error_code for row in opened.exec(select(WatchedFileRow))}
    assert noted == {str(folder / "bad.wav"): "not_audio", str(folder / "good.wav"): None}


def test_another_process_does_not_take_it_again(
    watcher: Watcher, engine: Engine, storage: Storage, settings: Settings, folder: Path
) -> None:
    (folder / "a.wav").write_bytes(wav())
    watcher.look(0.0)
    watcher.look(5.0)
    later = Watcher(engine, storage, settings, folder)
    later.look(0.0)
    assert later.look(5.0) == ()


def test_a_replaced_file_is_another_recording(watcher: Watcher, folder: Path, engine: Engine) -> None:
    (folder / "a.wav").write_bytes(wav(1.0))
    watcher.look(0.0)
    watcher.look(5.0)
    (folder / "a.wav").write_bytes(wav(2.0))
    watcher.look(10.0)
    watcher.look(15.0)
    assert len(calls(engine)) == 2


def test_links_and_other_files_are_left_alone(watcher: Watcher, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.wav").write_bytes(wav())
    (folder / "link.wav").symlink_to(tmp_path / "outside.wav")
    (folder / "notes.txt").write_text("x")
    watcher.look(0.0)
    assert watcher.look(5.0) == ()
