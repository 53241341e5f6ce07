"""POST /api/v1/calls: what a dialer may rely on."""

from __future__ import annotations

import errno
import hashlib
import json
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import pytest
from sqlmodel import select

from api.deps import Services
from models.database import reading
from models.stage_job import StageJobRow
from models.storage import Incoming, Storage
from tests.api.conftest import CALLS, Service
from tests.sound import wav

URL = "/api/v1/calls"
SOUND = wav(2.0)
TRANSCRIPT = (CALLS / "ins-001" / "transcript.json").read_bytes()


def post(service: Service, content: bytes = SOUND, filename: str = "a.wav", **fields: Any) -> httpx.Response:
    return service.http.post(URL, data=fields, files={"file": (filename, content)})


def code(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]["code"]


def number_of_calls(service: Service) -> int:
    total: int = service.http.get(URL).json()["total"]
    return total


def test_a_recording_gets_a_receipt_that_leads_to_the_call(service_on_each: Service) -> None:
    reply = post(service_on_each, external_id="X1", agent_id="A1", agent_name="李", agent_channel="1")
    receipt = reply.json()
    assert reply.status_code == 201
    assert (receipt["created"], receipt["state"], receipt["external_id"]) == (True, "received", "X1")
    assert receipt["sha256"] == hashlib.sha256(SOUND).hexdigest()
    assert reply.headers["location"] == receipt["url"]
    call = service_on_each.http.get(receipt["url"]).json()
    assert (call["external_id"], call["agent_name"], call["agent_channel"]) == ("X1", "李", 1)


def test_the_receipt_is_given_when_sound_and_job_are_durable(service: Service) -> None:
    call_id = post(service).json()["call_id"]
    services: Services = service.http.app.state.services  # type: ignore[attr-defined]
    assert service.http.get(f"{URL}/{call_id}/audio").content == SOUND
    with reading(services.engine) as opened:
        (job,) = opened.exec(select(StageJobRow)).all()
    assert (job.call_id, job.stage, job.state) == (call_id, "probe", "waiting")


def test_the_same_again_gives_the_same_receipt(service_on_each: Service) -> None:
    first, second = post(service_on_each, external_id="X1"), post(service_on_each, external_id="X1")
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {**first.json(), "created": False}
    assert number_of_calls(service_on_each) == 1


def test_without_an_id_the_content_is_the_identity(service: Service) -> None:
    assert post(service).json()["call_id"] == post(service, filename="b.wav").json()["call_id"]
    assert post(service, wav(3.0)).status_code == 201
    assert number_of_calls(service) == 2


def test_the_same_id_with_other_content_is_a_conflict(service_on_each: Service) -> None:
    post(service_on_each, external_id="X1")
    assert code(post(service_on_each, wav(3.0), external_id="X1")) == (409, "other_content")
    assert number_of_calls(service_on_each) == 1


def test_two_dialers_may_use_the_same_id(service: Service) -> None:
    assert post(service, external_id="1", source="dialer-a").status_code == 201
    assert post(service, wav(3.0), external_id="1", source="dialer-b").status_code == 201


def test_a_transcript_made_elsewhere_needs_no_recogniser(service: Service) -> None:
    call_id = post(service, TRANSCRIPT, "t.json").json()["call_id"]
    service.work()
    call = service.http.get(f"{URL}/{call_id}").json()
    assert (call["state"], call["has_audio"], call["external_id"]) == ("done", False, "ins-001")


def test_a_checksum_is_checked(service: Service) -> None:
    good = hashlib.sha256(SOUND).hexdigest()
    assert post(service, sha256=good.upper()).status_code == 201
    assert code(post(service, wav(3.0), sha256=good)) == (422, "wrong_checksum")
    assert code(post(service, sha256="abc")) == (422, "bad_request")
    assert number_of_calls(service) == 1


@pytest.mark.parametrize(
    ("content", "filename", "expected"),
    [
        (b"these are words, no sound\n" * 9, "a.wav", (415, "not_audio")),
        (b"", "a.wav", (422, "empty_audio")),
        (wav(1.0, channels=8), "a.wav", (422, "too_many_channels")),
        (wav(0.6, rate_hz=192_000), "a.wav", (422, "bad_sample_rate")),
        (b'{"format": "callqa.transcript/1"}', "t.json", (422, "bad_transcript")),
        (b'{"format"', "t.json", (422, "bad_transcript")),
        (b"\xef\xbb\xbf{}", "t.json", (422, "bad_transcript")),
    ],
)
def test_what_is_no_recording_is_refused_with_its_reason(
    service: Service, content: bytes, filename: str, expected: tuple[int, str]
) -> None:
    reply = post(service, content, filename)
    assert code(reply) == expected
    assert reply.json()["error"]["message"]
    assert reply.json()["error"]["hint"]
    assert number_of_calls(service) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"agent_channel": "2"},
        {"agent_channel": "left"},
        {"started_at": "yesterday"},
        {"started_at": "0001-01-01T00:00:00+14:00"},
        {"source": "no spaces"},
        {"agent_id": "x" * 201},
        {"external_id": "a\0b"},
    ],
)
def test_a_bad_field_is_named(service: Service, fields: dict[str, str]) -> None:
    reply = post(service, **fields)
    assert code(reply) == (422, "bad_request")
    assert next(iter(fields)) in reply.json()["error"]["message"]


def test_a_time_without_offset_is_local(service: Service) -> None:
    call_id = post(service, started_at="2026-11-02 15:08:31").json()["call_id"]
    assert service.http.get(f"{URL}/{call_id}").json()["started_at"] == "2026-11-02T07:08:31Z"


def test_empty_fields_are_unknown_facts(service: Service) -> None:
    call_id = post(service, agent_id="", agent_channel="", started_at="", external_id="").json()["call_id"]
    call = service.http.get(f"{URL}/{call_id}").json()
    assert (call["agent_id"], call["agent_channel"], call["started_at"], call["external_id"]) == (None,) * 4


@pytest.mark.parametrize("filename", ["../../etc/passwd", "a\0b.wav", "录音.wav", "x" * 500, ".", "a.php"])
def test_a_file_name_never_becomes_a_path(service: Service, filename: str) -> None:
    reply = post(service, filename=filename)
    assert reply.status_code == 201
    root = Path(service.settings.storage_url)
    kept = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    assert [path.parts[0] for path in kept] == ["audio"]
    assert not {".", "/", "\\"} & set(service.http.get(reply.json()["url"]).json()["filename"][:1])


def test_two_files_are_one_call(service: Service) -> None:
    sides = {"file": ("a.wav", wav(2.0, channels=1)), "customer_file": ("c.wav", wav(3.0, channels=1))}
    first = service.http.post(URL, data={"customer_offset_s": "0.5"}, files=sides)
    assert first.status_code == 201
    call = service.http.get(first.json()["url"]).json()
    assert (call["agent_channel"], call["filename"]) == (0, "a + c.flac")
    assert service.http.post(URL, data={"customer_offset_s": "0.5"}, files=sides).status_code == 200
    assert code(service.http.post(URL, data={"customer_offset_s": "nan"}, files=sides)) == (
        422,
        "bad_request",
    )
    assert code(service.http.post(URL, data={"agent_channel": "1"}, files=sides)) == (422, "bad_input")
    sides["customer_file"] = ("c.wav", wav(2.0, channels=2))
    assert code(service.http.post(URL, files=sides)) == (422, "too_many_channels")
    assert number_of_calls(service) == 1


WHISPERX = {
    "segments": [
        {"start": 0.0, "end": 2.0, "text": "喂,你好。", "speaker": "SPEAKER_00"},
        {"start": 2.5, "end": 6.0, "text": "您好,我是安心保险的李晓梅。", "speaker": "SPEAKER_01"},
    ],
    "language": "zh",
}


def test_a_foreign_transcript_is_read_as_it_is_said_to_be(service: Service) -> None:
    document = json.dumps(WHISPERX).encode()
    reply = post(service, document, "t.json", transcript_format="whisperx", agent_speaker="SPEAKER_01")
    assert reply.status_code == 201
    service.work()
    turns = service.http.get(f"{reply.json()['url']}/transcript").json()["turns"]
    assert [turn["role"] for turn in turns] == ["customer", "agent"]
    beside = {"file": ("a.wav", wav(7.0)), "transcript": ("t.json", document)}
    fields = {"agent_speaker": "spk_9"}
    assert code(service.http.post(URL, data=fields, files=beside)) == (422, "bad_transcript")
    assert code(post(service, document, "t.json", transcript_format="word")) == (422, "bad_request")
    assert code(post(service, SOUND, "a.wav", transcript_format="srt"))[1] == "bad_transcript"


@pytest.mark.parametrize("suffix", [".alaw", ".ulaw", ".sln"])
def test_a_format_without_header_is_known_by_its_name(service: Service, suffix: str) -> None:
    reply = post(service, bytes(range(256)) * 64, f"a{suffix}")
    assert reply.status_code == 201
    service.work()
    assert service.http.get(reply.json()["url"]).json()["duration_s"] is not None


def test_a_form_without_file_says_so(service: Service) -> None:
    reply = service.http.post(URL, data={"agent_id": "A1"})
    assert code(reply) == (422, "bad_request")
    assert "file" in reply.json()["error"]["message"]


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary=x", "text/plain"]
)
def test_a_broken_form_is_the_clients_fault(service: Service, content_type: str) -> None:
    reply = service.http.post(URL, content=b"--y\r\nbroken", headers={"content-type": content_type})
    assert reply.status_code in {400, 422}
    assert reply.json()["error"]["message"]


def test_an_oversize_recording_is_413(service: Service) -> None:
    small = service.settings.model_copy(update={"max_upload_mb": 1})
    services: Services = service.http.app.state.services  # type: ignore[attr-defined]
    service.http.app.state.services = Services(small, services.engine, services.storage)  # type: ignore[attr-defined]
    assert code(post(service, wav(70.0))) == (413, "too_big")
    assert number_of_calls(service) == 0


@pytest.mark.parametrize(
    ("number", "expected"), [(errno.ENOSPC, 507), (errno.EROFS, 503), (errno.EACCES, 503)]
)
def test_a_broken_storage_accepts_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch, number: int, expected: int
) -> None:
    def broken(_self: Storage, stream: BinaryIO, *, max_bytes: int, suffix: str) -> Incoming:
        from models.storage import _named_errors

        with _named_errors():
            raise OSError(number, "broken")

    monkeypatch.setattr(Storage, "receive", broken)
    reply = post(service)
    assert reply.status_code == expected
    assert reply.json()["error"]["hint"]
    assert number_of_calls(service) == 0


def test_a_database_that_is_away_accepts_nothing(service: Service) -> None:
    path = Path(service.settings.database_url.removeprefix("sqlite:///"))
    services: Services = service.http.app.state.services  # type: ignore[attr-defined]
    services.engine.dispose()
    for part in path.parent.glob(f"{path.name}*"):
        part.unlink()
    path.mkdir()
    reply = post(service)
    assert reply.status_code == 503
    assert reply.headers["retry-after"]


def test_a_database_without_tables_says_what_to_run(service: Service, tmp_path: Path) -> None:
    from fastapi.testclient import TestClient

    from api.app import create_app
    from tests.conftest import make_settings

    with TestClient(create_app(make_settings(tmp_path, f"sqlite:///{tmp_path / 'new.sqlite3'}"))) as http:
        for reply in (http.get(URL), http.get("/readyz"), http.post(URL, files={"file": ("a.wav", SOUND)})):
            assert reply.status_code == 503
            assert "callqa db upgrade" in json.dumps(reply.json(), ensure_ascii=False)
        assert http.get("/healthz").status_code == 200
