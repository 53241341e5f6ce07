"""The topics that telesales forms have in common, by their wording (`data/import-topics.yaml`), and their conditions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from qa_engine.language.normalize import simplify
from qa_engine.rubric.importing.proposal import Proposal
from qa_engine.rubric.importing.standard import Standard
from qa_engine.rubric.importing.writers import WRITERS, shipped
from qa_engine.rubric.yaml_nodes import Plain, read_yaml

TOPICS = Path(__file__).parent.parent / "data" / "import-topics.yaml"
NARROWED = {"公司和姓名": ("公司", "姓名或工号")}


@dataclass(frozen=True, slots=True)
class Topic:
    """A row of the table. `takes` is an item of the standard form, or `writes` the name of a writer."""

    topic: str
    about: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    also: re.Pattern[str] | None = None
    joins: bool = False
    takes: str = ""
    writes: str = ""
    doubt: str = ""
    """What its owner should know about the condition."""

    @property
    def names(self) -> frozenset[str]:
        """Names under which a proposal may have come from here: a writer narrows 公司和姓名 to one of them."""
        return frozenset({self.topic, *NARROWED.get(self.topic, ())})

    def fits(self, text: str) -> bool:
        """Whether the wording is about this."""
        return self.about.search(text) is not None and not (self.unless and self.unless.search(text))

    def covers(self, clause: str) -> bool:
        """Whether the condition answers for this part of the wording."""
        clause = simplify(clause)
        return self.about.search(clause) is not None or bool(self.also and self.also.search(clause))

    def proposal(self, text: str, standard: Standard) -> Proposal | None:
        """The condition; None where the standard form has none."""
        made = WRITERS[self.writes](text, standard) if self.writes else None
        if self.takes:
            made = shipped(self.takes, self.topic, text, standard)
        return replace(made, doubts=(*made.doubts, self.doubt)) if made and self.doubt else made


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """The table, in its order."""
    rows = read_yaml(TOPICS.read_bytes(), TOPICS.name).data
    assert isinstance(rows, list)
    return tuple(_topic(row) for row in rows if isinstance(row, dict))


def _topic(row: dict[str, Plain]) -> Topic:
    return Topic(
        topic=str(row["topic"]),
        about=_any_of(row["about"]),
        unless=_any_of(row["unless"]) if "unless" in row else None,
        also=_any_of(row["also"]) if "also" in row else None,
        joins=row.get("joins") is True,
        takes=str(row.get("takes", "")),
        writes=str(row.get("writes", "")),
        doubt=str(row.get("doubt", "")),
    )


def _any_of(patterns: Plain) -> re.Pattern[str]:
    assert isinstance(patterns, list)
    return re.compile("|".join(str(pattern) for pattern in patterns), re.IGNORECASE)


def proposals(title: str, text: str, standard: Standard) -> Proposal | None:
    """What the wording asks for, as a condition; None where no row fits. `text` is title and standard together."""
    title, text = simplify(title), simplify(text)
    by_title = [topic for topic in topics() if topic.fits(title)]
    by_text = [topic for topic in topics() if topic.fits(text)]
    chosen = by_title or by_text[:1]
    if not chosen:
        return None
    first = chosen[0]
    if not first.joins:
        made = first.proposal(text, standard)
        sure = bool(by_title)
        return made if made is None or sure else replace(made, doubts=(*made.doubts, _only_in_text(made)))
    joined = [topic for topic in by_text if topic.joins]
    made = _together([m for m in (topic.proposal(text, standard) for topic in joined) if m is not None])
    return made if made is None or by_title else replace(made, doubts=(*made.doubts, _only_in_text(made)))


def _only_in_text(made: Proposal) -> str:
    return f"按评分标准里提到的“{'、'.join(made.topics)}”拟定,请核对是否就是这一项要查的"


def _together(parts: Sequence[Proposal]) -> Proposal | None:
    """Everything that the parts ask for. Only plain `pass_when` conditions join; others stand alone."""
    if not parts:
        return None
    plain = [part for part in parts if set(part.decides) == {"pass_when"}]
    if len(plain) < 2 or parts[0] not in plain:
        return parts[0]
    conditions: list[Plain] = []
    for part in plain:
        inner = part.decides["pass_when"]
        parts_of_all = inner.get("all") if isinstance(inner, dict) else None
        conditions += parts_of_all if isinstance(parts_of_all, list) else [inner]
    spoken = [line for part in plain for line in part.examples.get("pass", ())[:1]]
    examples = {
        "pass": (" / ".join(spoken),),
        "fail": tuple(line for part in plain for line in part.examples.get("fail", ())[:1]),
    }
    topics = tuple(topic for part in plain for topic in part.topics)
    return Proposal(topics, {"pass_when": {"all": conditions}}, examples)
