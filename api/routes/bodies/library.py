"""Bodies of the example library."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.routes.parameters import Text
from models.library.edit import MOST_MARKED, Draft
from models.library.progress import MOST_STRETCHES
from models.library.rows import TITLE_CHARS, WHY_CHARS, ClipRow, Consent, Polarity
from qa_engine.library.masking import Stretch

Ms = Annotated[int, Field(ge=0, le=86_400_000)]
Title = Annotated[str, Field(min_length=1, max_length=TITLE_CHARS, examples=["先认同再回答的示范"])]
Prose = Annotated[str, Field(max_length=WHY_CHARS)]


class _FromRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class DraftBody(BaseModel):
    """A stretch of a call with what it teaches; times in ms of the recording."""

    start_ms: Ms = Field(examples=[12_000])
    end_ms: Ms = Field(examples=[31_500])
    title: Title
    polarity: Polarity = Field(examples=["good"])
    why: Prose = Field(default="", examples=["没有急着报价,先说“理解您的顾虑”。"])
    rubric: Text = Field(default="", examples=["telesales-standard"])
    item_id: Text = Field(default="", examples=["objection.acknowledged"])
    objection: Annotated[str, Field(max_length=50)] = Field(default="", examples=["price"])
    marked: Annotated[list[tuple[Ms, Ms]], Field(max_length=MOST_MARKED)] = Field(
        default_factory=list,
        description="另要遮蔽的几处 · Stretches to be hidden too",
        examples=[[[14_000, 14_800]]],
    )

    def draft(self) -> Draft:
        return Draft(
            self.start_ms, self.end_ms, self.title, self.polarity, self.why, self.rubric, self.item_id,
            self.objection.replace("\0", ""), tuple(self.marked),
        )  # fmt: skip


class NewClipBody(DraftBody):
    """A clip to keep."""

    call_id: Text = Field(examples=["k7w3pnq8xv2m"])


class EditClipBody(DraftBody):
    """A clip's new content; `version` is the one that was seen."""

    version: int = Field(ge=1, le=10**9, examples=[1])


class LineBody(BaseModel):
    """Words of one speaker, masked; ms from the start of the clip."""

    role: Literal["agent", "customer"] = Field(examples=["agent"])
    at_ms: int = Field(examples=[0])
    text: str = Field(examples=["我的号码是▇▇▇▇▇▇▇▇▇▇▇"])


class ClipBody(BaseModel):
    """A clip as the asker may have it. In a quiz that they have not answered, title, why, item, objection and polarity are
    empty. `call_id` is given to those who may open the call."""

    id: int = Field(examples=[7])
    title: str = Field(examples=["先认同再回答的示范"])
    why: str = Field(examples=["没有急着报价。"])
    polarity: str = Field(examples=["good"])
    item_id: str = Field(examples=["objection.acknowledged"])
    section: str = Field(examples=["objection"])
    objection: str = Field(examples=["price"])
    campaign: str = Field(examples=["ins-2026"])
    length_ms: int = Field(examples=[19_500])
    lines: list[LineBody]
    masked: int = Field(description="遮蔽了几处 · Hidden places", examples=[1])
    consent: Consent = Field(examples=["granted"])
    consent_by: str = Field(examples=["李晓梅"])
    is_shared: bool = Field(examples=[True])
    is_deleted: bool = Field(examples=[False])
    has_recording: bool = Field(description="原录音还在 · The recording is still there", examples=[True])
    call_id: str | None = Field(examples=["k7w3pnq8xv2m"])
    start_ms: int | None = Field(examples=[12_000])
    evaluation_id: int | None = Field(examples=[17])
    name: str = Field(examples=["周老师"])
    created_at: datetime = Field(examples=["2026-11-27T08:00:00Z"])
    version: int = Field(examples=[1])


class ClipsBody(BaseModel):
    """A page of clips; `facets` says by facet and value how many clips that choice would leave."""

    total: int = Field(examples=[42])
    page: int = Field(examples=[1])
    size: int = Field(examples=[24])
    clips: list[ClipBody]
    facets: dict[str, dict[str, int]] = Field(examples=[{"polarity": {"good": 30, "bad": 12}}])


class ConsentBody(BaseModel):
    """What the agent says, or that they were asked."""

    consent: Consent = Field(examples=["granted"])


class SharingBody(BaseModel):
    """Whether everybody may listen."""

    shared: bool = Field(examples=[True])


class PlayedBody(BaseModel):
    """What a player has really played of a clip, ms from its start, and where it stands."""

    played: Annotated[list[tuple[Ms, Ms]], Field(max_length=MOST_STRETCHES)] = Field(examples=[[[0, 8_000]]])
    stopped_ms: Ms = Field(default=0, examples=[8_000])

    def stretches(self) -> list[Stretch]:
        return [(start, end) for start, end in self.played]


class HeardBody(BaseModel):
    """How much of the clip this person has heard so far, 0..1."""

    share: float = Field(examples=[0.8])
    stopped_ms: int = Field(examples=[8_000])


class PlaylistFields(BaseModel):
    """What a playlist is called and how it is used."""

    title: Title
    about: Prose = Field(default="", examples=["新人第一周"])
    is_quiz: bool = Field(default=False, examples=[True])
    is_shared: bool = Field(default=False, examples=[True])


class PlaylistBody(_FromRow, PlaylistFields):
    """A playlist; `share` and `right` are the asker's own."""

    id: str = Field(examples=["k7w3pnq8xv2m"])
    name: str = Field(examples=["周老师"])
    n: int = Field(examples=[6])
    share: float = Field(examples=[0.35])
    answered: int = Field(examples=[3])
    right: int = Field(examples=[2])
    is_deleted: bool = Field(examples=[False])


class OpenPlaylistBody(PlaylistBody):
    """A playlist with its clips in order."""

    clips: list[ClipBody]


class OrderBody(BaseModel):
    """All clips of the playlist in their new order."""

    clip_ids: Annotated[list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(max_length=500)] = Field(
        examples=[[7, 3, 9]]
    )


class AnswerBody(BaseModel):
    """What the listener says about the item of a clip."""

    clip_id: int = Field(ge=1, le=2**63 - 1, examples=[7])
    answer: Literal["pass", "fail"] = Field(examples=["pass"])


class AnsweredBody(_FromRow):
    """An answer, the first that this person gave."""

    clip_id: int = Field(examples=[7])
    name: str = Field(examples=["李晓梅"])
    answer: str = Field(examples=["pass"])
    is_right: bool = Field(examples=[True])
    answered_at: datetime = Field(examples=["2026-11-27T08:00:00Z"])


class StandingBody(_FromRow):
    """How far a person is."""

    name: str = Field(examples=["李晓梅"])
    share: float = Field(examples=[0.8])
    heard: int = Field(examples=[4])
    answered: int = Field(examples=[4])
    right: int = Field(examples=[3])


class StandingsBody(BaseModel):
    """Everybody's progress and answers."""

    people: list[StandingBody]
    answers: list[AnsweredBody]


class CandidateBody(BaseModel):
    """A moment that may become a clip."""

    call_id: str = Field(examples=["k7w3pnq8xv2m"])
    subject: str = Field(
        description="质检项编号,或 objection:类型 · Item id, or objection: and a type",
        examples=["opening.identity"],
    )
    polarity: Polarity = Field(examples=["good"])
    sureness: float = Field(examples=[0.93])
    start_ms: int = Field(examples=[1_000])
    end_ms: int = Field(examples=[14_000])
    rubric: str = Field(examples=["telesales-standard"])
    lines: list[LineBody]
    reason: str = Field(examples=["说出了公司和姓名"])
    day: date = Field(examples=["2026-11-02"])
    campaign: str = Field(examples=["ins-2026"])


class CandidatesBody(BaseModel):
    """A page of subjects, each with its best and worst moments; `subjects` is how many there are."""

    subjects: int = Field(examples=[18])
    candidates: list[CandidateBody]


class DismissBody(BaseModel):
    """A candidate that is not wanted, now or ever; `take_back` ends that."""

    call_id: Text = Field(examples=["k7w3pnq8xv2m"])
    subject: Text = Field(examples=["opening.identity"])
    take_back: bool = Field(default=False, examples=[False])


def lines_of(clip: ClipRow) -> list[LineBody]:
    """The masked words of a clip."""
    return [LineBody.model_validate(line) for line in clip.lines]
