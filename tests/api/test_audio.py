"""The recording over HTTP: players seek by byte ranges; and its waveform."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.routes.ranges import NotSatisfiable, Span, wanted_span
from tests.api.conftest import CALLS, Service
from tests.api.test_uploads import post
from tests.sound import wav

SOUND = (CALLS / "ins-001" / "audio.opus").read_bytes()
SIZE = len(SOUND)


@pytest.fixture
def url(filled: Service) -> str:
    return f"/api/v1/calls/{filled.ids['ins-001']}/audio"


@pytest.mark.parametrize(
    ("header", "status", "first", "last"),
    [
        (None, 200, 0, SIZE - 1),
        ("bytes=0-", 206, 0, SIZE - 1),
        ("bytes=0-0", 206, 0, 0),
        ("bytes=100-199", 206, 100, 199),
        (f"bytes=100-{SIZE * 2}", 206, 100, SIZE - 1),  # an end behind the file is the file's end
        ("bytes=-100", 206, SIZE - 100, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 206, 0, SIZE - 1),
        (f"bytes={SIZE - 1}-", 206, SIZE - 1, SIZE - 1),
        ("Bytes = 5 - 9", 206, 5, 9),
        # what a server may ignore, it answers with the whole file
        ("bytes=9-5", 200, 0, SIZE - 1),
        ("bytes=a-b", 200, 0, SIZE - 1),
        ("bytes=-", 200, 0, SIZE - 1),
        ("bytes=", 200, 0, SIZE - 1),
        ("bytes", 200, 0, SIZE - 1),
        ("seconds=1-2", 200, 0, SIZE - 1),
        ("bytes=0-1,5-6", 200, 0, SIZE - 1),
        ("bytes=--5", 200, 0, SIZE - 1),
        ("bytes=٣-", 200, 0, SIZE - 1),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_ranges(  # noqa: PLR0917 (a table)
    filled: Service, url: str, method: str, header: str | None, status: int, first: int, last: int
) -> None:
    headers = {"range": header.encode()} if header else {}
    reply = filled.http.request(method, url, headers=headers)  # type: ignore[arg-type]
    assert reply.status_code == status
    assert reply.content == (SOUND[first : last + 1] if method == "GET" else b"")
    assert reply.headers["content-length"] == str(last - first + 1)
    assert reply.headers["accept-ranges"] == "bytes"
    if status == 206:
        assert reply.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    else:
        assert "content-range" not in reply.headers


@pytest.mark.parametrize("header", [f"bytes={SIZE}-", "bytes=-0", "bytes=9999999999999999999-"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_range_behind_the_end_cannot_be_had(filled: Service, url: str, method: str, header: str) -> None:
    reply = filled.http.request(method, url, headers={"range": header})
    assert reply.status_code == 416
    assert reply.headers["content-range"] == f"bytes */{SIZE}"


def test_a_range_of_a_file_that_changed_is_answered_whole(filled: Service, url: str) -> None:
    etag = filled.http.head(url).headers["etag"]
    same = filled.http.get(url, headers={"range": "bytes=0-9", "if-range": etag})
    other = filled.http.get(url, headers={"range": "bytes=0-9", "if-range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)


def test_sound_is_named_by_what_it_is_and_never_run_as_a_page(filled: Service, url: str) -> None:
    headers = filled.http.get(url).headers
    assert headers["content-type"] == "audio/ogg"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"] == f'inline; filename="{filled.ids["ins-001"]}.opus"'


def test_a_recording_called_html_is_still_served_as_sound(service: Service) -> None:
    call_id = post(service, wav(2.0), "evil.html").json()["call_id"]
    service.work()
    reply = service.http.get(f"/api/v1/calls/{call_id}/audio")
    assert reply.headers["content-type"] == "audio/wav"


def test_a_file_that_was_purged_is_not_found(service: Service) -> None:
    from pathlib import Path

    call_id = post(service).json()["call_id"]
    for path in Path(service.settings.storage_url).rglob("*.wav"):
        path.unlink()
    reply = service.http.get(f"/api/v1/calls/{call_id}/audio")
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")


def test_peaks_have_a_lane_a_channel_and_name_its_speaker(filled: Service) -> None:
    call = filled.http.get(f"/api/v1/calls/{filled.ids['ins-001']}").json()
    peaks = filled.http.get(call["links"]["peaks"]).json()
    assert (peaks["per_second"], peaks["roles"]) == (20, ["agent", "customer"])
    for lane in peaks["channels"]:
        assert abs(len(lane) / 20 - call["duration_s"]) < 0.2
        assert 0 <= min(lane) < max(lane) <= 127


@given(st.text(max_size=40), st.integers(0, 10**6))
def test_any_header_gives_a_span_inside_the_file_or_none(header: str, size: int) -> None:
    try:
        span = wanted_span(header, size)
    except NotSatisfiable:
        return
    assert span is None or 0 <= span.first <= span.last < size


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 10**6))
def test_a_span_is_what_was_asked_for(first: int, length: int, size: int) -> None:
    last = first + length
    try:
        span = wanted_span(f"bytes={first}-{last}", size)
    except NotSatisfiable:
        assert first >= size
        return
    assert span == Span(first, min(last, size - 1))
