"""The model hub: looks into its local cache first, and says plainly and soon when it cannot be reached."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from qa_engine.errors import BadSettings, Unavailable

SETTING: Final = "CALLQA_WHISPER_MODEL"
_FILES: Final = ("config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*")


class HubUnreachable(Unavailable):
    """The model hub does not answer, or breaks off."""

    code = "hub_unreachable"


def cached_folder(repository: str) -> Path | None:
    """The folder of a repository that has been downloaded before, None otherwise. No network."""
    from huggingface_hub import snapshot_download  # noqa: PLC0415  # slow to import, needed by hub models only
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415

    try:
        return Path(snapshot_download(repository, allow_patterns=list(_FILES), local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def download(repository: str, *, timeout_s: float) -> Path:
    """Fetches a repository into the cache and returns its folder.

    The hub must give a first answer within `timeout_s`; a look-up in a daemon thread, because name resolution
    knows no time-out of its own. Raises HubUnreachable, and BadSettings where there is no such repository."""
    _ask_hub(repository, timeout_s)
    from huggingface_hub import snapshot_download  # noqa: PLC0415

    try:
        return Path(snapshot_download(repository, allow_patterns=list(_FILES), etag_timeout=timeout_s))
    except (
        Exception
    ) as error:  # the hub client raises its transport's own errors, which change between versions
        raise _unreachable(repository, f"下载中断({type(error).__name__})") from error


def _ask_hub(repository: str, timeout_s: float) -> None:
    from huggingface_hub import HfApi  # noqa: PLC0415
    from huggingface_hub.errors import RepositoryNotFoundError  # noqa: PLC0415

    failures: list[Exception] = []

    def ask() -> None:
        try:
            HfApi().model_info(repository, timeout=timeout_s)
        except Exception as error:  # noqa: BLE001  # handed to the waiting thread
            failures.append(error)

    asking = threading.Thread(target=ask, daemon=True, name="model-hub")
    asking.start()
    asking.join(timeout_s)
    if asking.is_alive():
        raise _unreachable(repository, f"{timeout_s:g} 秒内没有回应")
    if not failures:
        return
    if isinstance(failures[0], RepositoryNotFoundError):
        raise BadSettings(f"模型中心没有 {repository}", hint=f"请检查 {SETTING} 的拼写") from failures[0]
    raise _unreachable(repository, f"连接失败({type(failures[0]).__name__})") from failures[0]


def _unreachable(repository: str, reason: str) -> HubUnreachable:
    return HubUnreachable(
        f"连不上模型中心,取不到模型 {repository}:{reason}",
        hint=f"请把 {SETTING} 设为 demo 或本地 CTranslate2 文件夹;或在能上网的机器上运行 callqa models fetch 后复制缓存",
    )
