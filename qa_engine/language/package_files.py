"""Data files of installed packages."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def package_file(package: str, *parts: str) -> Path:
    """Path of a data file inside an installed package, which is not imported (jieba alone takes half a second)."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"package {package} is not installed", name=package)
    return Path(spec.submodule_search_locations[0]).joinpath(*parts)
