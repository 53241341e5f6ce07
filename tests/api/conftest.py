"""Shared by the tests of the doors: services over HTTP, empty and filled, and the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from models.settings import Settings
from tests.conftest import make_settings
from workers.runner import run_until_idle
from workers.tools import Tools

CALLS = Path(__file__).parents[2] / "fixtures" / "calls"
SHORT_FORM = Path(__file__).parents[1] / "workers" / "rubrics"
FILLED = ("credit-001", "ins-001", "ins-004", "tel-003")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Service:
    """A service over HTTP and a worker in this process. `ids`: call id by the dialer's id."""

    settings: Settings
    http: TestClient
    ids: dict[str, str]

    def work(self) -> None:
        """Runs every stage that is due."""
        tools = Tools(self.settings)
        run_until_idle(tools)
        tools.engine.dispose()


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    """Migrated and empty, on SQLite."""
    with TestClient(create_app(settings), raise_server_exceptions=False) as http:
        yield Service(settings, http, {})


@pytest.fixture
def service_on_each(tmp_path: Path, database_url: str) -> Iterator[Service]:
    """Migrated and empty, on SQLite and on PostgreSQL."""
    settings = make_settings(tmp_path, database_url)
    with TestClient(create_app(settings), raise_server_exceptions=False) as http:
        yield Service(settings, http, {})


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Service]:
    """A few sample calls, scored by the default form: their sound with the script as transcript, so that no
    recogniser is needed. Tests must not change it."""
    folder = tmp_path_factory.mktemp("filled")
    shutil.copyfile(migrated_sqlite, folder / "callqa.sqlite3")
    settings = make_settings(folder, f"sqlite:///{folder / 'callqa.sqlite3'}")
    with TestClient(create_app(settings), raise_server_exceptions=False) as http:
        made = Service(settings, http, {})
        for number, name in enumerate(FILLED, start=1):
            fields = {
                "external_id": name,
                "agent_id": f"A{number % 2}",
                "agent_name": "李晓梅" if number % 2 else "赵鹏",
                "team_id": "T1",
                "campaign": name.split("-")[0],
                "direction": "outbound",
                "started_at": f"2026-11-0{number}T15:08:31+08:00",
                "disposition": "SALE",
                "agent_channel": "0",
            }
            folder = CALLS / name
            reply = http.post(
                "/api/v1/calls",
                data=fields,
                files={
                    "file": (f"{name}.opus", (folder / "audio.opus").read_bytes()),
                    "transcript": ("t.json", (folder / "transcript.json").read_bytes()),
                },
            )
            assert reply.status_code == 201, reply.text
            made.ids[name] = reply.json()["call_id"]
        made.work()
        yield made
