"""New scores of stored calls over HTTP."""

from __future__ import annotations

from tests.api.conftest import CALLS, Service

FORM = "/api/v1/rubrics/telesales-standard/rescore"


def test_forced_scores_are_made_and_counted(service_on_each: Service) -> None:
    service = service_on_each
    file = ("t.json", (CALLS / "ins-001/transcript.json").read_bytes())
    assert service.http.post("/api/v1/calls", files={"file": file}).status_code == 201
    service.work()
    counted = service.http.post(FORM, json={"force": True, "dry_run": True})
    assert (counted.status_code, counted.json()) == (202, {"id": None, "matched": 1, "asked": 1})
    asked = service.http.post(FORM, json={"force": True}).json()
    progress = f"/api/v1/jobs/rescores/{asked['id']}"
    assert service.http.get(progress).json() == {"asked": 1, "done": 0, "open": 1, "failed": 0}
    service.work()
    assert service.http.get(progress).json() == {"asked": 1, "done": 1, "open": 0, "failed": 0}
    assert service.http.post(FORM, json={}).json()["asked"] == 0


def test_faults_are_named(service: Service) -> None:
    assert service.http.post("/api/v1/rubrics/nobody/rescore", json={}).status_code == 404
    assert service.http.post(FORM, json={"agnt": "A001"}).status_code == 422
    assert service.http.get("/api/v1/jobs/rescores/nobody").status_code == 404
