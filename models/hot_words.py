"""The hot words of this installation: `CALLQA_HOTWORDS`, or a file beside the rubrics."""

from __future__ import annotations

from pathlib import Path

from models.settings import Settings
from qa_engine.errors import Where
from qa_engine.rubric.problems import Problem
from qa_engine.speech.hot_words import FILE_NAME, BadHotWords, HotWordBook, parse_hot_words


def hot_words_file(settings: Settings) -> Path | None:
    """The file in use; None where there is none."""
    if settings.hotwords is not None:
        return settings.hotwords
    beside = settings.rubrics_dir / FILE_NAME if settings.rubrics_dir else None
    return beside if beside is not None and beside.is_file() else None


def load_hot_words(settings: Settings) -> HotWordBook:
    """The hot words, none where there is no file. Raises `BadHotWords`, `BadRubric` (no YAML)."""
    path = hot_words_file(settings)
    if path is None:
        return HotWordBook()
    try:
        source = path.read_bytes()
    except OSError as error:
        message = f"热词文件无法读取:{error.strerror}"
        problem = Problem("unreadable", message, "请检查 CALLQA_HOTWORDS 和读取权限", Where(str(path)))
        raise BadHotWords([problem]) from error
    return parse_hot_words(source, file=path.name)
