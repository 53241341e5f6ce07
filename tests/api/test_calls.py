"""The list of calls, one call, and the retry button."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import FILLED, Service
from tests.sound import wav

URL = "/api/v1/calls"


def names(service: Service, **filters: Any) -> set[str]:
    reply = service.http.get(URL, params=filters)
    assert reply.status_code == 200, reply.text
    return {call["external_id"] for call in reply.json()["calls"]}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, set(FILLED)),
        ({"agent": "A1"}, {"credit-001", "ins-004"}),
        ({"team": "T1"}, set(FILLED)),
        ({"team": "T2"}, set()),
        ({"campaign": "ins"}, {"ins-001", "ins-004"}),
        ({"result": "auto_fail"}, {"ins-004"}),
        ({"rubric": "telesales-standard", "result": "pass"}, {"credit-001", "ins-001"}),
        ({"rubric": "another", "result": "pass"}, set()),
        ({"item": "compliance.no_guaranteed_return", "verdict": "fail"}, {"ins-004"}),
        ({"objection": "price"}, {"credit-001", "ins-001"}),
        ({"objection": "price", "outcome": "lost"}, set()),
        ({"state": "done"}, set(FILLED)),
        ({"state": "failed"}, set()),
        ({"first_day": "2026-11-02", "last_day": "2026-11-03"}, {"ins-001", "ins-004"}),
        ({"min_score": 90}, {"credit-001", "ins-001"}),
        ({"max_score": 0}, {"ins-004"}),
        ({"min_duration_s": 1, "max_duration_s": 5}, set()),
        ({"direction": "outbound", "disposition": "SALE", "source": "upload"}, set(FILLED)),
        ({"q": "ins-0"}, {"ins-001", "ins-004"}),
        ({"q": "赵鹏"}, {"ins-001", "tel-003"}),
        ({"q": "%"}, set()),
        ({"q": "i_s"}, set()),
    ],
)
def test_filters(filled: Service, filters: dict[str, Any], expected: set[str]) -> None:
    assert names(filled, **filters) == expected


@pytest.mark.parametrize("sort", ["newest", "oldest", "score_low", "score_high", "longest", "shortest"])
def test_pages_neither_repeat_nor_skip(filled: Service, sort: str) -> None:
    pages = [
        filled.http.get(URL, params={"page": page, "size": 1, "sort": sort}).json()
        for page in range(1, len(FILLED) + 2)
    ]
    assert [len(page["calls"]) for page in pages] == [1] * len(FILLED) + [0]
    assert {page["calls"][0]["external_id"] for page in pages[:-1]} == set(FILLED)
    assert {page["total"] for page in pages} == {len(FILLED)}


@pytest.mark.parametrize(
    "filters",
    [
        {"result": "good"},
        {"state": "sleeping"},
        {"verdict": "maybe"},
        {"sort": "random"},
        {"page": 0},
        {"page": "10000000000000000000000"},
        {"size": 501},
        {"min_score": "nan"},
        {"max_score": "inf"},
        {"first_day": "2026-13-01"},
        {"agent": "x" * 201},
        {"q": "a\0b"},
        {"agnt": "A1"},  # a misspelt filter must not silently match everything
    ],
)
def test_a_filter_that_cannot_be_meant_is_an_error_that_names_it(
    filled: Service, filters: dict[str, Any]
) -> None:
    reply = filled.http.get(URL, params=filters)
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "bad_request")
    assert next(iter(filters)) in reply.json()["error"]["message"]


def test_a_call_has_facts_recording_and_links(filled: Service) -> None:
    call = filled.http.get(f"{URL}/{filled.ids['ins-001']}").json()
    assert (call["state"], call["reason"], call["result"]) == ("done", None, "pass")
    assert (call["agent_id"], call["started_at"], call["agent_channel"]) == ("A0", "2026-11-02T07:08:31Z", 0)
    assert (call["recording"]["codec"], call["recording"]["channels"]) == ("opus", 2)
    assert call["score_low"] <= call["score"] <= call["score_high"]
    for link in call["links"].values():
        assert filled.http.get(link).status_code == 200


def test_a_call_without_sound_links_to_none(service: Service) -> None:
    from tests.api.test_uploads import TRANSCRIPT, post

    call_id = post(service, TRANSCRIPT, "t.json").json()["call_id"]
    call = service.http.get(f"{URL}/{call_id}").json()
    assert (call["has_audio"], call["recording"], call["links"]["audio"], call["links"]["peaks"]) == (
        False,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    "part", ["", "/transcript", "/evaluations", "/analysis", "/audio", "/peaks", "/nothing"]
)
def test_an_unknown_call_is_not_found_everywhere(filled: Service, part: str) -> None:
    reply = filled.http.get(f"{URL}/nosuchcall{part}")
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")
    assert reply.json()["error"]["hint"]


@pytest.mark.parametrize("part", ["transcript", "analysis", "peaks"])
def test_what_is_not_made_yet_is_not_found_with_what_to_wait_for(service: Service, part: str) -> None:
    from tests.api.test_uploads import post

    call_id = post(service).json()["call_id"]
    reply = service.http.get(f"{URL}/{call_id}/{part}")
    assert reply.status_code == 404
    assert "等待" in reply.json()["error"]["hint"]
    assert service.http.get(f"{URL}/{call_id}/evaluations").json() == []


def test_a_recording_that_cannot_be_used_ends_with_its_reason_and_can_be_retried(service: Service) -> None:
    from tests.api.test_uploads import post

    call_id = post(service, wav(0.2)).json()["call_id"]
    service.work()
    failed = service.http.get(f"{URL}/{call_id}").json()
    assert (failed["state"], failed["reason"]["code"]) == ("failed", "audio_too_short")
    assert failed["reason"]["hint"]
    retried = service.http.post(f"{URL}/{call_id}/retry")
    assert (retried.status_code, retried.json()["restarted"]) == (202, 1)
    waiting = service.http.get(f"{URL}/{call_id}").json()
    assert (waiting["state"], waiting["reason"]) == ("received", None)


def test_there_is_nothing_to_retry_in_a_call_that_did_not_fail(service: Service) -> None:
    from tests.api.test_uploads import post

    call_id = post(service).json()["call_id"]
    reply = service.http.post(f"{URL}/{call_id}/retry")
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "nothing_to_retry")
    assert service.http.post(f"{URL}/nosuchcall/retry").status_code == 404
