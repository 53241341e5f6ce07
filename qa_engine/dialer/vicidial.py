"""VICIdial: the tables of its MariaDB database `asterisk`, as exports or by SQL.

Columns after MySQL_AST_CREATE_tables.sql. Epoch columns are UTC, datetimes are the server's local time; SMALLINT seconds
stop at 65,535. Passwords (`pass`, `phone_pass`, `conf_secret`, …) are in none of the column lists and so are never read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from qa_engine.dialer.cells import moment, phone, seconds
from qa_engine.dialer.reader import Cells, Context, Parse, TableKind
from qa_engine.dialer.records import (
    AgentTime,
    Dial,
    Notice,
    Person,
    Reason,
    RecordingRef,
    Reference,
    Rejected,
    Status,
    Team,
)

CAPPED_S = 65_535
ZONES_APART_S = 900
SYSTEM_USERS = frozenset({"VDAD", "VDCL"})  # the dialer itself, while no agent has the call
DROPS = frozenset({"DROP", "XDROP"})  # answered, and no agent in time
CLOSER = "closer:"  # closecallid counts on its own and would collide with other ids


def _key(row: Cells, column: str) -> str:
    if not row[column]:
        raise Rejected(Reason.MISSING_KEY)
    return row[column][:190]


def _moment(row: Cells, local: str, epoch: str, context: Context) -> datetime:
    """The epoch where there is one: local time is ambiguous in the hour that autumn repeats."""
    written = moment(row[local], context.zone)
    text = row[epoch].removesuffix(".0")
    if text and not text.isdigit():
        raise Rejected(Reason.BAD_TIME, row[epoch])
    instant = moment(text, context.zone) if text.strip("0") else None
    found = instant or written
    if found is None:
        raise Rejected(Reason.BAD_TIME)
    return found


def _row_time(row: Cells, context: Context) -> datetime:
    """When a row of agents' time began: event_time, made certain by pause_epoch where both are the same moment in
    different zones, that is, whole quarters of an hour apart."""
    instant = _moment(row, "event_time", "pause_epoch", context)
    written = moment(row["event_time"], context.zone)
    apart_s = 0 if written is None else (instant - written).total_seconds()
    return instant if written is None or apart_s % ZONES_APART_S == 0 else written


def _seconds(text: str) -> int | None:
    found = seconds(text)
    if found == CAPPED_S:
        raise Rejected(Reason.SECONDS_CAPPED, text)
    return found


def _user(text: str) -> str | None:
    return None if not text or text.upper() in SYSTEM_USERS else text[:100]


def _content(row: Cells, context: Context, **normal: object) -> str:
    """The row's content in all columns read, with what has several spellings in its normal one; `processed` is left
    out, since VICIdial turns it after the call."""
    values = {**row, **normal}
    return context.fingerprint(*(values[name] for name in row if name != "processed"))


def _lead(row: Cells, number: str | None, context: Context) -> str | None:
    return row["lead_id"][:200] if row["lead_id"].strip("0") else context.pseudonym(number)


def _call(row: Cells, context: Context, key: str, *, outbound: bool) -> Dial:
    started_at = _moment(row, "call_date", "start_epoch", context)
    duration_s = _seconds(row["length_in_sec"])
    number = phone(row["phone_number"])
    agent_id = _user(row["user"])
    status = row["status"][:100] or None
    lead = _lead(row, number, context)
    pseudonym = context.pseudonym(number)
    return Dial(
        key,
        _content(row, context, call_date=started_at, length_in_sec=duration_s, phone_number=number),
        started_at,
        duration_s,
        agent_id=agent_id,
        team_id=row["user_group"][:100] or None,
        campaign=row["campaign_id"][:200] or None,
        lead=lead,
        number=None if lead == pseudonym else pseudonym,
        status=status,
        outbound=outbound,
        notices=()
        if row["user"]
        else (Notice.MISSING_AGENT,),  # a call that no agent ever had is nothing odd
    )


def _log(row: Cells, context: Context) -> Dial:
    return _call(row, context, _key(row, "uniqueid"), outbound=True)


def _closer(row: Cells, context: Context) -> Dial:
    return _call(row, context, CLOSER + _key(row, "closecallid"), outbound=False)


def _agent_time(row: Cells, context: Context) -> AgentTime:
    key = _key(row, "agent_log_id")
    started_at = _row_time(row, context)
    if _user(row["user"]) is None:
        raise Rejected(Reason.MISSING_AGENT)
    pause_s, wait_s, talk_s, dispo_s, dead_s = (
        _seconds(row[f"{name}_sec"]) or 0 for name in ("pause", "wait", "talk", "dispo", "dead")
    )
    return AgentTime(
        key,
        _content(row, context, event_time=started_at),
        started_at,
        row["user"][:100],
        row["user_group"][:100] or None,
        row["campaign_id"][:200] or None,
        row["uniqueid"][:200] or None,
        pause_s,
        wait_s,
        talk_s,
        dispo_s,
        dead_s,
        row["status"] or None,
        (Notice.DEAD_OVER_TALK,) if dead_s > talk_s else (),
    )


def _recording(row: Cells, context: Context) -> RecordingRef:
    key = _key(row, "recording_id")
    started_at = _moment(row, "start_time", "start_epoch", context)
    duration_s = _seconds(row["length_in_sec"])
    return RecordingRef(
        key,
        _content(row, context, start_time=started_at, length_in_sec=duration_s),
        started_at,
        duration_s,
        row["vicidial_id"][:200] or None,
        row["lead_id"][:200] if row["lead_id"].strip("0") else None,
        _user(row["user"]),
        (row["filename"] or row["location"].rsplit("/", 1)[-1])[:300] or None,
    )


def _flag(text: str) -> bool:
    return text.upper() in {"Y", "1", "YES"}


def _status(row: Cells, context: Context) -> Status:
    status, campaign = _key(row, "status")[:100], row["campaign_id"][:200]
    sale, answered = _flag(row["sale"]), _flag(row["human_answered"])
    contact = _flag(row["customer_contact"]) or sale
    return Status(
        f"{campaign}:{status}",
        context.fingerprint(row["status_name"], sale, answered, contact),
        campaign,
        status,
        row["status_name"][:200],
        answered,
        contact,
        sale,
    )


def _person(row: Cells, context: Context) -> Person:
    user = _key(row, "user")[:100]
    return Person(
        user,
        context.fingerprint(row["full_name"], row["user_group"]),
        user,
        row["full_name"][:200],
        row["user_group"][:100] or None,
    )


def _team(row: Cells, context: Context) -> Team:
    group = _key(row, "user_group")
    return Team(group, context.fingerprint(row["group_name"]), group[:100], row["group_name"][:200])


def _reference(kind: str, ref: str, name: str, parent: str) -> Parse:
    """How to read a row of a table of campaigns, lists or leads; the columns are named."""

    def parse(row: Cells, context: Context) -> Reference:
        key = _key(row, ref)
        return Reference(
            f"{kind}:{key[:150]}",
            context.fingerprint(row.get(name), row.get(parent)),
            kind,
            key[:150],
            row.get(name, "")[:200],
            row.get(parent, "")[:150] or None,
        )

    return parse


# fmt: off
_LOG = ("uniqueid", "lead_id", "list_id", "campaign_id", "call_date", "start_epoch", "end_epoch", "length_in_sec", "status",
        "phone_code", "phone_number", "user", "comments", "processed", "user_group", "term_reason", "alt_dial", "called_count")
_CLOSER = ("closecallid", "lead_id", "list_id", "campaign_id", "call_date", "start_epoch", "end_epoch", "length_in_sec",
           "status", "phone_code", "phone_number", "user", "comments", "processed", "queue_seconds", "user_group",
           "xfercallid", "term_reason", "uniqueid", "agent_only", "queue_position", "called_count")
_AGENT = ("agent_log_id", "user", "server_ip", "event_time", "lead_id", "campaign_id", "pause_epoch", "pause_sec",
          "wait_epoch", "wait_sec", "talk_epoch", "talk_sec", "dispo_epoch", "dispo_sec", "status", "user_group", "comments",
          "sub_status", "dead_epoch", "dead_sec", "processed", "uniqueid", "pause_type")
_RECORDING = ("recording_id", "channel", "server_ip", "extension", "start_time", "start_epoch", "end_time", "end_epoch",
              "length_in_sec", "length_in_min", "filename", "location", "lead_id", "user", "vicidial_id")
_STATUS = ("status", "status_name", "human_answered", "sale", "customer_contact", "campaign_id")
# The tables' own order, for exports without column names; later versions have added columns at the end.
_FLAGS = ("human_answered", "category", "sale", "dnc", "customer_contact")
_STATUS_LAYOUT = ("status", "status_name", "selectable", *_FLAGS)
_CAMPAIGN_STATUS_LAYOUT = ("status", "status_name", "selectable", "campaign_id", *_FLAGS)
_USER_LAYOUT = ("user_id", "user", "", "full_name", "user_level", "user_group")
_LEAD_LAYOUT = ("lead_id", "entry_date", "modify_date", "status", "user", "vendor_lead_code", "source_id", "list_id",
                "gmt_offset_now", "called_since_last_reset", "phone_code", "phone_number")
# fmt: on
# In the order in which they are read: what names and meanings come from before the calls that use them. Other logs of a
# VICIdial carry uniqueid and call_date too (carrier, DID, dial and extended logs): the marks tell calls from them.
TABLES = (
    TableKind(
        "vicidial_statuses",
        _STATUS,
        _status,
        frozenset({"status", "human_answered"}),
        layout=_STATUS_LAYOUT,
        least=len(_STATUS_LAYOUT),
    ),
    TableKind(
        "vicidial_campaign_statuses",
        _STATUS,
        _status,
        frozenset({"status", "human_answered", "campaign_id"}),
        layout=_CAMPAIGN_STATUS_LAYOUT,
        least=len(_CAMPAIGN_STATUS_LAYOUT),
    ),
    TableKind(
        "vicidial_user_groups",
        ("user_group", "group_name"),
        _team,
        frozenset({"group_name"}),
        layout=("user_group", "group_name"),
        least=2,
    ),
    TableKind(
        "vicidial_users",
        ("user", "full_name", "user_group"),
        _person,
        frozenset({"user", "full_name"}),
        layout=_USER_LAYOUT,
        least=len(_USER_LAYOUT),
    ),
    TableKind(
        "vicidial_campaigns",
        ("campaign_id", "campaign_name"),
        _reference("campaign", "campaign_id", "campaign_name", ""),
        frozenset({"campaign_id", "campaign_name"}),
        layout=("campaign_id", "campaign_name"),
        least=2,
    ),
    TableKind(
        "vicidial_lists",
        ("list_id", "list_name", "campaign_id"),
        _reference("list", "list_id", "list_name", "campaign_id"),
        frozenset({"list_id", "list_name"}),
        layout=("list_id", "list_name", "campaign_id"),
        least=3,
    ),
    TableKind(
        "vicidial_list",
        ("lead_id", "list_id"),
        _reference("lead", "lead_id", "", "list_id"),
        frozenset({"lead_id", "list_id", "called_since_last_reset"}),
        clocks=frozenset({"modify_date"}),
        layout=_LEAD_LAYOUT,
        least=len(_LEAD_LAYOUT),
    ),
    TableKind(
        "vicidial_log",
        _LOG,
        _log,
        frozenset({"uniqueid", "call_date", "status"}),
        clocks=frozenset({"call_date"}),
        layout=_LOG,
        least=13,
    ),
    TableKind(
        "vicidial_closer_log",
        _CLOSER,
        _closer,
        frozenset({"closecallid", "call_date", "status", "lead_id"}),
        clocks=frozenset({"call_date"}),
        layout=_CLOSER,
        least=14,
    ),
    TableKind(
        "vicidial_agent_log",
        _AGENT,
        _agent_time,
        frozenset({"agent_log_id"}),
        clocks=frozenset({"event_time"}),
        layout=_AGENT,
        least=15,
    ),
    TableKind(
        "recording_log", _RECORDING, _recording, frozenset({"recording_id"}), clocks=frozenset({"start_time"})
    ),
)

# What VICIdial's own statuses mean, for exports without vicidial_statuses: answered by a human, customer contact, sale.
_ANSWERED = ("DROP", "XDROP", "TIMEOT", "AFTHRS", "NANQUE")
_CONTACT = ("CALLBK", "CBHOLD", "DEC", "DNC", "NI", "NP", "XFER")
# fmt: off
_UNANSWERED = ("NEW", "QUEUE", "INCALL", "DISPO", "NA", "N", "A", "AA", "AM", "AL", "AFAX", "B", "AB", "DC", "ADC", "ADCT", "DNCL",
               "DNCC", "PU", "PM", "ERI", "PDROP", "LRERR", "MAXCAL", "WAITTO", "SVYEXT", "SVYVM", "SVYHU", "SVYREC", "SVYCLM",
               "QVMAIL", "RQXFER", "IVRXFR", "MLINAT")
# fmt: on


def _shipped(status: str, *, answered: bool, contact: bool, sale: bool) -> Status:
    return Status(f":{status}", "", "", status, "", answered, contact, sale)


SHIPPED_STATUSES: Mapping[str, Status] = MappingProxyType(
    {
        **{name: _shipped(name, answered=False, contact=False, sale=False) for name in _UNANSWERED},
        **{name: _shipped(name, answered=True, contact=False, sale=False) for name in _ANSWERED},
        **{name: _shipped(name, answered=True, contact=True, sale=False) for name in _CONTACT},
        "SALE": _shipped("SALE", answered=True, contact=True, sale=True),
    }
)


class StatusBook:
    """What each status means: the campaign's own, else the system's, else (where no system statuses were exported)
    VICIdial's shipped ones."""

    def __init__(self, statuses: Mapping[tuple[str, str], Status]) -> None:
        # MariaDB compares without regard to case, and so do VICIdial's own reports
        self._statuses = {(campaign, status.upper()): one for (campaign, status), one in statuses.items()}
        self._shipped = not any(campaign == "" for campaign, _ in statuses)

    def find(self, campaign: str | None, status: str | None) -> Status | None:
        if status is None:
            return None
        status = status.upper()
        found = self._statuses.get((campaign or "", status)) or self._statuses.get(("", status))
        return found or (SHIPPED_STATUSES.get(status) if self._shipped else None)

    def flags(self, campaign: str | None, status: str | None) -> tuple[bool, bool, bool, bool]:
        """(connected, contact, sale, abandoned); an unknown status is none of them."""
        found = self.find(campaign, status)
        dropped = status is not None and status.upper() in DROPS
        if found is None:
            return False, False, False, dropped
        return found.connected, found.contact, found.sale, dropped

    def judged(self, dial: Dial) -> Dial:
        """The call with its status understood; a notice where it is unknown."""
        connected, contact, sale, abandoned = self.flags(dial.campaign, dial.status)
        notices = dial.notices
        if self.find(dial.campaign, dial.status) is None:
            notices = (*notices, Notice.UNKNOWN_STATUS)
        return replace(
            dial, connected=connected, contact=contact, sale=sale, abandoned=abandoned, notices=notices
        )
