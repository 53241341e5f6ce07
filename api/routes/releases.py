"""Releases of forms, and help while one is written."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.routes.drafts import MAX_CHARS, ReleaseBody, release_body
from api.routes.parameters import Text
from models.access.roles import acting
from models.database import session as writing
from models.studio.completion import help_at
from models.studio.publish import Wish, release_again
from models.studio.release import releases_of

router = APIRouter(prefix="/rubrics", tags=["rubrics"])
RubricId = Annotated[Text, Path(description="质检表编号 · Rubric id", examples=["telesales-standard"])]
CREATED = 201


class Restoring(BaseModel):
    """Why an older release comes back. `in_force` is what was seen judging: a release's id or `file`."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(max_length=1_000)] = Field(examples=["第 4 版误判太多,先退回"])
    in_force: Annotated[str, StringConstraints(max_length=20)] = Field(examples=["7"])
    by: Annotated[str, StringConstraints(max_length=60)] = Field("", examples=["王经理"])


class Spot(BaseModel):
    """A place in a form that is being written; both from 1."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(max_length=MAX_CHARS)] = Field(
        examples=["rubric: mine\nversion: 1\n…"]
    )
    line: int = Field(ge=1, le=1_000_000, examples=[14])
    column: int = Field(ge=1, le=1_000_000, examples=[9])


class OptionBody(BaseModel):
    """Something that may stand there; `insert` is what is written, `kind` key, value, phrases, item or condition."""

    model_config = ConfigDict(from_attributes=True)

    label: str = Field(examples=["pass_when"])
    insert: str = Field(examples=["pass_when: "])
    kind: str = Field(examples=["key"])
    detail: str = Field(examples=["The item passes where this is true."])


class HelpBody(BaseModel):
    """What may stand at a place: `start` is the column at which the word begun there begins; `about` explains the word
    that stands there."""

    model_config = ConfigDict(from_attributes=True)

    start: int = Field(examples=[9])
    path: str = Field(examples=["sections.items.pass_when"])
    about: str = Field(examples=["Phrases are said."])
    options: list[OptionBody]


@router.get("/{rubric_id}/releases", summary="一张质检表的发布 · Releases of a rubric")
def releases(opened: ReadDep, rubric_id: RubricId) -> list[ReleaseBody]:
    """The one that starts last first; empty where the file judges."""
    return [release_body(row) for row in releases_of(opened, rubric_id)]


@router.post(
    "/{rubric_id}/releases/{release}/restore",
    summary="恢复旧版 · Put an older release in force again",
    status_code=CREATED,
    responses=responses(404, 409),
)
def restore(
    services: ServicesDep,
    rubric_id: RubricId,
    release: Annotated[Text, Path(description="发布编号,或 file · Release id, or file", examples=["5"])],
    wanted: Restoring,
) -> ReleaseBody:
    """The same form under the same version, as a release of its own."""
    wish = Wish(note=wanted.note, by=acting(wanted.by) or "API", in_force=wanted.in_force, revision=0)
    with writing(services.engine) as opened:
        row = release_again(opened, services.settings, rubric_id, release, wish)
    return release_body(row)


@router.post("/complete", summary="编写时的补全 · Completion while one writes")
def complete(services: ServicesDep, spot: Spot) -> HelpBody:
    """Keys, values, phrase lists, item ids and named conditions that may stand at a place."""
    return HelpBody.model_validate(help_at(services.settings, spot.text, spot.line, spot.column))
