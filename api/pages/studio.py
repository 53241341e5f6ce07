"""The studio: drafts of forms, started, written, saved, undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from sqlmodel import Session
from starlette.datastructures import UploadFile

from api.deps import ReadDep, Services, ServicesDep
from api.pages.actor import actor_of, remember_actor
from api.pages.figures import local_time
from api.pages.languages import Language
from api.pages.rendering import render, words_of
from api.pages.targets import Fields
from api.pages.views.rubric_diff import text_diff
from api.routes.parameters import Text
from models.access.roles import Right, acting, current_access
from models.database import reading
from models.database import session as writing
from models.form_file import parse_form
from models.studio.draft import (
    DraftConflict,
    DraftRow,
    DraftState,
    Origin,
    drafts,
    get_draft,
    restore_revision,
    revision_text,
    revisions_of,
    save_draft,
    set_draft_state,
    start_draft,
)
from models.studio.forms import forms_in
from models.studio.publish import around, check_text
from models.studio.release import get_release
from qa_engine.errors import BadInput, CallQAError
from qa_engine.rubric.importing import draft_rubric
from qa_engine.rubric.importing.slugs import slug
from qa_engine.rubric.load import Surroundings, find_rubric, load_rubric
from qa_engine.rubric.problems import BadRubric
from qa_engine.rubric.scaffold import new_form

router = APIRouter(prefix="/studio", include_in_schema=False)
SEE_OTHER = 303
STANDARD = "telesales-standard"
NOBODY = "未署名"
EDITOR_PHRASES = {
    "Find": "查找", "Replace": "替换为", "next": "下一处", "previous": "上一处", "all": "全部", "match case": "区分大小写",
    "by word": "整词", "regexp": "正则", "replace": "替换", "replace all": "全部替换", "close": "关闭",
    "Go to line": "跳到行", "go": "跳转", "No diagnostics": "没有问题", "Diagnostics": "问题", "Completions": "补全",
    "Fold line": "折叠", "Unfold line": "展开", "folded code": "已折叠", "unfold": "展开", "Folded lines": "已折叠的行",
    "Unfolded lines": "已展开的行", "current match": "当前匹配", "on line": "在行",
    "replaced $ matches": "替换了 $ 处", "replaced match on line $": "替换了第 $ 行的一处",
}  # fmt: skip
DraftId = Annotated[Text, Path()]
Revision = Annotated[int, Path(ge=1, le=10**9)]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """What the head of every page of a draft shows."""

    row: DraftRow
    changed: str
    may_release: bool


def may_release() -> bool:
    """Whether the reader may put a form in force."""
    access = current_access()
    return access is None or access.may(Right.RELEASE)


def who(request: Request, fields: dict[str, str]) -> str:
    """Under which name something is kept: who is signed in, else the name typed or remembered."""
    return acting(fields.get("by_name", "").strip()[:60] or actor_of(request)) or NOBODY


def draft_page(services: Services, row: DraftRow) -> DraftPage:
    """The head of a draft's pages."""
    return DraftPage(row, local_time(row.changed_at, services.settings.zone), may_release())


@router.get("")
def studio(request: Request, services: ServicesDep, opened: ReadDep) -> HTMLResponse:
    """Open drafts, those that were released or thrown away, and a new one."""
    return _studio(request, services, opened)


def _studio(
    request: Request,
    services: Services,
    opened: Session,
    *,
    problem: CallQAError | None = None,
    filled: dict[str, str] | None = None,
) -> HTMLResponse:
    forms = forms_in(opened, services.settings)
    zone = services.settings.zone
    closed = [*drafts(opened, DraftState.RELEASED, limit=20), *drafts(opened, DraftState.DISCARDED, limit=20)]
    return render(
        request,
        "studio/list.html",
        nav="rubrics",
        status=problem.http_status if problem else 200,
        open_drafts=drafts(opened),
        closed=sorted(closed, key=lambda row: row.changed_at, reverse=True),
        known=forms.known,
        problem=problem,
        filled=filled or {},
        actor=actor_of(request),
        local=lambda moment: local_time(moment, zone),
    )


@router.post("/drafts")
def start(request: Request, services: ServicesDep, fields: Fields) -> Response:
    """A draft of a form in force, of an older release, or of the starting form. Raises `NotFound`."""
    source, name = fields.get("source", ""), fields.get("rubric", "").strip()
    try:
        with writing(services.engine) as opened:
            origin = _origin(opened, services, source, fields.get("release", ""))
            if not source:
                origin = Origin(new_form(name))
            elif name and name != source:
                origin = Origin(new_form(name, source=origin.text))
            row = start_draft(opened, name or source, origin, by=who(request, fields))
    except BadInput as error:
        with reading(services.engine) as opened:
            return _studio(request, services, opened, problem=error, filled=fields)
    return _to(row, request, fields)


def _origin(opened: Session, services: Services, source: str, release: str) -> Origin:
    if not source:
        return Origin("")
    forms = forms_in(opened, services.settings)
    if release == "file" and source in forms.known:
        return Origin(forms.file_text(source) if source in forms.files else forms.text(source))
    if release.isdecimal() and len(release) < 16:
        old = get_release(opened, int(release), source)
        return Origin(forms.load(int(release)).text, old.id, old.version)
    if release:
        raise BadInput(f"没有编号为 {release[:40]} 的发布", hint="请从版本列表里选择")
    if source not in forms.known:
        raise BadInput(f"没有质检表 {source[:80]}", hint="请从列表里选择")
    in_force = forms.in_force(source)
    try:
        version = forms.rubric(source).version
    except BadRubric:
        version = None  # a file with faults can be mended here
    return Origin(forms.text(source), in_force.id if in_force else None, version)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A spreadsheet that somebody handed in, with the fields beside it."""

    name: str
    data: bytes
    fields: dict[str, str]


async def uploaded(request: Request) -> Uploaded:
    """The file of a posted form."""
    async with request.form(max_fields=20, max_files=1) as form:
        file = form.get("file")
        fields = {key: value for key, value in form.items() if isinstance(value, str) and "\0" not in value}
        if not isinstance(file, UploadFile):
            return Uploaded("", b"", fields)
        return Uploaded((file.filename or "form")[:200], await file.read(), fields)


@router.post("/import")
def import_form(
    request: Request, services: ServicesDep, sent: Annotated[Uploaded, Depends(uploaded)]
) -> Response:
    """A draft made of a spreadsheet: the company's own form, with its questions as comments above each item."""
    settings = services.settings
    try:
        if not sent.data:
            raise BadInput("没有选择文件", hint="请选择 .xlsx 或 .csv 文件")
        found = parse_form(sent.data, file=sent.name)
        name = sent.fields.get("rubric", "").strip()
        stem = sent.name.rpartition(".")[0] or sent.name
        beside = around(settings)
        made = draft_rubric(
            found,
            rubric_id=name or slug(stem, fallback="my-form").replace("_", "-"),
            standard=load_rubric(find_rubric(STANDARD)),
            around=Surroundings(beside.phrases, beside.conditions),
        )
        with writing(services.engine) as opened:
            row = start_draft(opened, made.rubric, Origin(made.text), by=who(request, sent.fields))
    except CallQAError as error:
        if error.http_status >= 500:
            raise
        with reading(services.engine) as opened:
            return _studio(request, services, opened, problem=error, filled=sent.fields)
    return _to(row, request, sent.fields)


def _to(row: DraftRow, request: Request, fields: dict[str, str]) -> RedirectResponse:
    answer = RedirectResponse(f"/studio/drafts/{row.id}", SEE_OTHER)
    if fields.get("by_name") or actor_of(request):
        remember_actor(answer, who(request, fields))
    return answer


@router.get("/drafts/{draft_id}")
def edit(request: Request, services: ServicesDep, opened: ReadDep, draft_id: DraftId) -> HTMLResponse:
    """The editor. Raises `NotFound`."""
    row = get_draft(opened, draft_id)
    return _editor(request, services, row, text=row.source)


def _editor(
    request: Request,
    services: Services,
    row: DraftRow,
    *,
    text: str,
    checked: bool = False,
    theirs: str | None = None,
) -> HTMLResponse:
    report = check_text(services.settings, text) if checked else None
    clash = text_diff(theirs, text) if theirs is not None else ()
    return render(
        request,
        "studio/edit.html",
        status=409 if theirs is not None else 200,
        nav="rubrics",
        draft=draft_page(services, row),
        tab="edit",
        text=text,
        report=report,
        clash=clash,
        is_clash=theirs is not None,
        editor=_for_script(row),
        editor_phrases={} if words_of(request).language == Language.ENGLISH else _phrases(request),
        actor=actor_of(request),
    )


def _phrases(request: Request) -> dict[str, str]:
    """The editor's own words in the reader's script."""
    return {key: words_of(request).script(text) for key, text in EDITOR_PHRASES.items()}


def _for_script(row: DraftRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "revision": row.revision,
        "open": row.state == DraftState.OPEN,
        "rubric": row.rubric,
    }


@router.post("/drafts/{draft_id}")
def save(request: Request, services: ServicesDep, draft_id: DraftId, fields: Fields) -> Response:
    """Saves what the page without scripts sends and checks it. Where somebody else saved meanwhile both texts are shown,
    and nothing is written."""
    text, by = fields.get("text", ""), who(request, fields)
    revision = int(number) if (number := fields.get("revision", "")).isdecimal() and len(number) < 10 else 0
    try:
        with writing(services.engine) as opened:
            row = save_draft(opened, draft_id, text, revision=revision, by=by)
    except DraftConflict:
        with reading(services.engine) as opened:
            row = get_draft(opened, draft_id)
        return _editor(request, services, row, text=text, theirs=row.source)
    if fields.get("then") in {"try", "release", "diff", "backtest"}:
        return RedirectResponse(f"/studio/drafts/{draft_id}/{fields['then']}", SEE_OTHER)
    return _editor(request, services, row, text=row.source, checked=True)


@router.get("/drafts/{draft_id}/form.yaml")
def download(opened: ReadDep, draft_id: DraftId) -> PlainTextResponse:
    """The draft's text as a file."""
    row = get_draft(opened, draft_id)
    return yaml_file(row.source, f"{row.rubric}-draft.yaml")


def yaml_file(text: str, name: str) -> PlainTextResponse:
    """A form as a download."""
    return PlainTextResponse(
        text,
        media_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},  # headers are Latin-1
    )


@router.post("/drafts/{draft_id}/state")
def set_state(request: Request, services: ServicesDep, draft_id: DraftId, fields: Fields) -> RedirectResponse:
    """Throws a draft away, or opens it again."""
    to = DraftState.OPEN if fields.get("to") == "open" else DraftState.DISCARDED
    with writing(services.engine) as opened:
        set_draft_state(opened, draft_id, to, by=who(request, fields))
    return RedirectResponse(f"/studio/drafts/{draft_id}" if to is DraftState.OPEN else "/studio", SEE_OTHER)


@router.get("/drafts/{draft_id}/history")
def history(request: Request, services: ServicesDep, opened: ReadDep, draft_id: DraftId) -> HTMLResponse:
    """Every state kept, to look at and bring back."""
    row = get_draft(opened, draft_id)
    return render(
        request,
        "studio/history.html",
        nav="rubrics",
        draft=draft_page(services, row),
        tab="history",
        states=revisions_of(opened, draft_id),
        local=lambda moment: _local(services, moment),
    )


@router.get("/drafts/{draft_id}/history/{revision}")
def history_one(
    request: Request, services: ServicesDep, opened: ReadDep, draft_id: DraftId, revision: Revision
) -> HTMLResponse:
    """What an older state says otherwise than the draft does now."""
    row = get_draft(opened, draft_id)
    old = revision_text(opened, draft_id, revision)
    return render(
        request,
        "studio/state.html",
        nav="rubrics",
        draft=draft_page(services, row),
        tab="history",
        revision=revision,
        lines=text_diff(old, row.source),
        text=old,
    )


@router.post("/drafts/{draft_id}/history/{revision}")
def restore(
    request: Request, services: ServicesDep, draft_id: DraftId, revision: Revision, fields: Fields
) -> RedirectResponse:
    """Brings a state back; the one that stood is kept."""
    with writing(services.engine) as opened:
        row = get_draft(opened, draft_id)
        restore_revision(opened, draft_id, revision, revision=row.revision, by=who(request, fields))
    return RedirectResponse(f"/studio/drafts/{draft_id}", SEE_OTHER)


def _local(services: Services, moment: datetime) -> str:
    return local_time(moment, services.settings.zone)
