"""FreeSWITCH: mod_cdr_csv with the template `example` (with or without column names) and mod_json_cdr.

One CDR a leg, written at hang-up; `legs` is `a` by default, so the b-leg may be missing from an export."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from urllib.parse import unquote

from qa_engine.dialer.cells import clean, moment, seconds
from qa_engine.dialer.numbers import channel_extension, dialled, extension, leads_out
from qa_engine.dialer.reader import Cells, Context, Outcome, TableKind
from qa_engine.dialer.records import Leg, Reason, Refusal, Rejected
from qa_engine.dialer.refusal import shown

# fmt: off
COLUMNS = ("caller_id_name", "caller_id_number", "destination_number", "context", "start_stamp", "answer_stamp", "end_stamp",
           "duration", "billsec", "hangup_cause", "uuid", "bleg_uuid", "accountcode", "read_codec", "write_codec")
_MORE = ("start_epoch", "answer_epoch", "end_epoch", "direction", "channel_name")
_JSON = (*COLUMNS, *_MORE)
_ASTERISK = ("accountcode", "caller_id_number", "destination_number", "context", "caller_id", "channel_name", "bridge_channel",
             "last_app", "last_arg", "start_stamp", "answer_stamp", "end_stamp", "duration", "billsec", "hangup_cause",
             "amaflags", "uuid", "userfield")
# fmt: on
# The templates of the shipped cdr_csv.conf.xml by their number of columns: mod_cdr_csv's own default and `sql`, `example`,
# `linksys`, `asterisk`, `snom`.
WIDTHS: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        13: COLUMNS[:13],
        15: COLUMNS,
        17: (*COLUMNS, "sip_user_agent", "sip_p_rtp_stat"),
        18: _ASTERISK,
        20: (
            *COLUMNS,
            "sip_user_agent",
            "call_clientcode",
            "sip_rtp_rxstat",
            "sip_rtp_txstat",
            "sofia_record_file",
        ),
    }
)
# Where the other leg is named, best first: `bleg_uuid` by cdr_csv, the others by the switch itself.
PEERS = ("bleg_uuid", "bridge_uuid", "signal_bond", "other_uuid", "originating_leg_uuid", "originator")
_CAUSE = re.compile(r"[A-Z][A-Z0-9_]*$")


def _moment(row: Cells, name: str, context: Context) -> datetime | None:
    epoch = row.get(f"{name}_epoch", "")
    if epoch and not epoch.isdigit():
        raise Rejected(Reason.BAD_TIME, epoch)
    if epoch.strip("0"):
        return moment(epoch, context.zone)
    text = row[f"{name}_stamp"]
    return None if text.startswith(("0000", "1970")) else moment(text, context.zone)


def _leg(row: Cells, context: Context) -> Leg:
    if not row["uuid"]:
        raise Rejected(Reason.MISSING_KEY)
    started_at = _moment(row, "start", context)
    if started_at is None:
        raise Rejected(Reason.BAD_TIME)
    answered_at = _moment(row, "answer", context)
    _moment(row, "end", context)
    duration_s, bill_s = seconds(row["duration"]), seconds(row["billsec"])
    if duration_s is None or bill_s is None:
        raise Rejected(Reason.BAD_DURATION)
    if not _CAUSE.match(row["hangup_cause"]):
        raise Rejected(Reason.BAD_DISPOSITION, row["hangup_cause"])
    number = dialled(row["destination_number"])
    account, caller = row["accountcode"], row["caller_id_number"]
    agent_id = extension(caller) or channel_extension(row.get("channel_name", "")) or extension(account)
    direction = row.get("direction", "")
    return Leg(
        row["uuid"][:150],
        context.fingerprint(
            *(started_at, answered_at, duration_s, bill_s, number),
            *(
                row[name]
                for name in ("caller_id_number", "context", "hangup_cause", "bleg_uuid", "accountcode")
            ),
        ),
        (row["bleg_uuid"] or row["uuid"])[:150],
        row["bleg_uuid"][:150] or None,
        0,
        started_at,
        answered_at,
        duration_s,
        bill_s,
        agent_id,
        account[:200] if account and account != agent_id and not extension(account) else None,
        context.pseudonym(number),
        row["hangup_cause"][:100],
        leads_out(number, row["context"]),
        answered_at is not None or bill_s > 0,
        None if not direction else direction == "outbound",
    )


def _csv_leg(row: Cells, context: Context) -> Leg:
    """A row of cdr_csv: a template of one's own may name the other leg by any of the switch's variables."""
    return _leg({**row, "bleg_uuid": next((row[name] for name in PEERS if row[name]), "")}, context)


CSV = TableKind(
    "cdr_csv",
    (*COLUMNS, *_MORE, *PEERS[1:]),
    _csv_leg,
    frozenset({"uuid", "hangup_cause"}),
    MappingProxyType({}),
    key="uuid",
    widths=WIDTHS,
)
TABLES = (CSV,)


def _text(value: object) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    return clean(unquote(str(value)).encode("utf-8", "replace").decode())  # JSON may hold half a character


def json_row(text: str) -> dict[str, str]:
    """The columns of one json_cdr document; the caller's profile fills what variables leave out.

    Raises `Rejected` bad_json."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Rejected(Reason.BAD_JSON) from error
    variables = document.get("variables") if isinstance(document, dict) else None
    if not isinstance(variables, dict):
        raise Rejected(Reason.BAD_JSON)
    profile = _profile(document)
    row = {name: _text(variables.get(name)) or _text(profile.get(name)) for name in _JSON}
    row["uuid"] = row["uuid"] or _text(variables.get("call_uuid"))
    row["bleg_uuid"] = next((found for name in PEERS if (found := _text(variables.get(name)))), "")
    row["context"] = row["context"] or _text(variables.get("user_context"))
    return row


def _profile(document: Mapping[str, object]) -> Mapping[str, object]:
    flow = document.get("callflow")
    first = flow[0] if isinstance(flow, list) and flow else flow
    profile = first.get("caller_profile") if isinstance(first, dict) else None
    return profile if isinstance(profile, dict) else {}


def json_records(documents: Iterable[str], context: Context) -> Iterator[Outcome]:
    """A leg or a refusal for each document."""
    for text in documents:
        try:
            yield _leg(json_row(text), context)
        except Rejected as rejected:
            yield Refusal(rejected.reason, found=shown(rejected.found))


def json_documents(text: str) -> list[str]:
    """The documents of a file: one object, a list of objects, or one object a line."""
    stripped = text.strip().removeprefix("\ufeff")
    if not stripped:
        return []
    try:
        whole = json.loads(stripped)
    except (ValueError, RecursionError):
        lines = [line for line in stripped.splitlines() if line.strip()]
        return (
            lines
            if any(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines)
            else [stripped]
        )
    return [json.dumps(one) for one in whole] if isinstance(whole, list) else [stripped]
