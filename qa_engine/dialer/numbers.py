"""Who is on which end of a plain CDR: public numbers, extensions, and the direction that follows from them."""

from __future__ import annotations

import re

from qa_engine.dialer.cells import phone
from qa_engine.dialer.records import Reason, Rejected

_SERVICE = re.compile(r"(95\d{3,6}|96\d{3,6}|100\d{2}|12[1-9]\d{2}|400\d{7}|800\d{7})$")
_EXTENSION = re.compile(r"\d{2,6}$")
_INBOUND = re.compile(
    r"from[-_]?(trunk|pstn|did|external|digital|sip-external)|inbound|incoming|ext-did|^public$|呼入",
    re.IGNORECASE,
)
_SPECIAL = re.compile(r"([a-z]|s-[A-Z]+|fax|failed|hangup|[*#][\d*#]*)$")
_CHANNEL = re.compile(r"^[A-Za-z0-9]+/([^/@;]+?)(?:-[0-9a-fA-F]{4,})?(?:@.*)?(?:;\d)?$")


def is_public(number: str | None) -> bool:
    """Whether a normalised number leads out of the house: seven digits and more, or a public service."""
    return number is not None and (len(number) >= 7 or bool(_SERVICE.match(number)))


def extension(text: str) -> str | None:
    """The text where it is an extension: two to six digits."""
    return text if _EXTENSION.match(text) and not _SERVICE.match(text) else None


def channel_extension(channel: str) -> str | None:
    """The extension of a channel such as `SIP/1001-0000002a` or `PJSIP/1001-…`; None for a trunk."""
    found = _CHANNEL.match(channel)
    return extension(found[1]) if found else None


def dialled(text: str) -> str | None:
    """The normalised number behind a CDR's destination; None for the dialplan's own (`s`, `*97`).

    Raises `Rejected` bad_phone."""
    if not text:
        raise Rejected(Reason.BAD_PHONE)
    if _SPECIAL.match(text):
        return None
    return text if extension(text) else phone(text)


def leads_out(number: str | None, context: str, channel: str = "", other: str = "") -> bool:
    """Whether a leg is a dial to the outside: a public number is dialled, not from an inbound context, and not from
    a trunk to an extension."""
    if not is_public(number) or _INBOUND.search(context):
        return False
    arrives = bool(channel) and channel_extension(channel) is None and not channel.startswith("Local/")
    return not (arrives and channel_extension(other) is not None and not _is_originated(context))


def _is_originated(context: str) -> bool:
    return bool(re.search(r"out|dial|campaign|internal|外呼", context, re.IGNORECASE))
