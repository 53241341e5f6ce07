"""Legs become calls: the rules by which one call is told from its several CDR rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from qa_engine.dialer.records import Dial, Hold, Leg, Notice


def _ordered(legs: Iterable[Leg]) -> list[Leg]:
    return sorted(legs, key=lambda leg: (leg.started_at, leg.sequence, leg.key))


def covered_s(spans: Iterable[tuple[datetime, datetime]]) -> int:
    """Seconds in at least one span: legs that run beside each other are not talked twice."""
    total, reached = timedelta(), None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            total += end - begin
        reached = end if reached is None else max(reached, end)
    return int(total.total_seconds())


def _talk_s(legs: Sequence[Leg]) -> int:
    if len(legs) == 1:
        return legs[0].bill_s
    spans = []
    for leg in legs:
        start = leg.answered_at or leg.started_at + timedelta(seconds=leg.duration_s - leg.bill_s)
        spans.append((start, start + timedelta(seconds=leg.bill_s)))
    return covered_s(spans)


def _duration_s(legs: Sequence[Leg]) -> int:
    last = max(leg.started_at + timedelta(seconds=leg.duration_s) for leg in legs)
    return int((last - legs[0].started_at).total_seconds())


def hold_s(holds: Iterable[Hold], end: datetime) -> int:
    """Seconds on hold; what is never taken back lasts to the end of the call."""
    since: dict[str, datetime] = {}
    spans: list[tuple[datetime, datetime]] = []
    for event in sorted(holds, key=lambda event: event.at):
        if event.begins:
            since.setdefault(event.channel, event.at)
        elif event.begins is False and event.channel in since:
            spans.append((since.pop(event.channel), event.at))
    spans += [(start, end) for start in since.values()]
    return covered_s(spans)


def asterisk_call(legs: Sequence[Leg], holds: Sequence[Hold] | None = None) -> Dial:
    """One call of all rows with the same linkedid (else uniqueid). It is a dial where its first row dials out, and
    connected where any row is ANSWERED with a dstchannel. `holds` is None where no CEL was read."""
    legs = _ordered(legs)
    first = legs[0]
    connected = [leg for leg in legs if leg.connected]
    end = max(leg.started_at + timedelta(seconds=leg.duration_s) for leg in legs)
    agent_id = next((leg.agent_id for leg in (*connected, *legs) if leg.agent_id), None)
    return Dial(
        first.group,
        "",
        first.started_at,
        _duration_s(legs),
        agent_id=agent_id,
        campaign=next((leg.campaign for leg in legs if leg.campaign), None),
        lead=next((leg.lead for leg in legs if leg.outbound and leg.lead), first.lead),
        status=connected[0].status if connected else legs[-1].status,
        outbound=first.outbound,
        connected=bool(connected),
        talk_s=_talk_s(connected) if connected else 0,
        hold_s=None if holds is None else hold_s(holds, end),
        notices=() if agent_id else (Notice.MISSING_AGENT,),
    )


def _named_later(leg: Leg, named: Leg) -> str:
    """The key of the b-leg of two of which one names the other: the later to start; of two that start in one second the
    one that is named, but for one that names a third leg as its other."""
    if leg.started_at != named.started_at:
        return max(leg, named, key=lambda one: one.started_at).key
    return named.key if named.peer in (None, leg.key) else leg.key


def _first_side(legs: Sequence[Leg]) -> tuple[list[Leg], list[Leg]]:
    """(a-legs, b-legs): as the dialer says, else by who names whom."""
    by_key = {leg.key: leg for leg in legs}
    later = {
        _named_later(leg, by_key[leg.peer]) for leg in legs if leg.peer in by_key and leg.peer != leg.key
    }
    second = [leg for leg in legs if (leg.key in later if leg.second is None else leg.second)]
    if len(second) == len(legs) and len(legs) > 1:  # each names the other: the first to start called
        second = [leg for leg in second if leg is not legs[0]]
    return [leg for leg in legs if leg not in second], second


def freeswitch_call(legs: Sequence[Leg], *, one_sided: bool = False) -> Dial:
    """One call of an a-leg and its b-legs. Connection and talk come from the b-leg: an a-leg is billed for early media
    too. An a-leg that names a b-leg which was never exported leaves both unknown, as does any a-leg of a source that
    exports and names no b-legs at all (`one_sided`); else one that names none reached nobody."""
    legs = _ordered(legs)
    first_side, second = _first_side(legs)
    first = (first_side or second)[0]
    answered = [leg for leg in second if leg.connected]
    lost = not second and (one_sided or any(leg.peer for leg in legs))
    agent_id = next((leg.agent_id for leg in (*first_side, *answered, *second) if leg.agent_id), None)
    notices = () if agent_id else (Notice.MISSING_AGENT,)
    return Dial(
        first.key,
        "",
        first.started_at,
        _duration_s(legs),
        agent_id=agent_id,
        campaign=next((leg.campaign for leg in legs if leg.campaign), None),
        lead=first.lead,
        status=(answered or second or [first])[0].status,
        outbound=first.outbound,
        connected=None if lost else bool(answered),
        talk_s=None if lost else (_talk_s(answered) if answered else 0),
        notices=(*notices, Notice.MISSING_B_LEG) if lost else notices,
    )


def joined(legs: Iterable[Leg]) -> list[list[Leg]]:
    """Legs that name each other, directly or over others, as calls."""
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    known = list(legs)
    for leg in known:
        parent[root(leg.key)] = root(leg.peer or leg.key)
    calls: dict[str, list[Leg]] = {}
    for leg in known:
        calls.setdefault(root(leg.key), []).append(leg)
    return list(calls.values())
