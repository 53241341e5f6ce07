"""Where recordings are kept: a local folder, or any fsspec URL such as s3://bucket/prefix.

A key is a relative name made by the product from a hash or an id, never from what a client sent.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, cast

import fsspec

from qa_engine.errors import BadInput, BadSettings, NotFound, Unavailable

CHUNK_BYTES = 1 << 20
INCOMING = "incoming"  # files being received; workers delete what a crash left here
KEY = re.compile(r"[a-z0-9]+(/[A-Za-z0-9_-]+)*(\.[a-z0-9]{1,8})?")


class TooBig(BadInput):
    """More bytes than `CALLQA_MAX_UPLOAD_MB` allows."""

    code = "too_big"
    http_status = 413


class StorageFull(Unavailable):
    """No room for another recording."""

    code = "storage_full"
    http_status = 507


class StorageUnreachable(Unavailable):
    """The storage does not answer or may not be written."""

    code = "storage_unreachable"


class _Opened(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Incoming:
    """A received file, complete and on disk under a temporary name, not yet part of the storage."""

    path: Path
    sha256: str
    size: int

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("录音文件不在存储中", hint="请检查 CALLQA_STORAGE_URL 是否指向原来的位置") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("存储空间已满", hint="请清理磁盘后重试") from error
        raise StorageUnreachable(
            f"存储不可用:{error.strerror or type(error).__name__}",
            hint="请检查 CALLQA_STORAGE_URL 和目录权限",
        ) from error


def _sync_folder(folder: Path) -> None:
    """A rename is durable only after its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_size(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise TooBig(f"文件超过 {max_bytes / 1e6:g} MB", hint="请拆分录音,或调高 CALLQA_MAX_UPLOAD_MB")


def check_key(key: str) -> str:
    """The key itself. Raises ValueError for one that could leave the storage."""
    if not KEY.fullmatch(key):
        raise ValueError(f"not a storage key: {key!r}")
    return key


class Storage:
    """Files by key. Writes are atomic: a reader sees the whole file or none."""

    def __init__(self, url: str) -> None:
        """`url` is a folder (made where missing) or an fsspec URL. Raises `BadSettings`."""
        self.url = url
        local = "://" not in url or url.startswith("file://")
        self.folder: Path | None = Path(url.removeprefix("file://")).absolute() if local else None
        if self.folder is not None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise BadSettings(
                    f"CALLQA_STORAGE_URL: 无法建立文件夹 {self.folder}({error.strerror})",
                    hint="请改用可写的文件夹,或修正其权限",
                ) from error
            return
        try:
            self._remote, self._root = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise BadSettings(
                f"CALLQA_STORAGE_URL: {error}", hint="请给出文件夹,或安装该存储对应的 fsspec 插件"
            ) from error

    def _incoming_folder(self) -> Path:
        folder = (
            self.folder / INCOMING
            if self.folder is not None
            else Path(tempfile.gettempdir()) / f"callqa-{INCOMING}-{os.getuid()}"
        )
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def receive(self, stream: BinaryIO | _Opened, *, max_bytes: int, suffix: str = "") -> Incoming:
        """Reads a stream to its end into a temporary file, hashing on the way; on disk when this returns.
        `suffix` ends its name: formats without a header are known by nothing else.

        Raises `TooBig`, `StorageFull`, `StorageUnreachable`; then nothing is left behind."""
        with _named_errors():
            path = self._incoming_folder() / f"{secrets.token_hex(16)}{suffix}"
            digest, size = hashlib.sha256(), 0
            try:
                with path.open("xb") as file:
                    while chunk := stream.read(CHUNK_BYTES):
                        size += len(chunk)
                        _check_size(size, max_bytes)
                        digest.update(chunk)
                        file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        return Incoming(path, digest.hexdigest(), size)

    def keep(self, incoming: Incoming, key: str) -> None:
        """Makes a received file part of the storage under `key`; same key, same content is no error."""
        check_key(key)
        with _named_errors():
            if self.folder is not None:
                target = self.folder / key
                target.parent.mkdir(parents=True, exist_ok=True)
                incoming.path.replace(target)
                _sync_folder(target.parent)
                return
            self._remote.put_file(str(incoming.path), f"{self._root}/{key}")
            stored = self._remote.size(f"{self._root}/{key}")
            if stored != incoming.size:
                raise StorageUnreachable(
                    f"存储只收到 {stored} / {incoming.size} 字节", hint="请稍后重试;若反复出现请检查存储服务"
                )
            incoming.discard()

    def put(self, key: str, data: bytes) -> None:
        """Stores bytes made by the product itself, such as a playback copy."""
        with _named_errors():
            path = self._incoming_folder() / secrets.token_hex(16)
            with path.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        self.keep(Incoming(path, "", len(data)), key)

    def open(self, key: str) -> BinaryIO:
        """The file, for reading and seeking. Raises `NotFound`."""
        check_key(key)
        with _named_errors():
            if self.folder is not None:
                return (self.folder / key).open("rb")
            return cast("BinaryIO", self._remote.open(f"{self._root}/{key}", "rb"))

    def path_or_none(self, key: str) -> Path | None:
        """The local path of a file, None where the storage is remote. Raises `NotFound`."""
        check_key(key)
        if self.folder is None:
            return None
        path = self.folder / key
        if not path.is_file():
            raise NotFound("录音文件不在存储中", hint="请检查 CALLQA_STORAGE_URL 是否指向原来的位置")
        return path

    @contextmanager
    def local_copy(self, key: str) -> Iterator[Path]:
        """A local path for decoders that need one: the file itself, or a temporary copy of a remote one."""
        path = self.path_or_none(key)
        if path is not None:
            yield path
            return
        suffix = PurePosixPath(key).suffix
        with tempfile.NamedTemporaryFile(prefix="callqa-", suffix=suffix) as copy, _named_errors():
            with self.open(key) as source:
                shutil.copyfileobj(source, copy, CHUNK_BYTES)
            copy.flush()
            yield Path(copy.name)

    def size(self, key: str) -> int:
        """Bytes of a file. Raises `NotFound`."""
        check_key(key)
        with _named_errors():
            if self.folder is not None:
                return (self.folder / key).stat().st_size
            return int(self._remote.size(f"{self._root}/{key}"))

    def delete(self, key: str) -> None:
        """Removes a file; one that is not there is no error."""
        check_key(key)
        with _named_errors():
            if self.folder is not None:
                (self.folder / key).unlink(missing_ok=True)
            elif self._remote.exists(f"{self._root}/{key}"):
                self._remote.rm_file(f"{self._root}/{key}")

    def sweep_incoming(self, *, now_s: float, older_than_s: float = 3600.0) -> int:
        """Deletes half-received files that a crash left behind; returns how many. `now_s` is Unix time."""
        removed = 0
        with _named_errors():
            for path in self._incoming_folder().iterdir():
                with suppress(FileNotFoundError):  # received to its end, or swept by another, just now
                    if now_s - path.stat().st_mtime > older_than_s:
                        path.unlink()
                        removed += 1
        return removed
