"""What dialers write, in plain values: the same few records whatever the dialer is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from qa_engine.values import value


class Reason(StrEnum):
    """Why a row is not stored. Every row that is read is stored or counted under one of these."""

    DUPLICATE = "duplicate"
    DUPLICATE_CONFLICT = "duplicate_conflict"
    BAD_TIME = "bad_time"
    COLUMN_COUNT = "column_count"
    NEGATIVE_DURATION = "negative_duration"
    BAD_DURATION = "bad_duration"
    BAD_PHONE = "bad_phone"
    BAD_DISPOSITION = "bad_disposition"
    MISSING_KEY = "missing_key"
    MISSING_AGENT = "missing_agent"
    SECONDS_CAPPED = "seconds_capped"
    REPEATED_HEADER = "repeated_header"
    BAD_JSON = "bad_json"
    BAD_AMOUNT = "bad_amount"
    OUTDATED = "outdated"


class Notice(StrEnum):
    """What is odd about a row that is stored all the same."""

    MISSING_AGENT = "missing_agent"
    UNKNOWN_AGENT = "unknown_agent"
    UNKNOWN_STATUS = "unknown_status"
    MISSING_B_LEG = "missing_b_leg"
    DEAD_OVER_TALK = "dead_over_talk"
    UPDATED = "updated"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_CALL = "unknown_call"
    MISSING_AMOUNT = "missing_amount"
    MISSING_CLOSED_AT = "missing_closed_at"


class Rejected(Exception):
    """A row that cannot be used. `found` is the cell at fault where there is one; it may hold a telephone number and is
    shown by `qa_engine.dialer.refusal.shown` alone. The message never holds it."""

    def __init__(self, reason: Reason, found: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.found = found


@value
class Refusal:
    """A row that is not stored: why, in which column, what was found there and, where it is not the same for all rows of
    the reason, what was expected."""

    reason: StrEnum
    column: str = ""
    found: str = ""
    expected: str = ""


@value
class Dial:
    """One call as a whole. `key` is unique in its source; `started_at` is UTC; seconds are whole. `lead` is who was
    dialled: the list's id, else a keyed pseudonym of the number. None = the dialer cannot know.

    `connected` a human answered; `contact` the customer was reached; `right_party` it was the named person; `intent` who
    wants to go on; `abandoned` a human answered and no agent came. `number` is the pseudonym of the number where `lead` is
    the list's id, so that other systems that know the number only find the call."""

    key: str
    digest: str
    started_at: datetime
    duration_s: int | None = None
    agent_id: str | None = None
    agent_name: str | None = None
    team_id: str | None = None
    campaign: str | None = None
    lead: str | None = None
    status: str | None = None
    outbound: bool = True
    connected: bool | None = None
    contact: bool | None = None
    sale: bool | None = None
    right_party: bool | None = None
    intent: bool | None = None
    abandoned: bool | None = None
    number: str | None = None
    talk_s: int | None = None
    hold_s: int | None = None
    acw_s: int | None = None
    notices: tuple[Notice, ...] = ()


@value
class Leg:
    """One CDR row of a dialer that writes several a call. `group` joins the legs; `peer` is the other leg's key where
    the dialer names it; `second` marks the leg towards the called party."""

    key: str
    digest: str
    group: str
    peer: str | None
    sequence: int
    started_at: datetime
    answered_at: datetime | None
    duration_s: int
    bill_s: int
    agent_id: str | None
    campaign: str | None
    lead: str | None
    status: str
    outbound: bool
    connected: bool
    second: bool | None = None


@value
class Hold:
    """An event of a channel of a call: put on hold (`begins`), taken back, or (None) anything else."""

    key: str
    digest: str
    group: str
    channel: str
    at: datetime
    begins: bool | None


@value
class AgentTime:
    """What an agent did around one call, whole seconds. `talk_s` still contains `dead_s`, the time after the customer
    hung up; `dispo_s` is wrap-up."""

    key: str
    digest: str
    started_at: datetime
    agent_id: str
    team_id: str | None
    campaign: str | None
    dial_key: str | None
    pause_s: int
    wait_s: int
    talk_s: int
    dispo_s: int
    dead_s: int
    status: str | None = None
    notices: tuple[Notice, ...] = ()


@value
class RecordingRef:
    """A recording that the dialer knows of. `dial_key` names the call where the dialer wrote it."""

    key: str
    digest: str
    started_at: datetime
    duration_s: int | None
    dial_key: str | None
    lead: str | None
    agent_id: str | None
    filename: str | None


@value
class Status:
    """What a disposition means. `campaign` is empty for those of the whole system."""

    key: str
    digest: str
    campaign: str
    status: str
    name: str
    connected: bool
    contact: bool
    sale: bool


@value
class Person:
    """A user of the dialer: id, name, group. Nothing else of such a row is read."""

    key: str
    digest: str
    agent_id: str
    name: str
    team_id: str | None


@value
class Team:
    """A user group of the dialer."""

    key: str
    digest: str
    team_id: str
    name: str


@value
class Reference:
    """What the dialer dials from, by `kind`: a campaign, a list, or a lead of a list (`parent`). No lead's name, address
    or number is read."""

    key: str
    digest: str
    kind: str
    ref: str
    name: str
    parent: str | None


Record: TypeAlias = Dial | Leg | Hold | AgentTime | RecordingRef | Status | Person | Team | Reference
