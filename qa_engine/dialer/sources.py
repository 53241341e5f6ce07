"""The file of sources that are pulled on a schedule: where each is, how often, and how much is read again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from qa_engine.errors import BadInput, Where

MAX_BYTES = 200_000
DIALERS = ("vicidial", "asterisk", "freeswitch", "csv")
FROM_DATABASE = ("vicidial", "asterisk")
MAX_BACKOFF_S = 3600.0
_NAME = re.compile(r"[\w.\-]{1,40}$")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)$")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PASSWORD = re.compile(r"://[^/@]*?:(?P<password>[^/]*)@")
_FIELDS = frozenset({"name", "dialer", "url", "folder", "every", "overlap", "settle", "timezone", "mapping"})
DEFAULT_OVERLAP, DEFAULT_SETTLE = "2h", "30m"


class BadSources(BadInput):
    """A file of sources that cannot be used."""

    code = "bad_sources"


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """One source. `place` is a folder, or a database URL whose secrets are references such as `${PASSWORD}`.

    Each pull reads from `overlap_s` before the last good one, for what came late, up to `settle_s` ago: a dialer goes on
    writing into the rows of calls that are not over, and the first content of a row stays."""

    name: str
    dialer: str
    place: str
    every_s: float
    overlap_s: float
    settle_s: float
    zone: ZoneInfo | None = None
    mapping: str | None = None

    @property
    def is_database(self) -> bool:
        return "://" in self.place


def references(text: str) -> tuple[str, ...]:
    """The environment variables that a text refers to."""
    return tuple(_REFERENCE.findall(text))


def resolved(text: str, values: Mapping[str, str]) -> str:
    """The text with its references replaced, each of which `values` must have."""
    return _REFERENCE.sub(lambda found: values[found[1]], text)


def backoff_s(every_s: float, failures: int) -> float:
    """How long after the `failures`-th failure in a row the next try is: twice as long each time, up to an hour, never
    sooner than the schedule says."""
    return max(every_s, min(every_s * 2.0 ** min(failures, 20), MAX_BACKOFF_S))


def window(plan: SourcePlan, last_good: datetime | None, now: datetime) -> tuple[datetime | None, datetime]:
    """(from, to) of the next pull; `from` None = everything. `last_good` is when the last good pull began."""
    until = now - timedelta(seconds=plan.settle_s)
    if last_good is None:
        return None, until
    return last_good - timedelta(seconds=plan.settle_s + plan.overlap_s), until


def _span(entry: Mapping[str, object], name: str, default: str, where: Where) -> float:
    text = str(entry.get(name, default)).strip()
    found = _SPAN.match(text)
    if found is None:
        raise BadSources(f"{name} 是 {text[:40]},应为时长", hint="例如 30s、5m、2h、1d", where=where)
    return float(found[1]) * _UNITS[found[2]]


def _place(entry: Mapping[str, object], dialer: str, where: Where) -> str:
    url, folder = entry.get("url"), entry.get("folder")
    if (url is None) == (folder is None):
        raise BadSources("url 和 folder 应当且只应写一个", where=where)
    if folder is not None:
        if "://" in str(folder):
            raise BadSources("folder 应为文件夹路径", hint="数据库地址请写在 url", where=where)
        return str(folder)
    text = str(url)
    if "://" not in text or dialer not in FROM_DATABASE:
        raise BadSources(
            f"{dialer} 的 url 不可用", hint=f"只有 {'、'.join(FROM_DATABASE)} 可以从数据库拉取", where=where
        )
    secret = _PASSWORD.search(text)
    if secret is not None and not _REFERENCE.fullmatch(secret["password"]):
        raise BadSources(
            "url 里不能写口令",
            hint="请写成环境变量,例如 mysql://reader:${DIALER_PASSWORD}@主机/asterisk",
            where=where,
        )
    return text


def _plan(entry: object, number: int, file: str) -> SourcePlan:
    where = Where(file, row=number)
    if not isinstance(entry, dict):
        raise BadSources("每个来源应为一组 键: 值", where=where)
    unknown = sorted(set(map(str, entry)) - _FIELDS)
    if unknown:
        raise BadSources(
            f"不认识的键 {unknown[0][:40]}", hint=f"可用:{'、'.join(sorted(_FIELDS))}", where=where
        )
    name, dialer = str(entry.get("name", "")), str(entry.get("dialer", ""))
    if not _NAME.match(name):
        raise BadSources(f"name 是 {name[:60] or '空'},应为 1 到 40 个字母、数字、汉字或 . - _", where=where)
    if dialer not in DIALERS:
        raise BadSources(
            f"dialer 是 {dialer[:40] or '空'}", hint=f"应为 {'、'.join(DIALERS)} 之一", where=where
        )
    every_s = _span(entry, "every", "", where)
    if every_s < 1:
        raise BadSources("every 至少 1s", where=where)
    zone = entry.get("timezone")
    try:
        found = ZoneInfo(str(zone)) if zone is not None else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadSources(f"不认识的时区 {str(zone)[:40]}", hint="例如 Asia/Shanghai", where=where) from error
    mapping = entry.get("mapping")
    return SourcePlan(
        name,
        dialer,
        _place(entry, dialer, where),
        every_s,
        _span(entry, "overlap", DEFAULT_OVERLAP, where),
        _span(entry, "settle", DEFAULT_SETTLE, where),
        found,
        None if mapping is None else str(mapping),
    )


def parse_sources(data: bytes, *, file: str) -> tuple[SourcePlan, ...]:
    """The sources of a YAML file, `sources:` and a list. Raises `BadSources` naming the entry."""
    if len(data) > MAX_BYTES:
        raise BadSources(f"来源文件超过 {MAX_BYTES} 字节", where=Where(file))
    try:
        document = yaml.safe_load(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadSources(
            "来源文件不是 YAML", where=Where(file, mark.line + 1 if mark is not None else None)
        ) from error
    entries = document.get("sources") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise BadSources("来源文件应以 sources: 开始,后面是列表", where=Where(file))
    plans = tuple(_plan(entry, number, file) for number, entry in enumerate(entries, start=1))
    names = [plan.name for plan in plans]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadSources(f"来源 {twice} 写了两次", where=Where(file))
    return plans
