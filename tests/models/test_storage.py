"""Files are whole or not there, under names that cannot lead outside."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from pathlib import Path

import pytest

from models.storage import Incoming, Storage, StorageFull, StorageUnreachable, TooBig
from qa_engine.errors import BadSettings, NotFound


@pytest.fixture(params=["folder", "remote"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """A local folder, and an fsspec file system that has no local paths."""
    if request.param == "folder":
        return Storage(str(tmp_path / "audio"))
    return Storage(f"memory://{tmp_path.name}")


def test_what_is_kept_can_be_read_in_part(store: Storage) -> None:
    incoming = store.receive(io.BytesIO(b"0123456789"), max_bytes=10)
    assert incoming.sha256 == hashlib.sha256(b"0123456789").hexdigest()
    store.keep(incoming, "audio/ab/file.wav")
    assert store.size("audio/ab/file.wav") == 10
    with store.open("audio/ab/file.wav") as file:
        file.seek(7)
        assert file.read() == b"789"
    assert not incoming.path.exists()


def test_keeping_the_same_file_again_is_no_error(store: Storage) -> None:
    store.put("a/b", b"same")
    store.put("a/b", b"same")
    with store.local_copy("a/b") as path:
        assert path.read_bytes() == b"same"


def test_a_missing_file_is_named(store: Storage) -> None:
    for ask in (store.open, store.size):
        with pytest.raises(NotFound, match="CALLQA_STORAGE_URL"):
            ask("audio/none.wav")


def test_deleting_twice_is_no_error(store: Storage) -> None:
    store.put("a/b.ogg", b"x")
    store.delete("a/b.ogg")
    store.delete("a/b.ogg")
    with pytest.raises(NotFound):
        store.size("a/b.ogg")


def test_only_a_folder_has_paths(tmp_path: Path) -> None:
    local, remote = Storage(str(tmp_path)), Storage("memory://x")
    local.put("a/b.wav", b"x")
    remote.put("a/b.wav", b"x")
    assert local.path_or_none("a/b.wav") == tmp_path / "a/b.wav"
    assert remote.path_or_none("a/b.wav") is None


def test_a_file_over_the_limit_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Storage(str(tmp_path))
    with pytest.raises(TooBig, match="CALLQA_MAX_UPLOAD_MB"):
        store.receive(io.BytesIO(b"x" * 11), max_bytes=10)
    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_connection_that_breaks_leaves_nothing_behind(tmp_path: Path) -> None:
    parts = [b"first part"]

    class Broken(io.RawIOBase):
        def read(self, _size: int = -1) -> bytes:
            if not parts:
                raise ConnectionResetError(errno.ECONNRESET, "gone")
            return parts.pop()

    store = Storage(str(tmp_path))
    with pytest.raises(StorageUnreachable):
        store.receive(Broken(), max_bytes=100)
    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_full_disk_is_told_apart(tmp_path: Path) -> None:
    class Full(io.RawIOBase):
        def read(self, _size: int = -1) -> bytes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(StorageFull) as caught:
        Storage(str(tmp_path)).receive(Full(), max_bytes=100)
    assert caught.value.http_status == 507


@pytest.mark.parametrize("key", ["../x", "/etc/passwd", "a/../../b", "a\\b", "", "a//b", "A b", "a/b.WAV%00"])
def test_no_key_leads_outside(store: Storage, tmp_path: Path, key: str) -> None:
    path = tmp_path / "in"
    path.write_bytes(b"x")
    with pytest.raises(ValueError, match="not a storage key"):
        store.keep(Incoming(path, "", 1), key)
    with pytest.raises(ValueError, match="not a storage key"):
        store.open(key)


def test_a_sweep_removes_only_old_leftovers(tmp_path: Path) -> None:
    store = Storage(str(tmp_path))
    old, new = (store.receive(io.BytesIO(b"x"), max_bytes=9) for _ in range(2))
    now_s = new.path.stat().st_mtime
    os.utime(old.path, (now_s - 7200, now_s - 7200))
    assert store.sweep_incoming(now_s=now_s) == 1
    assert new.path.exists()


def test_an_unknown_storage_is_refused() -> None:
    with pytest.raises(BadSettings, match="CALLQA_STORAGE_URL"):
        Storage("nosuch://bucket")
