"""Reviewers beside the machine and beside each other, and the items whose verdicts people overturn."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from api.pages.languages import Words
from api.pages.views.needs import coefficient
from models.review_pairs import ReviewPair, ScoreShift, SecondLook
from qa_engine.quality.agreement import Agreement, Judgement, agreement
from qa_engine.quality.estimates import RunningMean, Share, share

_One = TypeVar("_One")
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One pair of judges. `stricter` and `milder` are verdicts that the second moved from met to not met and back; `shift` is
    by how much the score moved, with its interval, "" where unknown."""

    name: str
    other: str
    n: int
    calls: int
    same: str
    interval: str
    ac1: str
    kappa: str
    overturned: int
    stricter: int
    milder: int
    shift: str
    href: str
    overturned_href: str


@dataclass(frozen=True, slots=True)
class OverturnRow:
    """An item: how often people decided against the machine, both ways, and the reason they gave most."""

    item_id: str
    title: str
    n: int
    rate: Share
    stricter: int
    milder: int
    reason: str
    href: str


@dataclass(frozen=True, slots=True)
class ReviewersView:
    """`decided` of the `n` verdicts were given one by one; the others were left standing."""

    whole: AgreementRow | None
    people: tuple[AgreementRow, ...]
    pairs: tuple[AgreementRow, ...]
    items: tuple[OverturnRow, ...]
    decided: int


def reviewers_view(
    pairs: Sequence[ReviewPair],
    looks: Sequence[SecondLook],
    shifts: Sequence[ScoreShift],
    titles: Mapping[str, str],
    query: Mapping[str, str],
    *,
    words: Words,
) -> ReviewersView:
    """`query` are days, scope and form."""
    sure = [one for one in pairs if one.is_sure]

    def rows(**more: str) -> str:
        return f"/board/reviewers/rows?{urlencode({**query, **more})}"

    by_person = _grouped(sure, lambda one: one.reviewer)
    by_item = _grouped(sure, lambda one: one.item_id)
    by_two = _grouped(looks, lambda one: (one.first_by, one.second_by))
    machine = words("reviewers.machine")
    people = [
        _against_machine(
            name, machine, own, [one for one in shifts if one.reviewer == name], rows, reviewer=name
        )
        for name, own in by_person.items()
    ]
    items = [_item(item, titles, own, rows, words) for item, own in by_item.items()]
    return ReviewersView(
        _against_machine(words("reviewers.all"), machine, sure, shifts, rows) if sure else None,
        tuple(sorted(people, key=lambda row: -row.n)),
        tuple(_of_two(first, second, own, query) for (first, second), own in by_two.items()),
        tuple(sorted((one for one in items if one.rate.hits), key=lambda one: (-one.rate.hits, one.item_id))),
        sum(one.is_decided for one in sure),
    )


def _grouped(found: Iterable[_One], key: Callable[[_One], _Key]) -> dict[_Key, list[_One]]:
    groups: dict[_Key, list[_One]] = defaultdict(list)
    for one in found:
        groups[key(one)].append(one)
    return groups


def _against_machine(
    name: str,
    machine: str,
    own: Sequence[ReviewPair],
    shifts: Sequence[ScoreShift],
    rows: Callable[..., str],
    **who: str,
) -> AgreementRow:
    judged = agreement(Judgement(one.call_id, one.machine, one.human) for one in own)
    moved = RunningMean()
    for one in shifts:
        if one.change is not None:
            moved.add(one.change)
    found = moved.result()
    shift = ""
    if found.mean is not None:
        shift = f"{found.mean:+.1f}"
        if found.low is not None and found.high is not None:
            shift += f" ({found.low:+.1f} … {found.high:+.1f})"
    return _row(
        (name, machine),
        judged,
        [(one.machine, one.human) for one in own],
        shift,
        (rows(**who), rows(**who, overturned="1")),
    )


def _of_two(first: str, second: str, own: Sequence[SecondLook], query: Mapping[str, str]) -> AgreementRow:
    judged = agreement(Judgement(one.call_id, one.first, one.second) for one in own)
    asked = {**query, "first_by": first, "second_by": second}
    return _row(
        (first, second),
        judged,
        [(one.first, one.second) for one in own],
        "",
        (
            f"/board/reviewers/rows?{urlencode(asked)}",
            f"/board/reviewers/rows?{urlencode({**asked, 'overturned': '1'})}",
        ),
    )


def _row(
    names: tuple[str, str],
    judged: Agreement,
    verdicts: Sequence[tuple[str, str]],
    shift: str,
    hrefs: tuple[str, str],
) -> AgreementRow:
    same = judged.same
    return AgreementRow(
        *names,
        judged.n,
        judged.calls,
        "" if same.share is None else f"{same.share * 100:.1f}%",
        "" if same.low is None or same.high is None else f"{same.low * 100:.1f}–{same.high * 100:.1f}%",
        coefficient(judged.ac1.value, judged.ac1.low, judged.ac1.high),
        coefficient(judged.kappa.value, judged.kappa.low, judged.kappa.high),
        judged.n - same.hits,
        sum(pair == ("pass", "fail") for pair in verdicts),
        sum(pair == ("fail", "pass") for pair in verdicts),
        shift,
        *hrefs,
    )


def _item(
    item: str, titles: Mapping[str, str], own: Sequence[ReviewPair], rows: Callable[..., str], words: Words
) -> OverturnRow:
    over = [one for one in own if one.is_overturned]
    reasons = Counter(one.reason for one in over if one.reason)
    top = reasons.most_common(1)
    return OverturnRow(
        item,
        words.prose(titles.get(item, item)),
        len(own),
        share(len(over), len(own)),
        sum((one.machine, one.human) == ("pass", "fail") for one in over),
        sum((one.machine, one.human) == ("fail", "pass") for one in over),
        words.get(f"review.reason.{top[0][0]}", top[0][0]) if top else "",
        rows(item=item, overturned="1"),
    )


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """One item judged twice, with the call it is of."""

    call_id: str
    title: str
    first: str
    second: str
    by: str
    reason: str
    href: str


def judged_lines(
    pairs: Sequence[ReviewPair], titles: Mapping[str, str], rubric: str, *, words: Words
) -> list[JudgedLine]:
    """Machine and reviewer."""
    return [
        JudgedLine(
            one.call_id,
            words.prose(titles.get(one.item_id, one.item_id)),
            one.machine,
            one.human,
            one.reviewer,
            words.get(f"review.reason.{one.reason}", one.reason),
            _call(one.call_id, one.item_id, rubric),
        )
        for one in pairs
    ]


def second_lines(
    looks: Sequence[SecondLook], titles: Mapping[str, str], rubric: str, *, words: Words
) -> list[JudgedLine]:
    """First and second reviewer."""
    return [
        JudgedLine(
            one.call_id,
            words.prose(titles.get(one.item_id, one.item_id)),
            one.first,
            one.second,
            f"{one.first_by} / {one.second_by}",
            "",
            _call(one.call_id, one.item_id, rubric),
        )
        for one in looks
    ]


def _call(call_id: str, item_id: str, rubric: str) -> str:
    return f"/calls/{call_id}?{urlencode({'rubric': rubric})}#item-{item_id}"
