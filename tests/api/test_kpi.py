"""Dialer figures over HTTP: the same document as on the command line."""

from __future__ import annotations

from pathlib import Path

from tests.api.conftest import Service
from tests.models.dialer import Dialer

ROWS = (
    "id,started_at,agent_id,status,connected\n"
    "1,2026-11-02 09:00:00,a,x,1\n2,2026-11-02 10:00:00,a,x,0\n3,2026-11-03 09:00:00,b,x,1\n"
)


def load(service: Service, folder: Path) -> None:
    dialer = Dialer(service.settings, folder / "csv", "csv")
    dialer.write("calls.csv", ROWS)
    dialer.load()


def test_every_grouping_adds_up_to_the_total(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path)
    body = service.http.get("/api/v1/kpi").json()
    assert body["format"] == "callqa.kpi/1"
    assert body["total"]["connect_rate"] == {"num": 2, "den": 3, "value": 2 / 3}
    assert body["total"]["occupancy"] is None
    for by in ("agent", "team", "day", "campaign"):
        assert sum(group["dials"] for group in body[f"by_{by}"].values()) == 3


def test_one_grouping_of_some_days(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path)
    body = service.http.get("/api/v1/kpi?by=agent&from=2026-11-03&to=2026-11-03").json()
    assert set(body) == {"format", "total", "by_agent"}
    assert {key: group["dials"] for key, group in body["by_agent"].items()} == {"b": 1}


def test_a_backward_range_is_refused(service: Service) -> None:
    answer = service.http.get("/api/v1/kpi?from=2026-11-03&to=2026-11-01")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_range")
