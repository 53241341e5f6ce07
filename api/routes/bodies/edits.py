"""What the correction of a transcript takes and gives."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from qa_engine.scoring.evaluation import Verdict

TurnText = Annotated[str, StringConstraints(min_length=1, max_length=5000)]


class CorrectBody(BaseModel):
    """A turn as the page showed it (names and numbers may stand as ▇) and as it should read, with the same blocks."""

    before: TurnText = Field(examples=["这里是安心报险"])
    after: TurnText = Field(examples=["这里是安心保险"])


class ItemChangeBody(BaseModel):
    """An item that comes out otherwise."""

    model_config = ConfigDict(from_attributes=True)
    item_id: str = Field(examples=["opening.identity"])
    title: str = Field(examples=["表明身份"])
    before: Verdict
    after: Verdict


class RescoredBody(BaseModel):
    """A form judged again."""

    model_config = ConfigDict(from_attributes=True)
    rubric: str = Field(examples=["telesales-standard"])
    score_before: float | None = Field(examples=[72.0])
    score_after: float | None = Field(examples=[80.0])
    items: list[ItemChangeBody]


class CorrectedBody(BaseModel):
    """What the correction changed."""

    forms: list[RescoredBody]
