"""objection, stage: what sales people look for."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import BeforeValidator

from qa_engine.rubric.base import ConditionModel, Count, Flag, StageName, Strict, Within, as_list

ObjectionType: TypeAlias = Literal[
    "price", "no_need", "no_time", "distrust", "has_alternative", "must_consult", "defer", "bad_experience",
    "privacy", "do_not_call", "complaint",
]  # fmt: skip
Step: TypeAlias = Literal["acknowledge", "clarify", "respond", "confirm", "advance"]
OutcomeName: TypeAlias = Literal["resolved", "open", "lost"]


class ObjectionSpec(Strict):
    """Objections of the customer that fit all keys given; any objection where none is given."""

    type: (
        Annotated[
            tuple[ObjectionType, ...],
            BeforeValidator(as_list, json_schema_input_type=ObjectionType | list[ObjectionType]),
        ]
        | None
    ) = None
    any_of: tuple[ObjectionType, ...] | None = None
    """The same as a list in `type`."""
    handled: Flag | None = None
    """true: acknowledged and responded to; false: not so."""
    step: (
        Annotated[
            tuple[Step, ...],
            BeforeValidator(as_list, json_schema_input_type=Step | list[Step]),
        ]
        | None
    ) = None
    """All of these handling steps were taken."""
    outcome: (
        Annotated[
            tuple[OutcomeName, ...],
            BeforeValidator(as_list, json_schema_input_type=OutcomeName | list[OutcomeName]),
        ]
        | None
    ) = None
    """It ended in one of these ways."""
    within: Within | None = None
    count: Count | None = None


class Objection(ConditionModel):
    """The customer raises an objection."""

    tag: ClassVar[str] = "objection"
    objection: ObjectionSpec


class StageSpec(Strict):
    """One of these stages is reached."""

    any_of: Annotated[
        tuple[StageName, ...],
        BeforeValidator(as_list, json_schema_input_type=StageName | list[StageName]),
    ]
    within: Within | None = None
    count: Count | None = None
    """Counts turns."""


class Stage(ConditionModel):
    """The call reaches a stage."""

    tag: ClassVar[str] = "stage"
    stage: StageSpec
