"""Dialer facts for files named on the command line: from `--facts`, or a calls.csv beside them or one folder above."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from models.intake import MANIFEST
from models.manifest import Manifest, ManifestRow, read_manifest
from qa_engine.errors import CallQAError


class FactsTable:
    """Rows of manifests by the file that they describe. Each table is read once."""

    def __init__(self, zone: ZoneInfo, given: Path | None = None) -> None:
        """Raises `NotFound` or `BadManifest` for a table given by name; one merely found beside may be anything."""
        self._zone = zone
        self._tables: dict[Path, dict[Path, ManifestRow]] = {}
        self._given = read_manifest(given, zone=zone) if given else None

    @property
    def problems(self) -> tuple[CallQAError, ...]:
        """Rows of the given table that cannot be used."""
        return self._given.problems if self._given else ()

    def of(self, path: Path) -> ManifestRow | None:
        """The row of a file, by path; in the given table also by its name, where only one row has that name."""
        path = path.resolve()
        if self._given:
            return _by_path(self._given).get(path) or _by_name(self._given, path)
        for folder in (path.parent, path.parent.parent):
            row = self._beside(folder).get(path)
            if row:
                return row
        return None

    def _beside(self, folder: Path) -> dict[Path, ManifestRow]:
        if folder not in self._tables:
            try:
                self._tables[folder] = _by_path(read_manifest(folder / MANIFEST, zone=self._zone))
            except CallQAError:
                self._tables[folder] = {}
        return self._tables[folder]


def _by_path(manifest: Manifest) -> dict[Path, ManifestRow]:
    return {row.file.resolve(): row for row in manifest.rows}


def _by_name(manifest: Manifest, path: Path) -> ManifestRow | None:
    rows = [row for row in manifest.rows if path.name == row.file.name or path.stem == row.call_id]
    return rows[0] if len(rows) == 1 else None
