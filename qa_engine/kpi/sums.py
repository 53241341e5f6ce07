"""What is added up over calls and agents' time, before any figure is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import reduce
from operator import attrgetter
from typing import Any


@dataclass(frozen=True, slots=True)
class Sums:
    """Additive counts and whole seconds of any set of calls; None = no dialer in it can know. Outbound calls only,
    but for agents' time. All but the distinct leads add up over agents, teams and days.

    `*_of` are denominators: the calls (or leads) for which the numerator is known at all."""

    dials: int | None = 0
    connects: int | None = None
    connects_of: int | None = None  # dials whose connection is known
    contacts: int | None = None
    sales: int | None = None
    abandoned: int | None = None
    abandoned_of: int | None = None  # answered calls whose abandonment is known
    leads_dialled: int | None = None
    leads_contacted: int | None = None
    contact_leads_of: int | None = None  # leads whose contact is known
    sale_contacts_of: int | None = None  # contacts, dials, leads, connects whose sale is known
    sale_dials_of: int | None = None
    sale_leads_of: int | None = None
    sale_connects_of: int | None = None
    handled: int | None = None  # calls that an agent talked in
    handled_talk_s: int | None = None
    handle_calls: int | None = None  # of these, with wrap-up known
    handle_s: int | None = None  # talk + hold + wrap-up of these
    talk_s: int | None = None
    hold_s: int | None = None
    acw_s: int | None = None
    wait_s: int | None = None
    pause_s: int | None = None
    busy_s: int | None = None  # talk + hold + wrap-up of agents whose waiting is known
    logged_s: int | None = None  # that and waiting
    present_s: int | None = None  # that and pauses
    timed_calls: int | None = None  # calls that agents talked in, by their own log
    effective: int | None = None  # connected calls of at least 30 s of talk
    effective_of: int | None = None  # connected calls whose talk is known
    lead_dials: int | None = None  # dials whose lead is known
    listed_leads: int | None = None  # leads that stand in a list, and those of them that were dialled
    listed_dialled: int | None = None
    right_party: int | None = None  # contacts with the named person, of those where that is known
    right_party_of: int | None = None
    intents: int | None = None  # effective calls whose customer wants to go on, of those where that is known
    intents_of: int | None = None
    evaluations: int | None = None  # evaluations with a score
    score_c: int | None = None  # hundredths of points
    customer_right: int | None = (
        None  # evaluations without a critical error of the class / with it fully judged
    )
    customer_of: int | None = None
    business_right: int | None = None
    business_of: int | None = None
    compliance_right: int | None = None
    compliance_of: int | None = None
    objections: int | None = None
    resolved: int | None = None
    response_ms: int | None = None  # median response times of calls, added
    response_calls: int | None = None
    shift_c: int | None = None  # hundredths of the customer's sentiment, end - start, added
    shift_calls: int | None = None
    complaints: int | None = None  # tickets of the CRM, but for cancelled ones
    closed: int | None = None  # tickets closed and judged, and those solved at the first contact
    first_contact: int | None = None
    orders: int | None = None  # won, their worth known
    order_value_c: int | None = None  # hundredths of the currency
    cycle_days: int | None = None  # days from first dial to order, added
    cycle_orders: int | None = None

    def __add__(self, other: Sums) -> Sums:
        """Both together; what only one knows is what is known."""
        return add_up((self, other))

    def only(self, names: frozenset[str]) -> Sums:
        """These fields alone; all others None."""
        return Sums(
            *(amount if name in names else None for name, amount in zip(_NAMES, _AMOUNTS(self), strict=True))
        )

    def known_as(self, whole: Sums) -> Sums:
        """The same with 0 where nothing was counted here but the dialers of the whole do know."""
        return self.with_zeros(whole.known())

    def known(self) -> tuple[str, ...]:
        """The fields that are not unknown."""
        return tuple(name for name, amount in zip(_NAMES, _AMOUNTS(self), strict=True) if amount is not None)

    def with_zeros(self, names: Sequence[str]) -> Sums:
        """The same with 0 in those of these fields that are unknown. A board asks it of a thousand groups."""
        unknown = [name for name in names if getattr(self, name) is None]
        if not unknown:
            return self
        amounts = list(_AMOUNTS(self))
        for name in unknown:
            amounts[_PLACES[name]] = 0
        return Sums(*amounts)


_NAMES = tuple(one.name for one in fields(Sums))
_AMOUNTS = attrgetter(*_NAMES)
_PLACES = {name: place for place, name in enumerate(_NAMES)}
_NOTHING: tuple[int | None, ...] = _AMOUNTS(Sums())


def sums_of(names: Sequence[str]) -> Callable[[Iterable[Any]], Sums]:
    """Makes sums of rows whose columns are these fields, in this order; a database may give its sums as decimals."""
    places = [_PLACES[name] for name in names]

    def of(row: Iterable[Any]) -> Sums:
        amounts = list(_NOTHING)
        for place, amount in zip(places, row, strict=True):
            amounts[place] = None if amount is None else int(amount)
        return Sums(*amounts)

    return of


def _both(one: int | None, other: int | None) -> int | None:
    if one is None:
        return other
    return one if other is None else one + other


def add_up(parts: Sequence[Sums]) -> Sums:
    """All together; what none knows is unknown. Field by field: a board adds up thousands."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Sums()
    return Sums(*reduce(lambda total, amounts: tuple(map(_both, total, amounts)), map(_AMOUNTS, parts)))


CRM_FIELDS = frozenset(
    {*("complaints", "closed", "first_contact"), *("orders", "order_value_c", "cycle_days", "cycle_orders")}
)
"""Fields of `Sums` that a CRM fills for the whole company: a group that it does not name has none of them, 0."""
LIST_FIELDS = frozenset({"listed_leads", "listed_dialled"})
"""Leads of the dialer's lists; known for the whole and for campaigns, because lists belong to campaigns alone."""
LEAD_FIELDS = LIST_FIELDS | {"leads_dialled", "leads_contacted", "contact_leads_of", "sale_leads_of"}
"""Fields of `Sums` that do not add up: a lead of two groups is one lead of both."""
