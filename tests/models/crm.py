"""A CRM's folder, an import and the figures, in a line each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from models.crm import CrmTicketRow, OrderRow
from models.database import open_database, reading
from models.dial_import import ImportOrder, ImportReport, run_import
from models.dial_kpi import By
from models.figures import read_figures
from models.settings import Settings
from qa_engine.crm.mapping import as_named, parse_crm_mapping

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)


class Crm:
    """Files of one table, `orders` or `tickets`, in a folder of their own."""

    def __init__(self, settings: Settings, folder: Path, table: str, source: str | None = None) -> None:
        self.settings, self.folder, self.table, self.source = settings, folder, table, source or table
        self.folder.mkdir(exist_ok=True)

    def write(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(text.encode(encoding))
        return path

    def load(self, *paths: Path, mapping: str | None = None, dry_run: bool = False) -> ImportReport:
        parsed = (
            parse_crm_mapping(mapping.encode(), self.table, file="m.yaml")
            if mapping
            else as_named(self.table)
        )
        places = [str(path) for path in paths or (self.folder,)]
        report = run_import(
            self.settings, ImportOrder(self.table, places, self.source, parsed, dry_run=dry_run)
        )
        for count in report.files.values():
            assert count.rows_in == count.stored + count.rejected.total()
        return report

    def add(self, text: str, **options: Any) -> tuple[int, dict[str, int], dict[str, int]]:
        """(stored, rejected by reason, warnings) of one file of these rows."""
        report = self.load(self.write("one.csv", text), **options)
        (count,) = report.files.values()
        return count.stored, dict(count.rejected), report.warnings

    def row(self, key: str) -> Any:
        engine = open_database(self.settings.database_url)
        with reading(engine) as opened:
            kind: Any = OrderRow if self.table == "orders" else CrmTicketRow
            found = opened.get(kind, (self.source, key))
        engine.dispose()
        return found


def figures(
    settings: Settings,
    *metrics: str,
    by: By = By.TOTAL,
    first: date = FIRST,
    last: date = LAST,
    **options: Any,
) -> dict[str, dict[str, Any]]:
    """Figures by group and metric."""
    engine = open_database(settings.database_url)
    found: dict[str, dict[str, Any]] = {}
    with reading(engine) as opened:
        for one in read_figures(opened, metrics, by=by, first=first, last=last, **options):
            found.setdefault(one.key, {})[one.metric] = one.figure
    engine.dispose()
    return found
