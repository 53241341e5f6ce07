"""The alert rules of this installation, read again when their file changes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from models.settings import Settings
from qa_engine.alerts.load import parse_rules
from qa_engine.alerts.rules import RuleBook
from qa_engine.errors import NotFound, Where
from qa_engine.rubric.load import shipped_folder


def rules_path(settings: Settings) -> Path:
    """The file in force."""
    return settings.alert_rules or shipped_folder() / "alerts" / "standard.yaml"


def load_rules(settings: Settings) -> RuleBook:
    """Raises `NotFound`, `BadRules`."""
    return read_rules(rules_path(settings))


def read_rules(path: Path) -> RuleBook:
    """The rules of one file. Raises `NotFound`, `BadRules`."""
    try:
        stat = path.stat()
        return _read(path, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise NotFound(
            "预警规则文件无法读取", hint="请检查 CALLQA_ALERT_RULES", where=Where(path.name)
        ) from error


@lru_cache(maxsize=16)
def _read(path: Path, _changed_ns: int, _size: int) -> RuleBook:
    return parse_rules(path.read_bytes(), file=path.name)
