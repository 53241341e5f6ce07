"""How long pages take on the demo database: made by the server, and until they can be used in a browser."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from urllib.parse import quote

import uvicorn
from fastapi.testclient import TestClient
from playwright.sync_api import sync_playwright
from sqlmodel import select

from api.app import create_app
from api.cli.demo_centre import TODAY
from models.alert import AlertRow
from models.appeal import AppealRow
from models.call import CallRow
from models.coaching import CoachingPlanRow
from models.database import open_database, reading
from models.library.rows import ClipRow, PlaylistRow
from models.settings import Settings
from models.target import TargetRow
from tests.bench.runs import Runs

TIMES = 60
COLD = 12
LIMIT_MS = 100
"""What the server may take for a page, at the 95th percentile."""
USABLE_MS = 1000
"""Until the first page can be used."""
WAIT_S = 30
FIXED = (
    *("/", "/?result=auto_fail", "/reviews", "/board", "/board?team=T1", "/board/items", "/board/scores"),
    *("/board/coverage", "/board/reviewers", "/figures/connect_rate", "/metrics", "/scorecards", "/targets"),
    *("/alerts", "/alerts/rules", "/attribution", "/coaching", "/experiments", "/imports", "/reports"),
    *("/rubrics", "/rubrics/telesales-standard", "/rubrics/telesales-standard/versions", "/studio"),
    *("/agents/A003", "/inbox", "/appeals", "/library", "/library/candidates", "/library/playlists"),
    *("/search?q=保本", "/search?q=您好"),
)
OPENED_FIRST = ("/board", "/")
READY = """() => { const at = performance.getEntriesByType("navigation")[0];
 const paint = performance.getEntriesByName("first-contentful-paint")[0];
 return [paint ? paint.startTime : at.loadEventEnd, at.loadEventEnd]; }"""


def section(_runs: Runs) -> list[str]:
    """Every page of the demo: time on the server, and in Chromium for the pages that a day begins with."""
    with tempfile.TemporaryDirectory(prefix="callqa-pages-") as folder:
        settings = _demo(Path(folder))
        return [
            "## Pages",
            "",
            (
                f"The database of `callqa demo`, SQLite, one process. Server: {TIMES} requests a page after three to warm up, from "
                f"request to last byte without a network, limit {LIMIT_MS} ms at the 95th percentile; processor time beside it, "
                "because other work on the machine stretches the first and not the second."
            ),
            "",
            "| page | n | median | p95 | processor | size |",
            "|---|---|---|---|---|---|",
            *_server(settings),
            "",
            (
                "Browser: headless Chromium, each time a fresh profile without a cache; usable = load event, when the scripts "
                f"of the page have run. Limit {USABLE_MS} ms."
            ),
            "",
            "| page | n | first paint, median | usable, median | usable, p95 |",
            "|---|---|---|---|---|",
            *_browser(settings),
            "",
        ]


def _demo(folder: Path) -> Settings:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CALLQA_")}
    url = f"sqlite:///{folder / 'callqa.sqlite3'}"
    made = {
        "CALLQA_DATABASE_URL": url,
        "CALLQA_STORAGE_URL": str(folder / "audio"),
        "CALLQA_TODAY": TODAY.isoformat(),
    }
    command = [str(Path(sys.executable).with_name("callqa")), "demo", "--no-serve"]
    subprocess.run(command, env=kept | made, check=True, capture_output=True)
    return Settings(_env_file=None, database_url=url, storage_url=made["CALLQA_STORAGE_URL"], today=TODAY)


def _addresses(settings: Settings) -> Mapping[str, str]:
    """Pages by their name; those of one thing with one that there is."""
    engine = open_database(settings.database_url)
    found = {path: path for path in FIXED}
    with reading(engine) as opened:
        for name, column in (
            ("/calls/{id}", CallRow.id),
            ("/alerts/{id}", AlertRow.id),
            ("/targets/{id}", TargetRow.id),
            ("/coaching/plans/{id}", CoachingPlanRow.id),
            ("/appeals/{id}", AppealRow.id),
            ("/library/clips/{id}", ClipRow.id),
            ("/library/playlists/{id}", PlaylistRow.id),
        ):
            one = opened.exec(select(column).order_by(column).limit(1)).first()
            if one is not None:
                found[name] = name.replace("{id}", quote(str(one)))
    engine.dispose()
    return found


def _server(settings: Settings) -> Iterator[str]:
    with TestClient(create_app(settings)) as http:
        http.headers["Accept"] = "text/html"
        gc.freeze()  # as `callqa serve` does
        for name, address in _addresses(settings).items():
            for _ in range(3):
                http.get(address)
            times, before = [], process_time()
            for _ in range(TIMES):
                start = perf_counter()
                answer = http.get(address)
                times.append((perf_counter() - start) * 1000)
            used = (process_time() - before) * 1000 / TIMES
            assert answer.status_code == 200, (address, answer.status_code)
            p95 = quantiles(times, n=20)[-1]
            mark = " (over)" if p95 > LIMIT_MS else ""
            yield (
                f"| `{name}` | {TIMES} | {median(times):.0f} ms | {p95:.0f} ms{mark} | {used:.0f} ms | "
                f"{len(answer.content) / 1000:.0f} kB |"
            )


@contextmanager
def _served(settings: Settings) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(WAIT_S)


def _browser(settings: Settings) -> Iterator[str]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        yield "| no Chromium on this machine | | | | |"
        return
    with _served(settings) as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in OPENED_FIRST:
            seen = []
            for _ in range(COLD + 1):  # the first warms up the server and is left out
                context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
                page = context.new_page()
                page.goto(f"{home}{path}", wait_until="load")
                seen.append(page.evaluate(READY))
                context.close()
            paints, usable = zip(*seen[1:], strict=True)
            p95 = quantiles(usable, n=20)[-1]
            mark = " (over)" if p95 > USABLE_MS else ""
            yield (
                f"| `{path}` | {COLD} | {median(paints):.0f} ms | {median(usable):.0f} ms | {p95:.0f} ms{mark} |"
            )
        browser.close()
