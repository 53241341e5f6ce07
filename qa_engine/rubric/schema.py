"""The form: one YAML file as typed values."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints

from qa_engine.rubric.base import PhraseText, Seconds, Strict, Text, as_list
from qa_engine.rubric.conditions import Condition
from qa_engine.rubric.items import Section

Glob: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Globs = Annotated[
    tuple[Glob, ...],
    BeforeValidator(as_list, json_schema_input_type=str | list[str]),
    Field(min_length=1, max_length=1_000),
]
RubricId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_\-]{0,99}$")]
PhraseListName = Annotated[str, StringConstraints(pattern=r"^[^\s$,,。{}\[\]]{1,50}$")]
ListedPhrases = Annotated[
    tuple[PhraseText, ...],
    BeforeValidator(as_list, json_schema_input_type=str | list[str]),
    Field(max_length=20_000),
]
PhraseLists: TypeAlias = dict[PhraseListName, ListedPhrases]
"""Phrase lists by name; a list may name others as `$名字`, and may be empty until somebody fills it."""


class AppliesTo(Strict):
    """Calls that the form is for. A fact that the call does not carry excludes nothing. `*` stands for anything."""

    direction: Globs | None = None
    campaign: Globs | None = None
    team_id: Globs | None = None
    agent_id: Globs | None = None
    disposition: Globs | None = None
    min_talk_s: Seconds | None = None
    """Speech of both sides together, in seconds."""


class RubricSpec(Strict):
    """A whole form."""

    rubric: RubricId
    """Stable id: history hangs on it."""
    version: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    """+1 whenever any score could change."""
    title: Text
    status: Literal["active", "trial", "retired"] = "active"
    """trial: computed and shown, weighs nothing. retired: scores no new calls."""
    applies_to: AppliesTo | None = None
    pass_mark: Annotated[float, Field(strict=True, ge=0, le=100)] = 80.0
    shown_score: Literal["decided", "middle", "low"] = "decided"
    """The one figure shown beside the interval where something is unknown. decided: of the items that are decided;
    middle: the middle of the interval; low: its lower end."""
    phrases: PhraseLists = Field(default_factory=dict)
    """Phrase lists of this form, used as `$名字`. They hide shared lists of the same name."""
    conditions: dict[PhraseListName, Condition] = Field(default_factory=dict)
    """Conditions that several items share, used as `use: 名字`."""
    sections: Annotated[tuple[Section, ...], Field(min_length=1, max_length=100)]
