"""The main navigation: one line a section; `nav.<id>` is its message, and a page says by `nav=` where it belongs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A section of the product and the page that it opens with."""

    id: str
    href: str


ENTRIES: tuple[Entry, ...] = (
    Entry("calls", "/"),
    Entry("board", "/board"),
    Entry("alerts", "/alerts"),
    Entry("coaching", "/coaching"),
    Entry("rubrics", "/rubrics"),
)
