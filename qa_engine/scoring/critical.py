"""Critical items apart from the score: a call of 95 points with a compliance-critical fault is no good call.

The classes are those of contact-centre practice (COPC): an error that is critical to the customer, to the business, or to
compliance counts as such whatever it weighs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qa_engine.scoring.evaluation import ItemVerdict, Verdict

SEVERITIES = ("customer_critical", "business_critical", "compliance_critical")


@dataclass(frozen=True, slots=True)
class CriticalItems:
    """The critical items of one class on one call: how many applied, which failed, which could not be judged."""

    items: int
    failed: tuple[str, ...]
    unknown: tuple[str, ...]


def critical_items(items: Iterable[ItemVerdict]) -> Mapping[str, CriticalItems]:
    """Class → its items, for the classes that the form uses. Trial items count in none."""
    by_class: dict[str, list[ItemVerdict]] = {severity: [] for severity in SEVERITIES}
    for item in items:
        if item.severity is not None and not item.trial:
            by_class.setdefault(item.severity, []).append(item)
    return {severity: _counted(found) for severity, found in by_class.items() if found}


def _counted(found: list[ItemVerdict]) -> CriticalItems:
    return CriticalItems(
        sum(item.verdict is not Verdict.NA for item in found),
        tuple(item.id for item in found if item.verdict is Verdict.FAIL),
        tuple(item.id for item in found if item.verdict is Verdict.UNKNOWN),
    )
