"""Asterisk: cdr.csv (Master.csv, with or without column names), the SQL table `cdr`, and CEL for holds.

A call is a group of rows with one linkedid (else uniqueid); a row is unique by uniqueid and sequence, else by uniqueid,
both channels and start: one uniqueid may have several rows. Formats after cdr_csv.c, cdr_adaptive_odbc and cel_custom."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from qa_engine.dialer.cells import moment, seconds
from qa_engine.dialer.numbers import channel_extension, dialled, extension, leads_out
from qa_engine.dialer.reader import KEYLESS, Cells, Context, TableKind
from qa_engine.dialer.records import Hold, Leg, Reason, Rejected

# fmt: off
_FIXED = ("accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
          "end", "duration", "billsec", "disposition", "amaflags")
_NEWER = ("peeraccount", "linkedid", "sequence")
_CEL = ("eventtype", "eventtime", "cidname", "cidnum", "cidani", "cidrdnis", "ciddnid", "exten", "context", "channame", "appname",
        "appdata", "amaflags", "accountcode", "uniqueid", "linkedid", "bridgepeer", "userfield", "userdeftype", "eventextra")
# fmt: on
COLUMNS = (*_FIXED, "uniqueid", "userfield", *_NEWER)
# cdr.conf: loguniqueid, loguserfield and newcdrcolumns each add columns at the end
WIDTHS: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        16: _FIXED,
        17: (*_FIXED, "uniqueid"),
        18: (*_FIXED, "uniqueid", "userfield"),
        19: (*_FIXED, *_NEWER),
        20: (*_FIXED, "uniqueid", *_NEWER),
        21: COLUMNS,
    }
)
ANSWERED = "ANSWERED"
# Some database backends write the number of ast_cdr_disposition
DISPOSITIONS: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in ("ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION")},
        "0": "NO ANSWER",
        "1": "NO ANSWER",
        "2": "FAILED",
        "4": "BUSY",
        "8": ANSWERED,
        "16": "CONGESTION",
        "NOANSWER": "NO ANSWER",
        "NO_ANSWER": "NO ANSWER",
    }
)
HOLDS = MappingProxyType({"HOLD": True, "UNHOLD": False})


def _row_key(row: Cells, context: Context, content: str) -> tuple[str, str]:
    """(key, group)"""
    if not row["uniqueid"]:
        if KEYLESS not in row:
            raise Rejected(Reason.MISSING_KEY)
        return f"row:{content}", row["linkedid"] or f"row:{content}"
    group = row["linkedid"] or row["uniqueid"]
    if row["sequence"]:
        return f"{row['uniqueid'][:150]}#{row['sequence'][:40]}", group
    legs = context.fingerprint(row["channel"], row["dstchannel"], row["start"])
    return f"{row['uniqueid'][:150]}#{legs}", group


def _sequence(text: str) -> int:
    """The order of rows of one moment; what is no usable number sorts first."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _leg(row: Cells, context: Context) -> Leg:
    content = context.fingerprint(*(row[name] for name in COLUMNS))
    key, group = _row_key(row, context, content)
    started_at = moment(row["start"], context.zone)
    if started_at is None:
        raise Rejected(Reason.BAD_TIME)
    answered_at = None if row["answer"].startswith("0000") else moment(row["answer"], context.zone)
    moment("" if row["end"].startswith("0000") else row["end"], context.zone)
    disposition = DISPOSITIONS.get(row["disposition"].upper())
    if disposition is None:
        raise Rejected(Reason.BAD_DISPOSITION, row["disposition"])
    duration_s, bill_s = seconds(row["duration"]), seconds(row["billsec"])
    if duration_s is None or bill_s is None:
        raise Rejected(Reason.BAD_DURATION)
    number = dialled(row["dst"])
    agent_id = (
        channel_extension(row["channel"]) or channel_extension(row["dstchannel"]) or extension(row["src"])
    )
    account = row["accountcode"]
    return Leg(
        key,
        content,
        group[:150],
        None,
        _sequence(row["sequence"]),
        started_at,
        answered_at,
        duration_s,
        bill_s,
        agent_id,
        account[:200] if account and account != agent_id else None,
        context.pseudonym(number),
        disposition,
        leads_out(number, row["dcontext"], row["channel"], row["dstchannel"]),
        disposition == ANSWERED and bool(row["dstchannel"]),
    )


def _event(row: Cells, context: Context) -> Hold:
    """A CEL event. Only holds change a figure; the others are kept for transfers with neither beginning nor end."""
    group = row["linkedid"] or row["uniqueid"]
    if not group or not row["eventtype"]:
        raise Rejected(Reason.MISSING_KEY)
    at = moment(row["eventtime"], context.zone)
    if at is None:
        raise Rejected(Reason.BAD_TIME)
    content = context.fingerprint(*(row[name] for name in _CEL))
    kind = row["eventtype"].upper()
    return Hold(f"{kind[:100]}:{content}", content, group[:150], row["channame"][:200], at, HOLDS.get(kind))


CEL = TableKind(
    "cel",
    _CEL,
    _event,
    frozenset({"eventtype", "eventtime"}),
    MappingProxyType({"eventname": "eventtype"}),
    clocks=frozenset({"eventtime"}),
)
CDR = TableKind(
    "cdr",
    COLUMNS,
    _leg,
    frozenset({"disposition", "billsec"}),
    MappingProxyType({"calldate": "start", "starttime": "start", "account": "accountcode"}),
    keyless="uniqueid",
    widths=WIDTHS,
    clocks=frozenset({"calldate", "start"}),
)
TABLES = (CEL, CDR)
