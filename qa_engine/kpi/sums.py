"""What is added up over calls and agents' time, before any figure is made of it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


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
    right_party: int | None = None  # the named person was reached; needs a dialer that says so
    right_party_of: int | None = None
    intents: int | None = None  # customers who want to go on, by the CRM
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
    complaints: int | None = None  # by the CRM's tickets
    closed: int | None = None  # tickets closed, and those closed at the first contact
    first_contact: int | None = None
    orders: int | None = None
    order_value_c: int | None = None  # hundredths of the currency
    cycle_days: int | None = None  # days from first dial to order, added
    cycle_orders: int | None = None

    def __add__(self, other: Sums) -> Sums:
        """Both together; what only one knows is what is known."""
        return Sums(
            **{one.name: _plus(getattr(self, one.name), getattr(other, one.name)) for one in fields(self)}
        )

    def known_as(self, whole: Sums) -> Sums:
        """The same with 0 where nothing was counted here but the dialers of the whole do know."""
        zero = {
            one.name: 0
            for one in fields(self)
            if getattr(self, one.name) is None and getattr(whole, one.name) is not None
        }
        return replace(self, **zero)


def _plus(first: int | None, second: int | None) -> int | None:
    return second if first is None else first if second is None else first + second


LEAD_FIELDS = frozenset({"leads_dialled", "leads_contacted", "contact_leads_of", "sale_leads_of"})
"""Fields of `Sums` that do not add up: a lead of two groups is one lead of both."""
