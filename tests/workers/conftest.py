"""A whole pipeline in a temporary folder, scoring by a two-item form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import make_settings
from workers.tools import Tools

RUBRICS = Path(__file__).parent / "rubrics"


@pytest.fixture
def tools(tmp_path: Path, database_url: str) -> Iterator[Tools]:
    """A worker's tools in this process; the test runs on both databases."""
    settings = make_settings(tmp_path, database_url, rubrics_dir=RUBRICS, rubrics="short-form")
    made = Tools(settings)
    yield made
    made.engine.dispose()
