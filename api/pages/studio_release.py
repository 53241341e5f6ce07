"""From a draft to what is in force: the difference, the release, and the versions of a form."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from sqlmodel import Session

from api.deps import ReadDep, Services, ServicesDep
from api.pages.actor import actor_of, remember_actor
from api.pages.figures import local_time
from api.pages.rendering import render
from api.pages.studio import DraftId, draft_page, may_release, who, yaml_file
from api.pages.targets import Fields
from api.pages.views.rubric_diff import meaning, text_diff
from api.routes.parameters import Text
from models.clock import today_of
from models.database import reading
from models.database import session as writing
from models.studio.draft import get_draft
from models.studio.forms import Forms, forms_in, parse_release
from models.studio.moment import start_of
from models.studio.publish import (
    FILE,
    Wish,
    call_off,
    plan_release,
    planned,
    release_again,
    release_draft,
    scored_by_version,
)
from models.studio.release import get_release, releases_of
from qa_engine.errors import BadInput, CallQAError, Conflict, NotFound
from qa_engine.rubric.diff import diff_rubrics
from qa_engine.rubric.load import Rubric
from qa_engine.rubric.problems import BadRubric

router = APIRouter(include_in_schema=False)
SEE_OTHER = 303
RubricId = Annotated[Text, Path()]
ReleaseId = Annotated[Text, Path(pattern=r"^(file|[0-9]{1,15})$")]


@router.get("/studio/drafts/{draft_id}/diff")
def diff(request: Request, services: ServicesDep, opened: ReadDep, draft_id: DraftId) -> HTMLResponse:
    """What the draft changes against what is in force."""
    row = get_draft(opened, draft_id)
    plan = plan_release(opened, services.settings, row.source, row.rubric)
    return render(
        request,
        "studio/diff.html",
        nav="rubrics",
        draft=draft_page(services, row),
        tab="diff",
        plan=plan,
        meaning=meaning(plan.diff) if plan.diff else None,
        lines=text_diff(_text_in_force(opened, services, row.rubric), row.source) if plan.in_force else (),
    )


def _text_in_force(opened: Session, services: Services, rubric_id: str) -> str:
    return forms_in(opened, services.settings).text(rubric_id)


@router.get("/studio/drafts/{draft_id}/release")
def release_page(request: Request, services: ServicesDep, opened: ReadDep, draft_id: DraftId) -> HTMLResponse:
    """What would be released, what stands in the way, and the form to release it."""
    return _release_page(request, services, opened, draft_id)


def _release_page(
    request: Request,
    services: Services,
    opened: Session,
    draft_id: str,
    *,
    problem: CallQAError | None = None,
    filled: dict[str, str] | None = None,
) -> HTMLResponse:
    row = get_draft(opened, draft_id)
    forms = forms_in(opened, services.settings)
    plan = plan_release(opened, services.settings, row.source, row.rubric)
    return render(
        request,
        "studio/release.html",
        nav="rubrics",
        status=problem.http_status if problem else 200,
        draft=draft_page(services, row),
        tab="release",
        plan=plan,
        meaning=meaning(plan.diff) if plan.diff else None,
        failed=[example for example in plan.report.examples if not example.ok],
        planned=planned(opened, row.rubric),
        scores=forms.is_active(row.rubric) if plan.in_force else True,
        is_moved=row.base_version is not None
        and plan.before is not None
        and row.base_version != plan.before.version,
        problem=problem,
        filled=filled or {},
        today=today_of(services.settings),
        actor=actor_of(request),
        local=lambda moment: local_time(moment, services.settings.zone),
    )


@router.post("/studio/drafts/{draft_id}/release")
def release(request: Request, services: ServicesDep, draft_id: DraftId, fields: Fields) -> Response:
    """Puts the draft in force. What stands in the way is said on the page."""
    by = who(request, fields)
    try:
        revision = fields.get("revision", "")
        wish = Wish(
            note=fields.get("note", ""),
            by=by,
            in_force=fields.get("in_force", ""),
            revision=int(revision) if revision.isdecimal() and len(revision) < 10 else 0,
            starts_at=_starts_at(services, fields),
            scores_calls=fields.get("scores_calls") == "true",
        )
        with writing(services.engine) as opened:
            row = release_draft(opened, services.settings, draft_id, wish)
    except (BadInput, Conflict) as error:
        with reading(services.engine) as opened:
            return _release_page(request, services, opened, draft_id, problem=error, filled=fields)
    answer = RedirectResponse(f"/rubrics/{row.rubric}/versions?new={row.id}", SEE_OTHER)
    remember_actor(answer, by)
    return answer


def _starts_at(services: Services, fields: dict[str, str]) -> datetime | None:
    day = fields.get("from_day", "").strip()
    if fields.get("when") != "day" or not day:
        return None
    try:
        return start_of(services.settings, date.fromisoformat(day))
    except ValueError as error:
        raise BadInput(f"{day[:20]} 不是日期", hint="写成 2026-12-01") from error


@router.get("/rubrics/{rubric_id}/versions")
def versions(
    request: Request, services: ServicesDep, opened: ReadDep, rubric_id: RubricId, *, new: Text = ""
) -> HTMLResponse:
    """Every release, which one judges, who released it and why. Raises `NotFound`."""
    return _versions(request, services, opened, rubric_id, new=new)


def _versions(
    request: Request,
    services: Services,
    opened: Session,
    rubric_id: str,
    *,
    new: str = "",
    problem: CallQAError | None = None,
) -> HTMLResponse:
    forms = _known(opened, services, rubric_id)
    in_force = forms.in_force(rubric_id)
    return render(
        request,
        "studio/versions.html",
        nav="rubrics",
        status=problem.http_status if problem else 200,
        rubric_id=rubric_id,
        title=_title(forms, rubric_id),
        releases=releases_of(opened, rubric_id),
        in_force=str(in_force.id) if in_force else FILE,
        file=_file(forms, rubric_id),
        is_active=forms.is_active(rubric_id),
        planned=[row.id for row in planned(opened, rubric_id)],
        scored=scored_by_version(opened, rubric_id),
        new=new,
        problem=problem,
        may_release=may_release(),
        actor=actor_of(request),
        local=lambda moment: local_time(moment, services.settings.zone),
    )


def _known(opened: Session, services: Services, rubric_id: str) -> Forms:
    forms = forms_in(opened, services.settings)
    if rubric_id not in forms.known:
        raise NotFound(f"没有质检表 {rubric_id[:80]}", hint="可用的质检表:" + "、".join(forms.known))
    return forms


def _title(forms: Forms, rubric_id: str) -> str:
    try:
        return forms.rubric(rubric_id).title
    except CallQAError:
        return rubric_id


def _file(forms: Forms, rubric_id: str) -> Rubric | None:
    """What the form's file holds; None where there is none or it has faults."""
    try:
        return forms.file_rubric(rubric_id) if rubric_id in forms.files else None
    except CallQAError:
        return None


@router.get("/rubrics/{rubric_id}/releases/{release}/form.yaml")
def release_yaml(
    services: ServicesDep, opened: ReadDep, rubric_id: RubricId, release: ReleaseId
) -> PlainTextResponse:
    """A version's text as a file."""
    text, _ = _state(opened, services, rubric_id, release)
    return yaml_file(text, f"{rubric_id}-{release}.yaml")


@router.get("/rubrics/{rubric_id}/compare")
def compare(
    request: Request, services: ServicesDep, opened: ReadDep, rubric_id: RubricId, *, old: Text, new: Text
) -> HTMLResponse:
    """Two versions side by side. Raises `NotFound`."""
    before, first = _state(opened, services, rubric_id, old)
    after, second = _state(opened, services, rubric_id, new)
    return render(
        request,
        "studio/compare.html",
        nav="rubrics",
        rubric_id=rubric_id,
        old=first,
        new=second,
        meaning=meaning(diff_rubrics(first, second)),
        lines=text_diff(before, after),
    )


def _state(opened: Session, services: Services, rubric_id: str, release: str) -> tuple[str, Rubric]:
    forms = _known(opened, services, rubric_id)
    if release == FILE:
        if rubric_id not in forms.files:
            raise NotFound(f"{rubric_id} 没有文件", hint="它只发布在编辑器里")
        return forms.file_text(rubric_id), forms.file_rubric(rubric_id)
    if not release.isdecimal() or len(release) > 15:
        raise NotFound(f"没有编号为 {release[:40]} 的发布", hint="请从版本列表里选择")
    get_release(opened, int(release), rubric_id)
    form = forms.load(int(release))
    extra = (services.settings.phrases,) if services.settings.phrases else ()
    return form.text, parse_release(form, rubric_id, extra)


@router.post("/rubrics/{rubric_id}/releases/{release}/restore")
def restore(
    request: Request, services: ServicesDep, rubric_id: RubricId, release: ReleaseId, fields: Fields
) -> Response:
    """Puts an older version in force again."""
    wish = Wish(
        note=fields.get("note", ""), by=who(request, fields), in_force=fields.get("in_force", ""), revision=0
    )
    try:
        with writing(services.engine) as opened:
            row = release_again(opened, services.settings, rubric_id, release, wish)
    except (BadInput, Conflict, BadRubric) as error:
        with reading(services.engine) as opened:
            return _versions(request, services, opened, rubric_id, problem=error)
    return RedirectResponse(f"/rubrics/{rubric_id}/versions?new={row.id}", SEE_OTHER)


@router.post("/rubrics/{rubric_id}/releases/{release}/call-off")
def stop_planned(
    request: Request, services: ServicesDep, rubric_id: RubricId, release: ReleaseId, fields: Fields
) -> Response:
    """Calls off a release that has not started."""
    try:
        with writing(services.engine) as opened:
            call_off(opened, rubric_id, int(release) if release != FILE else 0, by=who(request, fields))
    except Conflict as error:
        with reading(services.engine) as opened:
            return _versions(request, services, opened, rubric_id, problem=error)
    return RedirectResponse(f"/rubrics/{rubric_id}/versions", SEE_OTHER)
