"""What was measured for a model is used for that model on such a machine, and nothing else is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from api.cli.doctor import CHECKS, Status
from models.recognizer import KeptLayout, keep_layout, kept_layout, open_recognizer
from models.settings import Settings
from qa_engine.speech.engines.faster_whisper import FasterWhisper
from qa_engine.speech.engines.layout import own_cores
from tests.conftest import make_settings


def _kept(**changes: object) -> KeptLayout:
    values: dict[str, object] = {
        "model": "demo",
        "device": "auto",
        "compute_type": "default",
        "cores": own_cores(),
        "workers": 3,
        "threads": 2,
        "batch": 5,
        "windows_s": 6.0,
        "usual_windows_s": 4.0,
        "measured_on": date(2026, 11, 27),
    }
    return KeptLayout.model_validate(values | changes)


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return make_settings(tmp_path, "sqlite://", speech_layout=tmp_path / "kept" / "layout.json")


def test_it_is_used_until_something_else_is_said(here: Settings) -> None:
    assert kept_layout(here) is None
    keep_layout(here, _kept())
    assert kept_layout(here) == _kept()
    made = open_recognizer(here)
    assert isinstance(made, FasterWhisper)
    assert (made._workers, made._threads, made._batch) == (3, 2, 5)
    assert kept_layout(here.model_copy(update={"whisper_threads": 1})) is None
    assert kept_layout(here, "small") is None
    assert kept_layout(here.model_copy(update={"whisper_compute_type": "float32"})) is None


def test_measuring_again_replaces_it_and_leaves_other_models(here: Settings) -> None:
    for kept in (_kept(), _kept(model="small"), _kept(batch=16), _kept(cores=own_cores() + 1)):
        keep_layout(here, kept)
    assert kept_layout(here) == _kept(batch=16)
    assert kept_layout(here, "small") == _kept(model="small")


def test_a_broken_file_costs_speed_only(here: Settings) -> None:
    keep_layout(here, _kept())
    here.speech_layout.write_text("{not json")
    assert kept_layout(here) is None
    keep_layout(here, _kept())
    assert kept_layout(here) == _kept()


def test_the_doctor_says_what_was_chosen_and_why(here: Settings) -> None:
    check = CHECKS["处理器"]
    (before,) = check(here)
    assert "callqa models measure" in before.message
    keep_layout(here, _kept())
    (after,) = check(here)
    assert after.status is Status.OK
    assert "3 路 × 2 线程,每批 5 窗" in after.message
    assert "1.50 倍" in after.message
    (said,) = check(here.model_copy(update={"whisper_threads": 1}))
    assert "CALLQA_WHISPER_THREADS" in said.message
