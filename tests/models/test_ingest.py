"""Taking recordings in: durable before the receipt, the same thing twice is one call."""

from __future__ import annotations

import io
import json
import threading
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.call import CallRow
from models.database import reading
from models.ingest import Handed, OtherContent, Receipt, receive_recording, receive_transcript
from models.recording import RecordingRow
from models.settings import Settings
from models.stage_job import StageJobRow
from models.storage import Storage, TooBig
from qa_engine.calls import CallFacts
from qa_engine.errors import BadInput, CallQAError, NotFound
from qa_engine.exchange import BadTranscript, transcript_json
from tests.models.builders import transcript
from tests.sound import wav

DOCUMENT = json.dumps(transcript_json(transcript("T-1"), CallFacts(agent_id="A9"))).encode()


class Door:
    """One way in, bound to a database and a storage."""

    def __init__(self, engine: Engine, storage: Storage, settings: Settings) -> None:
        self.engine, self.storage, self.settings = engine, storage, settings

    def post(self, data: bytes, transcript: bytes | None = None, **handed: object) -> Receipt:
        return receive_recording(
            self.engine,
            self.storage,
            settings=self.settings,
            handed=Handed(**handed),  # type: ignore[arg-type]
            stream=io.BytesIO(data),
            transcript=transcript,
        )

    def calls(self) -> list[CallRow]:
        with reading(self.engine) as opened:
            return list(opened.exec(select(CallRow)))

    def jobs(self) -> list[tuple[str, str, str]]:
        with reading(self.engine) as opened:
            return [(job.call_id, job.stage, job.queue) for job in opened.exec(select(StageJobRow))]


@pytest.fixture
def door(engine: Engine, storage: Storage, settings: Settings) -> Door:
    return Door(engine, storage, settings)


def test_a_receipt_means_stored_and_asked_for(door: Door) -> None:
    receipt = door.post(wav(), filename="一通.WAV", external_id="X1")
    assert receipt.created
    assert door.jobs() == [(receipt.call_id, "probe", "light")]
    with reading(door.engine) as opened:
        recording = opened.get_one(RecordingRow, receipt.call_id)
    assert recording.audio_key == f"audio/{receipt.sha256[:2]}/{receipt.sha256}.wav"
    assert recording.filename == "一通.WAV"
    assert door.storage.size(recording.audio_key) == len(wav())


def test_the_same_id_and_content_gives_the_same_receipt(door: Door) -> None:
    first = door.post(wav(), external_id="X1")
    again = door.post(wav(), external_id="X1")
    assert (again.call_id, again.created) == (first.call_id, False)
    assert len(door.jobs()) == 1


def test_the_same_content_without_id_gives_the_same_receipt(door: Door) -> None:
    first = door.post(wav(), external_id="X1")
    assert door.post(wav()).call_id == first.call_id
    other = door.post(wav(1.0))
    assert door.post(wav(1.0)).call_id == other.call_id


def test_the_same_id_with_other_content_is_a_conflict(door: Door) -> None:
    door.post(wav(), external_id="X1")
    with pytest.raises(OtherContent) as caught:
        door.post(wav(1.0), external_id="X1")
    assert caught.value.http_status == 409
    assert len(door.calls()) == 1


def test_ids_of_two_sources_do_not_meet(door: Door) -> None:
    door.post(wav(), external_id="X1", source="dialer-a")
    assert door.post(wav(1.0), external_id="X1", source="dialer-b").created


def test_two_calls_may_have_the_same_sound(door: Door) -> None:
    """A dialer's ids are authoritative: two hang-ups can be the same bytes."""
    assert door.post(wav(), external_id="X1").call_id != door.post(wav(), external_id="X2").call_id


def test_facts_are_kept_and_people_made_known(door: Door) -> None:
    facts = CallFacts(agent_id="A1", agent_name="王芳", team_id="T1", campaign="ins", extra={"城市": "上海"})
    door.post(wav(), facts=facts)
    (call,) = door.calls()
    assert (call.agent_id, call.team_id, call.campaign, call.extra) == ("A1", "T1", "ins", {"城市": "上海"})


def test_the_day_is_counted_in_the_tenants_zone(door: Door) -> None:
    from datetime import UTC, datetime

    door.post(wav(), facts=CallFacts(started_at=datetime(2026, 11, 2, 17, 30, tzinfo=UTC)))
    assert door.calls()[0].day == date(2026, 11, 3)


def test_a_storm_of_the_same_files_makes_one_call_each(door: Door) -> None:
    """Five files, twenty times each, at once; every second time without an id."""
    files = [wav(1.0 + number / 10) for number in range(5)]
    start = threading.Barrier(10)
    receipts: list[tuple[int, Receipt]] = []
    failures: list[BaseException] = []

    def post(worker: int) -> None:
        try:
            start.wait()
            for turn in range(2):
                for number, data in enumerate(files):
                    external_id = f"X{number}" if (worker + turn) % 2 else None
                    receipts.append((number, door.post(data, external_id=external_id)))
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=post, args=(worker,)) for worker in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(receipts) == 100
    # a file that came first without id is another call than the one that the dialer names later
    by_file = [{receipt.call_id for number, receipt in receipts if number == file} for file in range(5)]
    assert all(len(calls) <= 2 for calls in by_file)
    with_id = [call for call in door.calls() if call.external_id is not None]
    assert sorted(call.external_id or "" for call in with_id) == [f"X{number}" for number in range(5)]
    without_id = [call.sha256 for call in door.calls() if call.external_id is None]
    assert len(set(without_id)) == len(without_id)
    assert len(door.jobs()) == len(door.calls())
    assert sum(receipt.created for _, receipt in receipts) == len(door.calls())


BAD = [
    ("empty.wav", b"", "empty_audio"),
    ("text.wav", "这不是录音,只是文字。".encode() * 50, "not_audio"),
    ("eight.wav", wav(1.0, channels=8), "too_many_channels"),
    ("cut.wav", wav(2.0)[:12_000], "truncated_audio"),
    ("fast.wav", wav(0.6, rate_hz=192_000), "bad_sample_rate"),
]


@pytest.mark.parametrize(("name", "data", "code"), BAD, ids=[row[0] for row in BAD])
def test_what_the_header_tells_is_refused_at_the_door(door: Door, name: str, data: bytes, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        door.post(data, filename=name)
    assert caught.value.code == code
    assert caught.value.hint
    assert caught.value.where is not None
    assert caught.value.where.file == name
    assert door.calls() == []
    assert door.storage.folder is not None
    assert [path for path in door.storage.folder.rglob("*") if path.is_file()] == []


def test_a_file_over_the_limit_is_refused(door: Door) -> None:
    small = Door(door.engine, door.storage, door.settings.model_copy(update={"max_upload_mb": 1}))
    with pytest.raises(TooBig):
        small.post(b"\0" * 1_000_001)


def test_a_file_that_is_not_there_is_named(door: Door, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"gone\.wav"):
        receive_recording(
            door.engine,
            door.storage,
            settings=door.settings,
            handed=Handed(),
            source_file=tmp_path / "gone.wav",
        )


def test_a_transcript_alone_is_a_call(door: Door) -> None:
    receipt = receive_transcript(
        door.engine, door.storage, settings=door.settings, handed=Handed(), document=DOCUMENT
    )
    (call,) = door.calls()
    assert (call.external_id, call.agent_id) == ("T-1", "A9")
    assert door.jobs() == [(receipt.call_id, "transcribe", "light")]


def test_a_recording_with_its_transcript_is_one_call(door: Door) -> None:
    first = door.post(wav(), transcript=DOCUMENT, external_id="X1")
    assert door.post(wav(), transcript=DOCUMENT, external_id="X1").call_id == first.call_id
    assert door.calls()[0].agent_id == "A9"
    with pytest.raises(OtherContent):
        door.post(wav(), external_id="X1")


def test_a_bad_transcript_makes_no_call(door: Door) -> None:
    with pytest.raises(BadTranscript):
        door.post(wav(), transcript=b"{}")
    assert door.calls() == []


def test_nul_characters_do_not_reach_the_database(door: Door) -> None:
    door.post(wav(), external_id="X\0 1", facts=CallFacts(agent_id="A\0", extra={"k": "v\0"}))
    (call,) = door.calls()
    assert (call.external_id, call.agent_id, call.extra) == ("X 1", "A", {"k": "v"})


def test_an_overlong_id_is_refused_not_cut(door: Door) -> None:
    with pytest.raises(CallQAError, match="200"):
        door.post(wav(), external_id="x" * 201)
