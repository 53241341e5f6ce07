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
