"""A call of two files is taken in as one call, once, from a manifest, from a watched folder and at the door."""

from __future__ import annotations

import io
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.call import CallRow
from models.database import reading
from models.ingest import Handed, OtherContent, Receipt
from models.intake import find_items, take_all
from models.manifest import CustomerFile, parse_manifest
from models.recording import RecordingRow
from models.settings import Settings
from models.storage import Storage
from models.two_files import Side, receive_sides
from models.watch import WatchedFileRow, Watcher
from qa_engine.errors import BadInput, CallQAError
from qa_engine.speech.media import decode
from tests.sound import wav

AGENT, CUSTOMER = wav(2.0, channels=1), wav(3.0, channels=1, tone_hz=500.0, rate_hz=16_000)
TABLE = "file,customer_file,customer_offset_s,call_id,agent_id\na.wav,c.wav,0.5,C1,A1\n"


class Door:
    """One way in, bound to a database and a storage."""

    def __init__(self, engine: Engine, storage: Storage, settings: Settings) -> None:
        self.engine, self.storage, self.settings = engine, storage, settings

    def post(
        self,
        agent: bytes = AGENT,
        customer: bytes = CUSTOMER,
        *,
        names: tuple[str, str] = ("a.wav", "c.wav"),
        offset_s: float = 0.0,
        **handed: object,
    ) -> Receipt:
        sides = [Side(name, io.BytesIO(data)) for name, data in zip(names, (agent, customer), strict=True)]
        return receive_sides(
            self.engine,
            self.storage,
            settings=self.settings,
            handed=Handed(**handed),  # type: ignore[arg-type]
            agent=sides[0],
            customer=sides[1],
            customer_offset_s=offset_s,
        )

    def calls(self) -> list[CallRow]:
        with reading(self.engine) as opened:
            return list(opened.exec(select(CallRow)))


@pytest.fixture
def door(engine: Engine, storage: Storage, settings: Settings) -> Door:
    return Door(engine, storage, settings)


def test_it_is_kept_as_one_recording_with_the_agent_first(door: Door) -> None:
    receipt = door.post(offset_s=1.0)
    with reading(door.engine) as opened:
        recording = opened.get_one(RecordingRow, receipt.call_id)
        call = opened.get_one(CallRow, receipt.call_id)
    assert call.agent_channel == 0
    assert recording.filename == "a + c.flac"
    assert recording.audio_key is not None
    with door.storage.local_copy(recording.audio_key) as path:
        kept = decode(path)
    assert (kept.info.channels, kept.info.sample_rate_hz) == (2, 16_000)
    assert abs(kept.duration_s - 4.0) < 0.05
    assert not kept.samples[0, 40_000:].any(), "the agent's file is over"
    assert not kept.samples[1, :15_000].any(), "the customer's has not begun"


def test_the_same_two_files_are_one_call(door: Door) -> None:
    first, again = door.post(), door.post()
    assert (first.created, again.created) == (True, False)
    assert first.call_id == again.call_id
    assert door.post(offset_s=0.2).created, "other times are another recording"
    assert len(door.calls()) == 2


def test_an_id_with_other_files_is_a_conflict(door: Door) -> None:
    door.post(external_id="X")
    with pytest.raises(OtherContent):
        door.post(external_id="X", customer=wav(1.0, channels=1))


@pytest.mark.parametrize(
    ("agent", "customer", "at_fault"),
    [(b"no sound", CUSTOMER, "a.wav"), (AGENT, b"", "c.wav"), (AGENT, wav(2.0, channels=2), "c.wav")],
)
def test_a_bad_side_is_named_and_nothing_is_stored(
    door: Door, agent: bytes, customer: bytes, at_fault: str
) -> None:
    with pytest.raises(CallQAError) as caught:
        door.post(agent, customer)
    assert caught.value.where
    assert caught.value.where.file == at_fault
    assert door.calls() == []
    assert [path for path in Path(door.settings.storage_url).rglob("*") if path.is_file()] == []


def test_a_side_without_header_is_known_by_its_name(door: Door) -> None:
    receipt = door.post(b"\xd5" * 8000 + b"\x55" * 8000, names=("a.alaw", "c.wav"))
    assert receipt.created


def test_a_channel_map_contradicts_two_files(door: Door) -> None:
    with pytest.raises(BadInput, match="agent_channel"):
        door.post(agent_channel=1)


def test_a_manifest_names_both(door: Door, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, data in (("a.wav", AGENT), ("c.wav", CUSTOMER)):
        (tmp_path / "in" / name).write_bytes(data)
    (tmp_path / "in" / "calls.csv").write_text(TABLE)
    taken = take_all(door.engine, door.storage, door.settings, find_items([tmp_path / "in"], door.settings))
    assert [one.error for one in taken] == [None]
    (call,) = door.calls()
    assert (call.external_id, call.agent_id, call.agent_channel, call.extra) == ("C1", "A1", 0, {})


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("a.wav,c.wav,later,,C1,A1", "later"),
        ("a.wav,c.wav,nan,,C1,A1", "nan"),
        ("a.wav,c.wav,,1,C1,A1", "customer_file"),
    ],
)
def test_a_bad_row_is_named(row: str, found: str) -> None:
    table = (
        f"file,customer_file,customer_offset_s,agent_channel,call_id,agent_id\n{row}\na.wav,c.wav,-0.4,,,\n"
    )
    manifest = parse_manifest(table.encode(), folder=Path("/in"), zone=ZoneInfo("Asia/Shanghai"))
    (problem,) = manifest.problems
    assert found in problem.message
    assert problem.where
    assert problem.where.row == 1
    assert [row.customer for row in manifest.rows] == [CustomerFile(Path("/in/c.wav"), -0.4)]


def test_a_watched_folder_waits_for_both(door: Door, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "calls.csv").write_text(TABLE)
    (folder / "a.wav").write_bytes(AGENT)
    watcher = Watcher(door.engine, door.storage, door.settings, folder)
    watcher.look(0.0)
    assert watcher.look(9.0) == (), "the customer's side is still to come"
    (folder / "c.wav").write_bytes(CUSTOMER)
    assert watcher.look(10.0) == ()
    assert len(watcher.look(20.0)) == 1
    assert watcher.look(30.0) == ()
    assert len(door.calls()) == 1
    with reading(door.engine) as opened:
        noted = opened.exec(select(WatchedFileRow)).all()
    assert {Path(row.path).name: row.error_code for row in noted} == {"a.wav": None, "c.wav": None}
