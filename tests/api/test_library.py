"""The example library over HTTP: what is hidden in the sound, who hears what, what is kept."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from api.app import create_app
from models.access.accounts import AccountRow, AuditRow
from models.access.roles import Role
from models.database import reading, session
from models.recording import RecordingRow
from qa_engine.language.redaction import BLOCK
from qa_engine.library.masking import PAD_MS
from qa_engine.library.sound import PER_MS, as_wav, tone
from qa_engine.speech.audio import SAMPLE_RATE_HZ
from tests.api.conftest import Service
from tests.api.test_access import PASSWORD, hashed
from tests.conftest import make_settings

NUMBER = "13812345678"
SAID = f"我的号码是{NUMBER}你记一下"
START_MS = 4000 + 5 * 200
"""The number's first digit: 200 ms a character, the turn begins at 4 s."""
END_MS = START_MS + len(NUMBER) * 200
CLIP = {"start_ms": 3500, "end_ms": 9000, "title": "报号码", "polarity": "good", "why": "先问再记"}


def words(text: str, start_s: float) -> list[dict[str, Any]]:
    return [
        {"text": char, "start_s": round(start_s + at * 0.2, 3), "end_s": round(start_s + (at + 1) * 0.2, 3)}
        for at, char in enumerate(text)
    ]


def turn(role: str, text: str, start_s: float) -> dict[str, Any]:
    said = words(text, start_s)
    return {"role": role, "text": text, "start_s": start_s, "end_s": said[-1]["end_s"], "words": said}


NOISE = np.random.default_rng(3).uniform(-0.4, 0.4, (2, 12 * SAMPLE_RATE_HZ)).astype(np.float32)


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Service]:
    """A call of noise in which a customer is said to dictate a number, scored once for all tests."""
    folder = tmp_path_factory.mktemp("noise")
    shutil.copyfile(migrated_sqlite, folder / "callqa.sqlite3")
    settings = make_settings(folder, f"sqlite:///{folder / 'callqa.sqlite3'}")
    turns = [turn("agent", "请问您的手机号是多少", 1.0), turn("customer", SAID, 4.0)]
    document = {"format": "callqa.transcript/1", "call_id": "c", "duration_s": 12.0, "turns": turns}
    with TestClient(create_app(settings), raise_server_exceptions=False) as http:
        service = Service(settings, http, {})
        reply = http.post(
            "/api/v1/calls",
            data={
                "external_id": "noise",
                "agent_id": "A1",
                "team_id": "T1",
                "campaign": "ins",
                "agent_channel": "0",
            },
            files={
                "file": ("a.wav", as_wav(NOISE)),
                "transcript": ("t.json", json.dumps(document, ensure_ascii=False).encode()),
            },
        )
        assert reply.status_code == 201, reply.text
        service.ids["noise"] = reply.json()["call_id"]
        service.work()
        yield service


@pytest.fixture
def recorded(tmp_path: Path, noise: Service) -> Service:
    """A copy of it, to be changed; the recording is shared."""
    stored = sqlite3.connect(noise.settings.database_url.removeprefix("sqlite:///"))
    with stored, sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
        stored.backup(copy)
    settings = make_settings(
        tmp_path, f"sqlite:///{tmp_path / 'copy.sqlite3'}", storage_url=noise.settings.storage_url
    )
    http = TestClient(create_app(settings), raise_server_exceptions=False)
    http.cookies.set("callqa_actor", "teacher")
    return Service(settings, http, noise.ids)


def keep(service: Service, **changes: Any) -> dict[str, Any]:
    reply = service.http.post("/api/v1/clips", json={"call_id": service.ids["noise"], **CLIP, **changes})
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


def samples(content: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(content)) as file:
        assert file.getframerate() == SAMPLE_RATE_HZ
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return data.reshape(-1, file.getnchannels()).T


def pcm(sound: np.ndarray) -> np.ndarray:
    return np.round(sound * 32767).astype("<i2")


def test_inside_the_numbers_words_there_is_a_tone_and_outside_the_recording(recorded: Service) -> None:
    clip = keep(recorded)
    assert clip["masked"] == 1
    assert NUMBER not in json.dumps(clip)
    assert clip["lines"][0]["text"] == f"我的号码是{BLOCK * 11}你记一下"
    sound = samples(recorded.http.get(f"/api/v1/clips/{clip['id']}/audio").content)
    assert sound.shape == (2, 5500 * PER_MS)
    first, last = (START_MS - PAD_MS - 3500) * PER_MS, (END_MS + PAD_MS - 3500) * PER_MS
    for channel in sound:
        assert np.array_equal(channel[first:last], pcm(tone(last - first)))
    original = pcm(NOISE[:, 3500 * PER_MS : 9000 * PER_MS])
    outside = [*range(first), *range(last, original.shape[1])]
    # decoding the 16-bit file and writing it again may move a sample by one step
    assert np.abs(sound[:, outside].astype(int) - original[:, outside]).max() <= 1


def test_a_clip_outlives_its_recording_and_never_plays_what_it_should_hide(recorded: Service) -> None:
    clip = keep(recorded)
    address = f"/api/v1/clips/{clip['id']}"
    kept = recorded.http.get(f"{address}/audio").content
    engine = recorded.http.app.state.services.engine  # type: ignore[attr-defined]
    with session(engine) as opened:
        row = opened.get(RecordingRow, recorded.ids["noise"])
        row.audio_key = None
    assert recorded.http.get(f"{address}/audio").content == kept
    assert recorded.http.get(address).json()["has_recording"] is False
    edit = {**CLIP, "version": clip["version"], "marked": [[3600, 3700]], "title": "改过"}
    assert recorded.http.put(address, json=edit).status_code == 200
    silent = recorded.http.get(f"{address}/audio")
    assert (silent.status_code, silent.json()["error"]["code"]) == (404, "clip_silent")
    assert recorded.http.post(f"{address}/undo").json()["title"] == "报号码"
    assert recorded.http.get(f"{address}/audio").content == kept


def test_edits_deletion_and_their_undo(recorded: Service) -> None:
    clip = keep(recorded)
    address = f"/api/v1/clips/{clip['id']}"
    edited = recorded.http.put(
        address, json={**CLIP, "version": 1, "why": "另一个理由", "end_ms": 8000}
    ).json()
    assert (edited["why"], edited["length_ms"], edited["version"]) == ("另一个理由", 4500, 2)
    late = recorded.http.put(address, json={**CLIP, "version": 1})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "clip_changed")
    undone = recorded.http.post(f"{address}/undo").json()
    assert (undone["why"], undone["length_ms"]) == (CLIP["why"], 5500)
    assert recorded.http.post(f"{address}/undo").status_code == 409
    assert recorded.http.delete(address).status_code == 204
    assert recorded.http.get("/api/v1/clips").json()["total"] == 0
    assert recorded.http.get("/api/v1/clips?deleted=true").json()["total"] == 1
    assert recorded.http.get(f"{address}/audio").status_code == 404
    assert recorded.http.post(f"{address}/restore").json()["is_deleted"] is False
    assert recorded.http.get("/api/v1/clips?polarity=good&length=short").json()["total"] == 1
    assert (
        recorded.http.get("/library?polarity=good&length=&consent=&item=").status_code == 200
    )  # as a form sends it
    assert recorded.http.get("/api/v1/clips?polarity=bad").json()["facets"]["polarity"] == {"good": 1}


REFUSED = [
    ({"end_ms": 3600}, 422),  # too short to hear anything
    ({"end_ms": 200_000}, 422),
    ({"title": " "}, 422),
    ({"item_id": "no.such.item"}, 422),
    ({"call_id": "nowhere"}, 404),
]


@pytest.mark.parametrize(("change", "status"), REFUSED)
def test_what_cannot_be_a_clip_is_refused_with_a_reason(filled: Service, change: Any, status: int) -> None:
    body = {"call_id": filled.ids["ins-001"], **CLIP, **change}
    reply = filled.http.post("/api/v1/clips", json=body, headers={"Cookie": "callqa_actor=x"})
    assert reply.status_code == status, reply.text
    assert reply.json()["error"]["hint"] or status == 422


@pytest.fixture
def people(recorded: Service) -> dict[str, TestClient]:
    """A trainer, the agent who is heard, an agent of another team."""
    engine = recorded.http.app.state.services.engine  # type: ignore[attr-defined]
    scopes = {"trainer": {}, "own": {"agent_id": "A1"}, "other": {"agent_id": "A2"}}
    with session(engine) as opened:
        for login, scope in scopes.items():
            role = Role.TRAINER if login == "trainer" else Role.AGENT
            opened.add(AccountRow(login=login, name=f"某{login}", role=role, password=hashed(), **scope))
    found = {}
    for login in scopes:
        found[login] = TestClient(recorded.http.app, raise_server_exceptions=False, follow_redirects=False)
        assert found[login].post("/sign-in", data={"login": login, "password": PASSWORD}).status_code == 303
    return found


def test_others_hear_a_clip_only_with_the_agents_consent_and_never_the_call(
    recorded: Service, people: dict[str, TestClient]
) -> None:
    trainer, own, other = people["trainer"], people["own"], people["other"]
    made = trainer.post("/api/v1/clips", json={"call_id": recorded.ids["noise"], **CLIP})
    address = f"/api/v1/clips/{made.json()['id']}"
    assert (made.json()["name"], made.json()["consent"]) == ("某trainer", "open")
    assert [one.get(address).status_code for one in (own, other)] == [404, 404]
    assert (
        trainer.post(f"{address}/sharing", json={"shared": True}).json()["error"]["code"]
        == "clip_not_consented"
    )
    trainer.post(f"{address}/consent", json={"consent": "asked"})
    assert [one.get(address).status_code for one in (own, other)] == [200, 404]
    assert own.post(f"{address}/consent", json={"consent": "granted"}).json()["consent_by"] == "某own"
    assert other.get(f"{address}/audio").status_code == 404
    assert trainer.post(f"{address}/sharing", json={"shared": True}).json()["is_shared"] is True
    seen = other.get("/api/v1/clips").json()["clips"][0]
    assert (seen["call_id"], seen["start_ms"], seen["evaluation_id"]) == (None, None, None)
    assert own.get(address).json()["call_id"] == recorded.ids["noise"]
    assert other.get(f"{address}/audio").status_code == 200
    page = address.replace("/api/v1", "/library")
    assert f'action="{page}/consent"' in own.get(page).text
    assert f'action="{page}/' not in other.get(page).text
    assert recorded.ids["noise"] not in other.get(page).text + other.get("/library").text
    assert [other.get(f"/library{tab}").status_code for tab in ("", "/playlists", "/candidates")] == [
        200,
        200,
        403,
    ]
    assert other.get(f"/api/v1/calls/{recorded.ids['noise']}/audio").status_code == 404
    assert other.get(f"{address}/export").status_code == 403
    assert other.post(f"{address}/consent", json={"consent": "refused"}).status_code == 403
    assert other.delete(address).status_code == 403
    assert trainer.get(f"{address}/export").headers["content-disposition"].startswith("attachment")
    assert own.post(f"{address}/consent", json={"consent": "refused"}).json()["is_shared"] is False
    assert other.get(f"{address}/audio").status_code == 404
    with reading(recorded.http.app.state.services.engine) as opened:  # type: ignore[attr-defined]
        rows = opened.exec(select(AuditRow).where(col(AuditRow.about).startswith(address))).all()
    heard = [(row.who, row.did) for row in rows if row.did in {"listen", "export"}]
    assert (
        heard
        == [("other", "listen"), ("other", "listen"), ("trainer", "export"), ("other", "listen")][
            : len(heard)
        ]
    )
    assert ("trainer", "export") in heard


def test_a_quiz_hides_what_it_asks_until_answered_and_keeps_the_first_answer(
    recorded: Service, people: dict[str, TestClient]
) -> None:
    trainer, listener = people["trainer"], people["other"]
    ids = []
    for polarity in ("good", "bad"):
        body = {"call_id": recorded.ids["noise"], **CLIP, "polarity": polarity}
        ids.append(trainer.post("/api/v1/clips", json=body).json()["id"])
        trainer.post(f"/api/v1/clips/{ids[-1]}/consent", json={"consent": "granted"})
        trainer.post(f"/api/v1/clips/{ids[-1]}/sharing", json={"shared": True})
    made = trainer.post("/api/v1/playlists", json={"title": "第一课", "is_quiz": True}).json()
    address = f"/api/v1/playlists/{made['id']}"
    for clip_id in ids:
        assert trainer.put(f"{address}/clips/{clip_id}").status_code == 204
    assert listener.get(address).status_code == 404
    trainer.put(address, json={"title": "第一课", "is_quiz": True, "is_shared": True})
    assert trainer.put(f"{address}/clips", json={"clip_ids": ids[::-1]}).status_code == 200
    assert (
        trainer.put(f"{address}/clips", json={"clip_ids": ids[:1]}).json()["error"]["code"]
        == "playlist_changed"
    )
    before = listener.get(address).json()
    assert [clip["id"] for clip in before["clips"]] == ids[::-1]
    assert {(clip["title"], clip["why"], clip["polarity"]) for clip in before["clips"]} == {("", "", "")}
    wrong = listener.post(f"{address}/answers", json={"clip_id": ids[0], "answer": "fail"}).json()
    again = listener.post(f"{address}/answers", json={"clip_id": ids[0], "answer": "pass"}).json()
    assert (wrong["is_right"], again["is_right"], again["answer"]) == (False, False, "fail")
    listener.post(f"{address}/answers", json={"clip_id": ids[1], "answer": "fail"})
    after = listener.get(address).json()
    assert {clip["polarity"] for clip in after["clips"]} == {"good", "bad"}
    assert (after["answered"], after["right"]) == (2, 1)
    for _ in range(2):  # the same seconds count once
        heard = listener.post(
            f"/api/v1/clips/{ids[0]}/heard", json={"played": [[0, 2000], [1000, 2750]], "stopped_ms": 2750}
        ).json()
        assert heard == {"share": 0.5, "stopped_ms": 2750}
    assert listener.get(address).json()["share"] == 0.25
    assert listener.get(f"{address}/answers").status_code == 403
    table = trainer.get(f"{address}/answers").json()
    assert table["people"] == [{"name": "某other", "share": 0.25, "heard": 0, "answered": 2, "right": 1}]
    assert trainer.delete(address).status_code == 204
    assert listener.get(address).status_code == 404
    assert trainer.post(f"{address}/restore").status_code == 204
    assert listener.get(address).json()["right"] == 1


def test_candidates_are_diverse_masked_and_never_come_back(filled: Service) -> None:
    found = filled.http.get("/api/v1/clip-candidates").json()
    assert found["subjects"] > 6
    first = found["candidates"][0]
    again = filled.http.get(f"/api/v1/clip-candidates?subject={first['subject']}").json()["candidates"]
    assert first["call_id"] in {one["call_id"] for one in again}
    for polarity in ("good", "bad"):
        calls = [one["call_id"] for one in again if one["polarity"] == polarity]
        assert len(calls) == len(set(calls))
    assert all(one["lines"] and 0 < one["end_ms"] - one["start_ms"] <= 25_000 for one in found["candidates"])
    wanted = {"call_id": first["call_id"], "subject": first["subject"]}
    signed = {"Cookie": "callqa_actor=x"}
    address = "/api/v1/clip-candidates/dismissals"
    assert filled.http.post(address, json=wanted, headers=signed).status_code == 204
    left = filled.http.get(f"/api/v1/clip-candidates?subject={first['subject']}").json()["candidates"]
    assert first["call_id"] not in {one["call_id"] for one in left}
    assert filled.http.post(address, json={**wanted, "take_back": True}, headers=signed).status_code == 204
    assert (
        filled.http.get(f"/api/v1/clip-candidates?subject={first['subject']}").json()["candidates"] == again
    )
