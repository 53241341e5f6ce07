"""The sources that this installation pulls, from the file that `CALLQA_SOURCES` names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from models.settings import Settings
from qa_engine.dialer.columns import MAX_MAPPING_BYTES
from qa_engine.dialer.mapping import AS_NAMED, ColumnMap, parse_mapping
from qa_engine.dialer.sources import MAX_BYTES, SourcePlan, parse_sources, references, resolved
from qa_engine.errors import BadSettings, CallQAError, NotFound, Where


def load_sources(settings: Settings) -> tuple[SourcePlan, ...]:
    """Empty where no file is set. Raises `NotFound`, `BadSources`."""
    path = settings.sources
    if path is None:
        return ()
    return parse_sources(_read(path, MAX_BYTES), file=path.name)


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise NotFound(
            "文件无法读取", hint="请检查 CALLQA_SOURCES 和其中的路径", where=Where(path.name)
        ) from error


def schedule_of(settings: Settings) -> Mapping[str, tuple[str, float]]:
    """Name → (dialer, interval in s) of every scheduled source. Raises what `load_sources` raises."""
    return {plan.name: (plan.dialer, plan.every_s) for plan in load_sources(settings)}


def known_schedule(settings: Settings) -> tuple[Mapping[str, tuple[str, float]], CallQAError | None]:
    """The schedule, or nothing and why: a page must stand with a broken file too."""
    try:
        return schedule_of(settings), None
    except CallQAError as error:
        return {}, error


def place_of(plan: SourcePlan, settings: Settings) -> str:
    """The folder (relative to the file of sources) or URL with its secrets. Raises `BadSettings` for a variable that is
    not set; the value is in no message."""
    values: dict[str, str] = {}
    for name in references(plan.place):
        value = os.environ.get(name)
        if value is None:
            raise BadSettings(f"来源 {plan.name} 需要环境变量 {name}", hint=f"请设置 {name}")
        values[name] = value
    place = resolved(plan.place, values)
    return place if plan.is_database else str(_beside(settings, place))


def mapping_of(plan: SourcePlan, settings: Settings) -> ColumnMap:
    """Raises `NotFound`, `BadMapping`."""
    if plan.mapping is None:
        return AS_NAMED
    path = _beside(settings, plan.mapping)
    return parse_mapping(_read(path, MAX_MAPPING_BYTES), file=path.name)


def _beside(settings: Settings, path: str) -> Path:
    assert settings.sources is not None, "plans come from its file"
    return settings.sources.parent / path
