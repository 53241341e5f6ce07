"""The version of the code, pinned in every evaluation."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def code_version() -> str:
    """The installed version; `0+source` where the product runs from a source tree without installation."""
    try:
        return f"callqa {version('callqa')}"
    except PackageNotFoundError:
        return "callqa 0+source"
