"""Contacts that it takes."""

from __future__ import annotations

import pytest

from qa_engine.insight.experiments.power import contacts_needed, with_clusters


@pytest.mark.parametrize(
    ("base", "wanted", "contacts"),
    [(0.05, 0.06, 8143), (0.05, 0.055, 31218), (0.8, 0.9, 195)],  # dialers-and-kpi: published figures
)
def test_contacts(base: float, wanted: float, contacts: int) -> None:
    assert contacts_needed(base, wanted) == contacts


def test_whole_teams_need_more() -> None:
    assert with_clusters(1000, size=101, correlation=0.01) == 2000


def test_no_difference_cannot_be_looked_for() -> None:
    with pytest.raises(ValueError, match="nothing"):
        contacts_needed(0.05, 0.05)
