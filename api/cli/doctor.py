"""`callqa doctor`: what is wrong with this installation, and what to do about each thing."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from kombu.connection import Connection
from rich.text import Text
from sqlalchemy.engine import make_url

from api.cli.console import out, print_json
from api.cli.known_forms import known_forms
from api.errors import as_callqa_error
from api.pages.assets import PagesNotBuilt, manifest
from models.alert_rules import load_rules
from models.columns import utc_now
from models.hot_words import hot_words_file, load_hot_words
from models.llm import questioner
from models.migrations import is_current
from models.notify.channels import addresses
from models.recognizer import kept_layout, open_recognizer
from models.settings import Settings, load_settings
from models.storage import Storage
from qa_engine.calls import Span
from qa_engine.errors import CallQAError
from qa_engine.rubric.check import check_rubric
from qa_engine.rubric.problems import BadRubric
from qa_engine.scoring.questioner import Line
from qa_engine.speech.audio import SAMPLE_RATE_HZ
from qa_engine.speech.engines.catalog import ModelKind, resolve_model
from qa_engine.speech.engines.hub import cached_folder
from qa_engine.speech.engines.layout import Layout, own_cores

LOW_DISK_GB, NO_DISK_GB = 5.0, 0.5
BROKER_TIMEOUT_S = 3.0
WHEELS = (
    "av",
    "ctranslate2",
    "faster_whisper",
    "onnxruntime",
    "jieba",
    "re2",
    "ahocorasick",
    "rapidfuzz",
    "zstandard",
)
OLDEST_PYTHON = (3, 11)


class Status(StrEnum):
    """How a check came out. Only `fail` keeps the product from working."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `next_step` is empty where there is nothing to do."""

    name: str
    status: Status
    message: str
    next_step: str = ""


Check = Callable[[Settings], Iterator[Finding]]


def doctor(*, as_json: bool = False) -> int:
    """Prints every finding; returns 1 where one failed."""
    findings = list(examine())
    if as_json:
        print_json([{name: getattr(one, name) for name in Finding.__dataclass_fields__} for one in findings])
    else:
        for finding in findings:
            out().print(_line(finding), soft_wrap=True)
    return int(any(finding.status is Status.FAIL for finding in findings))


def examine() -> Iterator[Finding]:
    """All checks. One that breaks is a finding, and the rest go on."""
    yield from _python()
    try:
        settings = load_settings()
    except CallQAError as error:
        yield Finding("设置", Status.FAIL, error.message, error.hint)
        return
    for name, check in CHECKS.items():
        try:
            yield from check(settings)
        except Exception as error:  # noqa: BLE001 (a doctor must not fall ill)
            expected = as_callqa_error(error)
            message = expected.message if expected else f"{type(error).__name__}: {error}"
            yield Finding(name, Status.FAIL, message, expected.hint if expected else "请加 --debug 查看细节")


def _python() -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < OLDEST_PYTHON:
        yield Finding("Python", Status.FAIL, version, "请安装 Python 3.11 或更高版本")
    else:
        yield Finding("Python", Status.OK, version)


def _wheels(_settings: Settings) -> Iterator[Finding]:
    broken: list[str] = []
    for name in WHEELS:
        try:
            importlib.import_module(name)
        except ImportError:  # a wheel of another platform raises it too
            broken.append(name)
    if broken:
        yield Finding(
            "依赖",
            Status.FAIL,
            f"无法载入:{'、'.join(broken)}",
            "请重新安装:pip install --force-reinstall callqa",
        )
    else:
        yield Finding("依赖", Status.OK, f"{len(WHEELS)} 个本机扩展可用")


def _database(settings: Settings) -> Iterator[Finding]:
    url = make_url(settings.database_url)
    shown = url.render_as_string(hide_password=True)
    file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
    if file is not None and not file.exists():  # looking must not make one
        yield Finding(
            "数据库", Status.WARN, f"{shown} 还不存在", "callqa demo、serve 或 ingest 第一次运行时会建立"
        )
    elif is_current(settings.database_url):
        yield Finding("数据库", Status.OK, f"{shown},结构为当前版本")
    else:
        yield Finding(
            "数据库", Status.FAIL, f"{shown} 可以连接,但没有迁移到当前版本", "请运行 callqa db upgrade"
        )


def _broker(settings: Settings) -> Iterator[Finding]:
    if settings.broker_url.startswith("memory://"):
        yield Finding("消息队列", Status.OK, "进程内(callqa serve 自带工作进程)")
        return
    connect = Connection(settings.broker_url, connect_timeout=BROKER_TIMEOUT_S)  # type: ignore[no-untyped-call]
    with connect as connection:
        shown = connection.as_uri()
        try:
            connection.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_S)
        except Exception as error:  # noqa: BLE001 (each transport raises its own)
            yield Finding(
                "消息队列",
                Status.FAIL,
                f"{shown} 无法连接({type(error).__name__})",
                "请检查 CALLQA_BROKER_URL 和队列服务",
            )
            return
    yield Finding("消息队列", Status.OK, f"{shown};请另外运行 callqa worker")


def _storage(settings: Settings) -> Iterator[Finding]:
    storage = Storage(settings.storage_url)
    key = f"doctor/{os.getpid()}"
    storage.put(key, b"ok")
    with storage.open(key) as file:
        written = file.read() == b"ok"
    storage.delete(key)
    if not written:
        yield Finding("录音存储", Status.FAIL, f"{settings.storage_url} 读回的内容不对", "请检查存储服务")
        return
    if storage.folder is None:
        yield Finding("录音存储", Status.OK, f"{settings.storage_url} 可读写")
        return
    free_gb = shutil.disk_usage(storage.folder).free / 1e9
    message = f"{storage.folder} 可读写,剩余 {free_gb:.1f} GB"
    if free_gb < NO_DISK_GB:
        yield Finding("录音存储", Status.FAIL, message, "请清理磁盘,或把 CALLQA_STORAGE_URL 指向更大的盘")
    elif free_gb < LOW_DISK_GB:
        yield Finding("录音存储", Status.WARN, message, "空间偏少:8 kHz 双声道 WAV 每小时约 0.12 GB")
    else:
        yield Finding("录音存储", Status.OK, message)


def _model(settings: Settings) -> Iterator[Finding]:
    model = resolve_model(settings.whisper_model)
    if model.kind is ModelKind.HUB and cached_folder(model.path_or_hub_id) is None:
        yield Finding(
            "语音模型",
            Status.WARN,
            f"{model.name} 还没有下载",
            f"请运行 callqa models fetch {settings.whisper_model}",
        )
        return
    recognizer = open_recognizer(settings)
    silence = np.zeros(SAMPLE_RATE_HZ, np.float32)
    recognizer.recognize(silence, (Span(0.0, 1.0),), language="zh", prompt=None)  # loads the weights
    info = recognizer.info
    yield Finding("语音模型", Status.OK, f"{info.name} {info.version} · {info.model} 可以载入")
    if model.notice_zh:
        yield Finding("语音模型", Status.WARN, model.notice_zh, "真实通话请先看 callqa models explain")


def _rubrics(settings: Settings) -> Iterator[Finding]:
    extra = (settings.phrases,) if settings.phrases else ()
    forms = known_forms(settings)
    for name in forms.known:
        is_active, release = forms.is_active(name), forms.in_force(name)
        used = "启用" if is_active else "未启用"
        if release is not None:
            version = forms.rubric(name).version
            yield Finding("质检表", Status.OK, f"{name}({used}),第 {version} 版,{release.released_by} 发布")
            continue
        path = forms.path(name)
        report = check_rubric(path, phrase_files=extra, zone=settings.zone)
        if report.ok:
            yield Finding("质检表", Status.OK, f"{name}({used}),{len(report.examples)} 条例句通过")
        else:
            status = Status.FAIL if is_active else Status.WARN
            yield Finding(
                "质检表", status, f"{name} 没有通过检查", f"请运行 callqa rubric check {_shown(path)}"
            )


def _alerts(settings: Settings) -> Iterator[Finding]:
    book = load_rules(settings)
    ready = "、".join(channel.value for channel in addresses(settings))
    shown = f"{len(book.rules)} 条规则;通知渠道:{ready or '无,预警只在页面上显示'}"
    step = "" if not ready or settings.public_url else "请设置 CALLQA_PUBLIC_URL,消息里才有链接"
    yield Finding("预警", Status.WARN if step else Status.OK, shown, step)


def _hot_words(settings: Settings) -> Iterator[Finding]:
    path = hot_words_file(settings)
    if path is None:
        return
    try:
        book = load_hot_words(settings)
    except BadRubric as error:
        for problem in error.problems:
            yield Finding("热词", Status.WARN, f"{problem.where}: {problem.message}", problem.hint)
    else:
        yield Finding(
            "热词", Status.OK, f"{path}:{len(book.everywhere)} 个通用,{len(book.campaigns)} 个活动各有其词"
        )


def _language_model(settings: Settings) -> Iterator[Finding]:
    model = questioner(settings)
    if model is None:
        return
    answer = model.ask("坐席是否问好?", (Line(0, "agent", "您好"),))
    if answer.reached:
        yield Finding("大模型", Status.OK, f"{model.name} 有应答")
    else:
        yield Finding(
            "大模型",
            Status.WARN,
            answer.why,
            "请检查 CALLQA_LLM_URL、CALLQA_LLM_MODEL;在此之前 llm 条件一律未知",
        )


def _time(settings: Settings) -> Iterator[Finding]:
    now = utc_now().astimezone(settings.zone)
    yield Finding("时区", Status.OK, f"{settings.timezone},现在是 {now:%Y-%m-%d %H:%M};请确认与呼叫时段一致")


def _cores(settings: Settings) -> Iterator[Finding]:
    cores = own_cores()
    if settings.whisper_threads > cores:
        yield Finding(
            "处理器",
            Status.WARN,
            f"{cores} 核,转写用 {settings.whisper_threads} 线程",
            "线程多于核会变慢;请把 CALLQA_WHISPER_THREADS 设为 0",
        )
        return
    if settings.whisper_threads:
        chosen, why = Layout(threads=settings.whisper_threads), "按 CALLQA_WHISPER_THREADS"
    elif kept := kept_layout(settings):
        chosen = Layout(kept.workers, kept.threads, kept.batch)
        gain = kept.windows_s / kept.usual_windows_s
        why = f"{kept.measured_on} 在本机量得每秒 {kept.windows_s:.2f} 窗,为通常布局的 {gain:.2f} 倍"
    else:
        chosen, why = Layout(), "通常布局,本机还没有量过;要量请运行 callqa models measure"
    full = chosen.filled(cores)
    yield Finding(
        "处理器",
        Status.OK,
        f"{cores} 核,转写用 {full.workers} 路 × {full.threads} 线程,每批 {full.batch} 窗({why})",
    )


def _pages(_settings: Settings) -> Iterator[Finding]:
    try:
        built = manifest()
    except PagesNotBuilt as error:
        yield Finding("页面", Status.WARN, error.message, error.hint)
    else:
        yield Finding("页面", Status.OK, f"{len(built)} 个样式和脚本文件已就绪")


def _watch(settings: Settings) -> Iterator[Finding]:
    if settings.watch_dir is None:
        return
    if settings.watch_dir.is_dir():
        yield Finding("监视文件夹", Status.OK, f"{settings.watch_dir}")
    else:
        yield Finding(
            "监视文件夹",
            Status.FAIL,
            f"{settings.watch_dir} 不存在",
            "请建立该文件夹,或修正 CALLQA_WATCH_DIR",
        )


CHECKS: dict[str, Check] = {
    "依赖": _wheels,
    "数据库": _database,
    "消息队列": _broker,
    "录音存储": _storage,
    "语音模型": _model,
    "质检表": _rubrics,
    "预警": _alerts,
    "热词": _hot_words,
    "大模型": _language_model,
    "时区": _time,
    "处理器": _cores,
    "页面": _pages,
    "监视文件夹": _watch,
}
MARKS = {
    Status.OK: ("✓ ok  ", "green"),
    Status.WARN: ("! warn", "yellow"),
    Status.FAIL: ("✗ fail", "bold red"),
}


def _line(finding: Finding) -> Text:
    mark, style = MARKS[finding.status]
    line = Text(mark, style=style).append(f"  {finding.name}:{finding.message}", style="")
    if finding.next_step:
        line.append(f"\n        → {finding.next_step}", style="cyan")
    return line


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
