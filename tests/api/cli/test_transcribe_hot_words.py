"""Commands that listen tell a bad file of hot words once, with its line, before any recording is decoded."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.cli.transcribe import transcribe_files
from models.settings import Settings
from qa_engine.speech.hot_words import BadHotWords
from tests.api.conftest import CALLS


def test_it_is_said_once(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "hotwords.yaml"
    path.write_text("everywhere:\n  company: 安心保险\n")
    told = settings.model_copy(update={"hotwords": path})
    with pytest.raises(BadHotWords) as caught:
        transcribe_files(told, [CALLS / "ins-006" / "audio.opus"] * 2)
    assert caught.value.where
    assert (caught.value.where.file, caught.value.where.line) == ("hotwords.yaml", 2)
