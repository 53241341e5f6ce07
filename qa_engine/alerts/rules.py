"""What a rule of the alerts is: plain values, read from YAML by `qa_engine.alerts.load`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from qa_engine.kpi.bands import BandRule


class Scope(StrEnum):
    """What a rule is looked at for, one alert each. `call` only for rules about single calls."""

    TOTAL = "total"
    TEAM = "team"
    AGENT = "agent"
    CAMPAIGN = "campaign"
    CALL = "call"


class Channel(StrEnum):
    """Where messages go; addresses and secrets are settings."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


class CallSign(StrEnum):
    """What makes a single call alarming."""

    AUTO_FAIL = "auto_fail"
    OBJECTION = "objection"
    DISPOSITION = "disposition"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound that a value must not pass: `below` or `above`, exactly one of them set."""

    below: float | None = None
    above: float | None = None

    def is_passed(self, value: float) -> bool:
        """Whether the value lies on the wrong side or on the bound itself."""
        if self.below is not None:
            return value <= self.below
        return self.above is not None and value >= self.above

    def times(self, factor: float) -> Limit:
        """The same bound as a share of something."""
        return Limit(
            None if self.below is None else self.below * factor,
            None if self.above is None else self.above * factor,
        )


@dataclass(frozen=True, slots=True)
class KOfN:
    """At least `k` of the last `n` measured days pass `limit` x target. `target` None = the metric's own usual value:
    the median of the same weekdays of the last 8 weeks, or with `is_stored` what the stored target asks of that day."""

    k: int
    n: int
    limit: Limit
    target: float | None
    is_stored: bool = False


@dataclass(frozen=True, slots=True)
class InBand:
    """The shown colour of the band is `level` or worse."""

    band: BandRule
    level: str


@dataclass(frozen=True, slots=True)
class Now:
    """The figure of the last `hours` passes `limit`; looked at only between the local hours `start` and `end`."""

    hours: int
    limit: Limit
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OneCall:
    """A single call with one of `values`: ids of items, types of objections, dispositions, or kinds of
    tickets that name the call. Empty = any."""

    sign: CallSign
    values: tuple[str, ...]


Test: TypeAlias = KOfN | InBand | Now | OneCall


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `metric` is an id of the registry, "" for single calls; `owner` "" = the team's lead; `min_n` is the
    number of calls below which a figure is not judged; `channels` empty = all that are set up; `only` the groups that
    are looked at, empty = all."""

    id: str
    title: str
    test: Test
    scope: Scope
    metric: str = ""
    min_n: int = 30
    owner: str = ""
    channels: tuple[Channel, ...] = ()
    repeat_h: int = 24
    only: tuple[str, ...] = ()

    @property
    def is_daily(self) -> bool:
        """Whether it is judged once for each ended day."""
        return isinstance(self.test, KOfN | InBand)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of an installation; `holidays` are days of their own kind when a change is explained."""

    rules: tuple[Rule, ...]
    holidays: frozenset[date] = frozenset()

    def get(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)
