"""The main navigation: one line a section; `nav.<id>` is its message, and a page says by `nav=` where it belongs."""

from __future__ import annotations

from dataclasses import dataclass

from models.access.roles import Access, Right, Role, current_access


@dataclass(frozen=True, slots=True)
class Entry:
    """A section of the product and the page that it opens with."""

    id: str
    href: str
    right: Right


ENTRIES: tuple[Entry, ...] = (
    Entry("calls", "/", Right.CALLS),
    Entry("inbox", "/inbox", Right.CALLS),
    Entry("search", "/search", Right.CALLS),
    Entry("reviews", "/reviews", Right.REVIEW),
    Entry("board", "/board", Right.FIGURES),
    Entry("scorecards", "/scorecards", Right.FIGURES),
    Entry("targets", "/targets", Right.FIGURES),
    Entry("alerts", "/alerts", Right.FIGURES),
    Entry("coaching", "/coaching", Right.COACH),
    Entry("library", "/library", Right.LIBRARY),
    Entry("rubrics", "/rubrics", Right.RUBRICS),
    Entry("imports", "/imports", Right.UPLOAD),
)
OF_THE_SYSTEM: tuple[Entry, ...] = (
    Entry("accounts", "/accounts", Right.ACCOUNTS),
    Entry("audit", "/audit", Right.AUDIT),
)


STEERING = (Role.TEAM_LEAD, Role.QA_MANAGER)
"""Who begins the day with what waits."""


def home_of(access: Access | None) -> str:
    """The page that somebody begins with."""
    if access is None:
        return "/"
    if access.role in STEERING:
        return "/board"
    return next((one.href for one in entries_for(access)), "/account")


def entries() -> tuple[Entry, ...]:
    """What the reader may open; accounts are shown once there are any."""
    access = current_access()
    return ENTRIES if access is None else entries_for(access)


def entries_for(access: Access) -> tuple[Entry, ...]:
    """What somebody may open."""
    return tuple(one for one in (*ENTRIES, *OF_THE_SYSTEM) if access.may(one.right))
