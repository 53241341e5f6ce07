"""A dialer's folder, an import and the figures, in a line each."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.database import open_database, reading
from models.dial_import import ImportOrder, ImportReport, run_import
from models.dial_kpi import EVERYTHING, By, Period, kpi_sums
from models.settings import Settings
from qa_engine.dialer.mapping import AS_NAMED, parse_mapping
from qa_engine.kpi.registry import document


class Dialer:
    """Files of one dialer in a folder of their own, under one source."""

    def __init__(self, settings: Settings, folder: Path, dialer: str, source: str | None = None) -> None:
        self.settings, self.folder, self.dialer, self.source = settings, folder, dialer, source or dialer
        self.folder.mkdir(exist_ok=True)

    def write(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(text.encode(encoding))
        return path

    def load(
        self, *, mapping: str | None = None, zone: str | None = None, path: str | None = None
    ) -> ImportReport:
        order = ImportOrder(
            self.dialer,
            [path or str(self.folder)],
            self.source,
            parse_mapping(mapping.encode(), file="mapping.yaml") if mapping else AS_NAMED,
            ZoneInfo(zone) if zone else None,
        )
        return run_import(self.settings, order)

    def reasons(self, **options: Any) -> dict[str, int]:
        (count,) = self.load(**options).files.values()
        assert count.rows_in == count.stored + count.rejected.total()
        return dict(count.rejected)

    def kpi(self, by: By = By.TOTAL, period: Period = EVERYTHING) -> dict[str, Any]:
        engine = open_database(self.settings.database_url)
        with reading(engine) as opened:
            found = {key: document(sums) for key, sums in kpi_sums(opened, [by], period)[by].items()}
        engine.dispose()
        return found[""] if by is By.TOTAL else found
