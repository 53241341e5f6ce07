"""A draft tried on a pasted conversation or a stored call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session, col, select

from api.deps import ReadDep, Services, ServicesDep
from api.pages.rendering import render, words_of
from api.pages.studio import DraftId, draft_page
from api.pages.targets import Fields
from api.pages.views.trial import Trial, trial
from api.routes.parameters import Text
from models.access.roles import Right, current_access
from models.access.sign_in import note
from models.call import CallRow, CallState, call_facts
from models.database import reading
from models.database import session as writing
from models.history import earlier_calls
from models.studio.draft import get_draft
from models.studio.forms import forms_in
from models.studio.publish import parsed
from models.transcript import get_transcript
from models.version import code_version
from qa_engine.calls import Call
from qa_engine.errors import BadInput, CallQAError, NotFound
from qa_engine.rubric.examples import SEPARATOR, example_call
from qa_engine.rubric.load import Rubric
from qa_engine.scoring.compile import Plan, compile_rubric

router = APIRouter(prefix="/studio/drafts", include_in_schema=False)
OFFERED = 12
MOST_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What to try: lines of a conversation, else a call by its id or the dialer's."""

    lines: str = ""
    call: str = ""


def may_hear_calls() -> bool:
    """Whether the reader may see stored calls: who only runs the system may not."""
    access = current_access()
    return access is None or access.may(Right.CALLS)


@router.get("/{draft_id}/try")
def try_page(
    request: Request, services: ServicesDep, opened: ReadDep, draft_id: DraftId, *, call: Text = ""
) -> HTMLResponse:
    """A place to paste a conversation, and calls to choose from. `call` is filled in, and judged on request."""
    return _page(request, services, opened, draft_id, Asked(call=call))


@router.post("/{draft_id}/try")
def run(request: Request, services: ServicesDep, draft_id: DraftId, fields: Fields) -> HTMLResponse:
    """Judges by the draft and by what is in force. Nothing is stored but that somebody read the call."""
    asked = Asked(fields.get("lines", "")[:MOST_CHARS], fields.get("call", "").strip()[:200])
    by_call = fields.get("by") == "call"
    asked = replace(asked, lines="") if by_call else replace(asked, call="")
    found: Trial | None = None
    problem: CallQAError | None = None
    with reading(services.engine) as opened:
        try:
            call, row_id = _call(opened, asked)
            found = _try(request, services, opened, draft_id, call, is_real=bool(row_id))
        except (BadInput, NotFound) as error:
            row_id, problem = "", error
        page = _page(request, services, opened, draft_id, asked, found=found, problem=problem)
    if row_id:
        with writing(services.engine) as opened:
            note(opened, current_access(), "read", f"/calls/{row_id}")
    return page


def _call(opened: Session, asked: Asked) -> tuple[Call, str]:
    """The conversation, and the stored call that it is."""
    if not asked.call:
        lines = [line.strip() for line in asked.lines.splitlines() if line.strip()]
        if not lines:
            raise BadInput("还没有对话", hint="每行一句,以 坐席: 或 客户: 开头")
        return example_call(SEPARATOR.join(lines)), ""
    if not may_hear_calls():
        raise NotFound("您的角色不看通话", hint="请粘贴一段对话来试")
    row = opened.exec(
        select(CallRow)
        .where((col(CallRow.id) == asked.call) | (col(CallRow.external_id) == asked.call))
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound(f"没有通话 {asked.call[:60]}", hint="用通话编号,或从列表里选一通")
    transcript, signals = get_transcript(opened, row.id)
    call = Call(transcript, call_facts(opened, row), signals)
    return replace(call, history=earlier_calls(opened, row)), row.id


def _try(
    request: Request, services: Services, opened: Session, draft_id: str, call: Call, *, is_real: bool
) -> Trial:
    settings = services.settings
    row = get_draft(opened, draft_id)
    forms = forms_in(opened, settings)
    new = _plan(services, parsed(settings, row.source))
    try:
        old = _plan(services, forms.rubric(row.rubric))
    except (BadInput, NotFound):
        old = None
    return trial(call, new, old, sentiment=settings.sentiment, words=words_of(request), is_real=is_real)


def _plan(services: Services, rubric: Rubric) -> Plan:
    return compile_rubric(rubric, zone=services.settings.zone, code_version=code_version())


def _page(
    request: Request,
    services: Services,
    opened: Session,
    draft_id: str,
    asked: Asked,
    *,
    found: Trial | None = None,
    problem: CallQAError | None = None,
) -> HTMLResponse:
    return render(
        request,
        "studio/try.html",
        status=problem.http_status if problem else 200,
        nav="rubrics",
        draft=draft_page(services, get_draft(opened, draft_id)),
        tab="try",
        asked=asked,
        found=found,
        problem=problem,
        offered=_offered(opened) if may_hear_calls() else (),
        may_hear=may_hear_calls(),
    )


def _offered(opened: Session) -> Sequence[CallRow]:
    return opened.exec(
        select(CallRow)
        .where(CallRow.state == CallState.DONE.value)
        .order_by(col(CallRow.day).desc(), col(CallRow.id))
        .limit(OFFERED)
    ).all()
