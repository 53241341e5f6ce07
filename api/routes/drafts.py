"""Drafts of forms: written, saved under an optimistic lock, compared on stored calls, released."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.routes.parameters import Text
from models.access.roles import Right, acting, current_access
from models.database import session as writing
from models.settings import Settings
from models.stored_calls import Wanted
from models.studio.backtest import ask_backtest, get_backtest, stop_backtest
from models.studio.draft import DraftRow, Origin, drafts, get_draft, save_draft, start_draft
from models.studio.forms import forms_in
from models.studio.moment import start_of
from models.studio.publish import Wish, release_draft
from models.studio.release import ReleaseRow
from qa_engine.rubric.scaffold import new_form

router = APIRouter(prefix="/drafts", tags=["drafts"])
CREATED = 201
MAX_CHARS = 1_000_000
Moment = Annotated[datetime, Field(examples=["2026-11-02T02:15:00Z"])]
DraftId = Annotated[Text, Path(description="草稿编号 · Draft id", examples=["5f0c3a9d21be"])]
TestId = Annotated[Text, Path(description="回测编号 · Back-test id", examples=["a1b2c3d4e5f6"])]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Source = Annotated[
    str, StringConstraints(max_length=MAX_CHARS), Field(examples=["rubric: mine\nversion: 1\n…"])
]
_BY = Field("", description="谁;登录后以登录者为准 · Who; whoever is signed in wins", examples=["王经理"])


class DraftLine(BaseModel):
    """A draft without its text. `revision` is needed to save on top of it."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["5f0c3a9d21be"])
    rubric: str = Field(examples=["telesales-standard"])
    title: str = Field(examples=["电销通用质检表"])
    revision: int = Field(examples=[12])
    state: str = Field(description="open, released, discarded", examples=["open"])
    base_version: int | None = Field(examples=[3])
    created_by: str = Field(examples=["王经理"])
    created_at: Moment
    changed_by: str = Field(examples=["李质检"])
    changed_at: Moment


class DraftBody(DraftLine):
    """A draft with its text."""

    text: str = Field(examples=["rubric: telesales-standard\nversion: 3\n…"])


class NewDraft(BaseModel):
    """What a draft starts from: a text, else the form in force (`rubric` as its id), else the commented starting form."""

    model_config = ConfigDict(extra="forbid")

    rubric: Text = Field(description="质检表编号 · Rubric id", examples=["telesales-standard"])
    text: Source | None = Field(None, examples=["rubric: mine\nversion: 1\n…"])
    by: Name = _BY


class Saving(BaseModel):
    """New text on top of the revision that its writer had read."""

    model_config = ConfigDict(extra="forbid")

    text: Source
    revision: int = Field(ge=1, le=10**9, examples=[12])
    by: Name = _BY


class Releasing(BaseModel):
    """How to release. `in_force` is what was seen judging: a release's id, `file`, or empty for a new form."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(max_length=1_000)] = Field(examples=["放宽开场时间到 40 秒"])
    revision: int = Field(ge=1, le=10**9, examples=[12])
    in_force: Annotated[str, StringConstraints(max_length=20)] = Field(examples=["7"])
    from_day: date | None = Field(
        None, description="从这一天起;空为立即 · From this day; at once if empty", examples=["2026-12-01"]
    )
    scores_calls: bool = Field(True, description="给每通适用的通话评分 · Scores every call it applies to")
    by: Name = _BY


class ReleaseBody(BaseModel):
    """A release: which version judges from when on, by whom and why."""

    model_config = ConfigDict(from_attributes=True)

    id: int = Field(examples=[7])
    rubric: str = Field(examples=["telesales-standard"])
    version: int = Field(examples=[4])
    title: str = Field(examples=["电销通用质检表"])
    note: str = Field(examples=["放宽开场时间到 40 秒"])
    released_by: str = Field(examples=["王经理"])
    released_at: Moment
    starts_at: Moment
    scores_calls: bool = Field(examples=[True])
    repeats: int | None = Field(description="与这次发布相同 · Same form as this release", examples=[5])
    called_off_at: Moment | None = Field(examples=[None])
    sha256: str = Field(examples=["9f86d081884c7d65…"])


class BackTestWish(BaseModel):
    """Which stored calls a back-test looks at; every filter given must hold."""

    model_config = ConfigDict(extra="forbid")

    first_day: date | None = Field(None, examples=["2026-11-01"])
    last_day: date | None = Field(None, examples=["2026-11-30"])
    agent: Text | None = Field(None, examples=["A001"])
    campaign: Text | None = Field(None, examples=["ins-2026"])
    by: Name = _BY


class BackTestBody(BaseModel):
    """A back-test: how far it is, and what it found (`callqa.backtest/1`)."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(examples=["a1b2c3d4e5f6"])
    draft_id: str = Field(examples=["5f0c3a9d21be"])
    revision: int = Field(examples=[12])
    state: str = Field(description="waiting, running, done, stopped, failed", examples=["running"])
    done: int = Field(examples=[400])
    total: int = Field(examples=[1280])
    error: str = Field(description="为什么失败 · Why it failed", examples=[""])
    asked_by: str = Field(examples=["王经理"])
    asked_at: Moment
    report: dict[str, Any] | None = Field(examples=[{"format": "callqa.backtest/1", "compared": 1280}])


@router.get("", summary="未发布的草稿 · List open drafts")
def list_drafts(opened: ReadDep) -> list[DraftLine]:
    """The newest change first."""
    return [DraftLine.model_validate(row) for row in drafts(opened)]


@router.post("", summary="新建草稿 · Start a draft", status_code=CREATED, responses=responses(404))
def create(services: ServicesDep, wanted: NewDraft) -> DraftBody:
    """A copy to work on; what is in force is not touched."""
    with writing(services.engine) as opened:
        row = start_draft(
            opened, wanted.rubric, _origin(opened, services.settings, wanted), by=_who(wanted.by)
        )
    return _body(row)


def _origin(opened: Session, settings: Settings, wanted: NewDraft) -> Origin:
    forms = forms_in(opened, settings)
    if wanted.text is not None:
        return Origin(wanted.text)
    if wanted.rubric not in forms.known:
        return Origin(new_form(wanted.rubric))
    release = forms.in_force(wanted.rubric)
    return Origin(forms.text(wanted.rubric), release.id if release else None)


@router.get("/{draft_id}", summary="一份草稿 · One draft", responses=responses(404))
def one(opened: ReadDep, draft_id: DraftId) -> DraftBody:
    """Its text and the revision to save on top of."""
    return _body(get_draft(opened, draft_id))


@router.put("/{draft_id}", summary="保存草稿 · Save a draft", responses=responses(404, 409))
def save(services: ServicesDep, draft_id: DraftId, wanted: Saving) -> DraftLine:
    """409 `draft_conflict` where somebody saved in between: nothing is overwritten."""
    with writing(services.engine) as opened:
        row = save_draft(opened, draft_id, wanted.text, revision=wanted.revision, by=_who(wanted.by))
    return DraftLine.model_validate(row)


@router.post(
    "/{draft_id}/release", summary="发布 · Release", status_code=CREATED, responses=responses(404, 409)
)
def release(services: ServicesDep, draft_id: DraftId, wanted: Releasing) -> ReleaseBody:
    """Puts the draft in force. 422 `not_releasable` names the first fault or failed example; 409 where the draft or what
    is in force changed meanwhile. Workers take it with their next call."""
    settings = services.settings
    wish = Wish(
        note=wanted.note,
        by=_who(wanted.by),
        in_force=wanted.in_force,
        revision=wanted.revision,
        starts_at=start_of(settings, wanted.from_day) if wanted.from_day else None,
        scores_calls=wanted.scores_calls,
    )
    with writing(services.engine) as opened:
        row = release_draft(opened, settings, draft_id, wish)
    return release_body(row)


@router.post(
    "/{draft_id}/backtests", summary="回测 · Back-test", status_code=202, responses=responses(404, 409)
)
def ask_test(services: ServicesDep, draft_id: DraftId, wish: BackTestWish) -> BackTestBody:
    """Compares the draft with what is in force on stored calls; a worker does it."""
    wanted = Wanted(
        first_day=wish.first_day, last_day=wish.last_day, agent_id=wish.agent, campaign=wish.campaign
    )
    with writing(services.engine) as opened:
        row = ask_backtest(opened, draft_id, wanted, by=_who(wish.by))
    return BackTestBody.model_validate(row)


@router.get(
    "/{draft_id}/backtests/{test_id}", summary="回测的进度和结果 · Back-test", responses=responses(404)
)
def one_test(opened: ReadDep, draft_id: DraftId, test_id: TestId) -> BackTestBody:
    """Progress, and the report when it is done; without the words of calls for who hears none."""
    body = BackTestBody.model_validate(get_backtest(opened, test_id, draft_id))
    access = current_access()
    if body.report and access is not None and not access.may(Right.CALLS):
        body.report = without_words(body.report)
    return body


@router.post("/{draft_id}/backtests/{test_id}/stop", summary="停止回测 · Stop", responses=responses(404))
def stop_test(
    services: ServicesDep,
    draft_id: DraftId,
    test_id: TestId,
) -> BackTestBody:
    """Stops it; what was compared so far is kept."""
    with writing(services.engine) as opened:
        row = stop_backtest(opened, test_id, draft_id)
    return BackTestBody.model_validate(row)


def without_words(report: Any) -> Any:
    """A report whose examples name their calls only."""
    if isinstance(report, dict):
        return {key: "" if key == "words" else without_words(part) for key, part in report.items()}
    return [without_words(part) for part in report] if isinstance(report, list) else report


def release_body(row: ReleaseRow) -> ReleaseBody:
    """A release as the API shows it."""
    return ReleaseBody.model_validate(row)


def _body(row: DraftRow) -> DraftBody:
    return DraftBody(**DraftLine.model_validate(row).model_dump(), text=row.source)


def _who(typed: str) -> str:
    return acting(typed) or "API"
