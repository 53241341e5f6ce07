"""The page of a call of 60 minutes on two channels in headless Chromium: until it can be used, and how it scrolls."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from fixtures.builders.opus import LINE_RATE_HZ, decode_opus, encode_opus
from models.ingest import Handed, receive_recording
from models.migrations import upgrade
from qa_engine.calls import CallFacts
from tests.api.pages.product import SAMPLES, open_product, sample_transcript, work
from tests.bench.runs import Runs
from tests.browser.conftest import Site, serve
from tests.browser.long_call import moved
from tests.conftest import make_settings

NAME = "ins-001"
LONG_S = 3600
OPENINGS = 7
STEPS, STEP_PX = 240, 400
USABLE_JS = """() => new Promise((resolve) => {
  const look = () => {
    const audio = document.querySelector("#audio");
    const ready = document.querySelector(".turn") && audio && audio.readyState >= 2;
    if (ready) requestAnimationFrame(() => resolve(performance.now())); else requestAnimationFrame(look);
  };
  look();
})"""
"""Milliseconds since the navigation began, when the words are painted and the sound can be played."""
SCROLL_JS = """([steps, px]) => new Promise((resolve) => {
  const all = [...document.querySelectorAll("*")];
  const box = all.filter((one) => one.querySelector(".turn") && one.scrollHeight > one.clientHeight + 1
    && getComputedStyle(one).overflowY !== "visible").at(-1) ?? document.scrollingElement;
  const frames = [];
  let last = performance.now(), left = steps;
  const step = (now) => {
    frames.push(now - last);
    last = now;
    box.scrollTop += px;
    if (--left) requestAnimationFrame(step); else resolve([frames.slice(1), box.scrollTop]);
  };
  requestAnimationFrame(step);
})"""
"""Scrolls the transcript frame by frame; gives the milliseconds of each frame and where it ended."""


def hour_transcript(second: dict[str, Any], times: int) -> dict[str, Any]:
    """`callqa.transcript/1`: the same talk `times` times in a row."""
    turns = [moved(turn, at * second["duration_s"]) for at in range(times) for turn in second["turns"]]
    return second | {"turns": turns, "duration_s": second["duration_s"] * times}


@contextlib.contextmanager
def _site() -> Iterator[tuple[Site, int]]:
    talk = sample_transcript(NAME)
    sound = decode_opus((SAMPLES / NAME / "audio.opus").read_bytes())
    talk["duration_s"] = sound.shape[1] / LINE_RATE_HZ
    times = round(LONG_S / talk["duration_s"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        upgrade(f"sqlite:///{folder / 'callqa.sqlite3'}")
        settings = make_settings(folder, f"sqlite:///{folder / 'callqa.sqlite3'}", whisper_model="none")
        product = open_product(settings)
        file = folder / "hour.opus"
        file.write_bytes(encode_opus(np.tile(sound, times)))
        document = hour_transcript(talk, times)
        receipt = receive_recording(
            product.engine,
            product.storage,
            settings=settings,
            handed=Handed(
                CallFacts("A001", "李晓梅", "T1", "ins-2026", "outbound", None, "SALE", "13800001234"),
                "test",
                "hour",
                "hour.opus",
                0,
            ),
            source_file=file,
            transcript=json.dumps(document, ensure_ascii=False).encode(),
        )
        product.ids["hour"] = str(receipt.call_id)
        work(product)
        for site in serve(product):
            yield site, len(document["turns"])


def _opened_ms(page: Page, url: str) -> float:
    page.goto("about:blank")
    page.goto(url, wait_until="commit")
    return float(page.evaluate(USABLE_JS))


def section(_runs: Runs) -> list[str]:
    """Seconds until the page can be used, and the frames of scrolling."""
    with _site() as (site, turns), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        opened = [_opened_ms(page, site.call("hour")) for _ in range(OPENINGS)]
        frames, ended = page.evaluate(SCROLL_JS, [STEPS, STEP_PX])
        browser.close()
    late = sum(frame > 50 for frame in frames)
    again = f"{median(opened[1:]) / 1000:.2f} s, {max(opened[1:]) / 1000:.2f} s"
    drawn = f"{median(frames):.0f} ms, {max(frames):.0f} ms"
    return [
        "## A call of 60 minutes in the browser",
        "",
        f"Headless Chromium without a graphics card, two channels, {turns} turns; usable: words painted and sound ready to play.",
        "",
        "| what | figure | n |",
        "|---|---|---|",
        f"| first opening | {opened[0] / 1000:.2f} s | 1 |",
        f"| opening again: median, slowest | {again} | {OPENINGS - 1} |",
        f"| frame while scrolling {STEP_PX} px each: median, slowest | {drawn} | {len(frames)} ({ended:.0f} px) |",
        f"| frames over 50 ms | {late} | {len(frames)} |",
        "",
    ]
