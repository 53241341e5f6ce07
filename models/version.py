"""The version of the code, pinned in every evaluation."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

SCORING_FILES = (".py", ".npz")
DIGEST_CHARS = 10


@cache
def code_version() -> str:
    """The installed version and a hash of the engine's source: two states of a source tree under one version number are
    told apart. `0` where the product runs without installation."""
    try:
        released = version("callqa")
    except PackageNotFoundError:
        released = "0"
    return f"callqa {released}+{_engine_digest()[:DIGEST_CHARS]}"


def _engine_digest() -> str:
    digest = hashlib.sha256()
    for name, file in sorted(_sources(files("qa_engine"), "qa_engine")):
        digest.update(f"{name}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable, name: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            found += _sources(entry, path)
        elif entry.name.endswith(SCORING_FILES):
            found.append((path, entry))
    return found
