"""What an experiment may say today: go on, stop for harm, one version is better, or no difference worth having."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from qa_engine.insight.experiments.power import contacts_needed, with_clusters
from qa_engine.insight.experiments.sequential import Arm, Difference, difference

TEAM_CORRELATION = 0.01
"""Assumed likeness of contacts of one team for the number needed; shares of telephone sales: not measured here."""


class Say(StrEnum):
    """What the figures allow to say."""

    TOO_FEW = "too_few"
    GO_ON = "go_on"
    HARM = "harm"
    SECOND_BETTER = "second_better"
    FIRST_BETTER = "first_better"
    NO_DIFFERENCE = "no_difference"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure compared: `up` where more is better. A guardrail may stop the experiment and never decides it."""

    id: str
    up: bool
    tau: float
    is_guardrail: bool = False


METRICS = {
    "conversion": Measure("conversion", up=True, tau=0.01),
    "early_hangup": Measure("early_hangup", up=False, tau=0.03),
    "qa_pass": Measure("qa_pass", up=True, tau=0.05),
    "complaints": Measure("complaints", up=False, tau=0.005, is_guardrail=True),
}
"""By id. τ is the difference that the centre would act on: 1 point of conversion, 3 of early hang-ups, 5 of passed calls, half a
point of complaints."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure in both arms; `difference` is None where there is not enough yet."""

    measure: Measure
    first: Arm
    second: Arm
    difference: Difference | None

    @property
    def favours(self) -> int:
        """1 where the second version is surely better, −1 where it is surely worse, 0 otherwise."""
        if self.difference is None or not self.difference.is_told:
            return 0
        return 1 if (self.difference.difference > 0) is self.measure.up else -1


def compare(arms: Mapping[str, tuple[Arm, Arm]]) -> tuple[Compared, ...]:
    """Each measure that was counted, in the order of `METRICS`."""
    return tuple(
        Compared(measure, *arms[name], difference(*arms[name], tau=measure.tau))
        for name, measure in METRICS.items()
        if name in arms
    )


def conclude(
    compared: Sequence[Compared], *, metric: str, base: float, least: float, team_size: float = 0.0
) -> Say:
    """`metric` decides; `base` is its usual share and `least` the difference that would be acted on. Harm goes before
    everything else; "no difference" needs an interval inside ±`least`."""
    if any(one.measure.is_guardrail and one.favours < 0 for one in compared):
        return Say.HARM
    main = next(one for one in compared if one.measure.id == metric)
    if main.difference is None:
        return Say.TOO_FEW
    if main.favours:
        return Say.SECOND_BETTER if main.favours > 0 else Say.FIRST_BETTER
    if -least < main.difference.low and main.difference.high < least:
        return Say.NO_DIFFERENCE
    enough = min(main.first.n, main.second.n) >= needed(base, least, team_size=team_size)
    return Say.GO_ON if enough else Say.TOO_FEW


def needed(base: float, least: float, *, team_size: float = 0.0) -> int:
    """Contacts in each arm; `team_size` where whole teams are assigned."""
    wanted = base + least if base + least < 1 else base - least
    contacts = contacts_needed(base, wanted)
    if not team_size:
        return contacts
    return with_clusters(contacts, size=team_size, correlation=TEAM_CORRELATION)
