"""The example library: clips of calls, their masked sound, and moments that may become clips."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Path, Query, Request
from pydantic import BeforeValidator
from sqlmodel import Session
from starlette.responses import Response

from api.access import NotAllowed
from api.deps import ReadDep, Services, ServicesDep
from api.errors import responses
from api.library_desk import ShownClip, shown_clips
from api.pages.actor import actor_of, signed_actor
from api.routes.audio import AUDIO
from api.routes.bodies.library import (
    CandidateBody,
    CandidatesBody,
    ClipBody,
    ClipsBody,
    ConsentBody,
    DismissBody,
    EditClipBody,
    HeardBody,
    LineBody,
    NewClipBody,
    PlayedBody,
    SharingBody,
    lines_of,
)
from api.routes.parameters import Page, Text
from api.routes.ranges import file_response
from models.access.roles import current_access
from models.call import get_call
from models.database import reading
from models.database import session as writing
from models.ingest import limits
from models.library.candidates import Candidate, dismiss, propose, take_back
from models.library.edit import (
    delete_clip,
    edit_clip,
    may_teach,
    restore_clip,
    save_clip,
    set_consent,
    share_clip,
    undo_edit,
)
from models.library.find import PAGE_SIZE, ClipFilter, Length, find_clips, get_clip
from models.library.progress import note_heard, person_of, share_heard
from models.library.rows import ClipRow, Consent, Polarity
from models.library.sound import ClipSilent, clip_file, try_clip_file
from qa_engine.library.sound import MEDIA_TYPE

router = APIRouter(tags=["library"], responses=responses(404))
ClipId = Annotated[int, Path(ge=1, le=2**63 - 1, description="案例编号 · Number of the clip", examples=[7])]
CHANGED = responses(409)
BY_AGENT = (Consent.GRANTED, Consent.REFUSED)


Unset = BeforeValidator(lambda given: given or None)  # a form sends what is left empty


def clip_filter(  # noqa: PLR0917 (query parameters)
    section: Annotated[Text | None, Unset, Query(description="环节 · Section of the form")] = None,
    item: Annotated[Text | None, Unset, Query(description="打分项 · Item")] = None,
    objection: Annotated[Text | None, Unset, Query(description="异议类型 · Objection type")] = None,
    polarity: Annotated[Polarity | None, Unset, Query(description="好例或反例 · Good or bad")] = None,
    campaign: Annotated[Text | None, Unset, Query(description="产品或活动 · Campaign")] = None,
    length: Annotated[Length | None, Unset, Query(description="时长 · Length")] = None,
    consent: Annotated[Consent | None, Unset, Query(description="授权 · Consent")] = None,
    deleted: Annotated[bool, Query(description="回收站 · The bin")] = False,
) -> ClipFilter:
    """Which clips are asked for."""
    return ClipFilter(section, item, objection, polarity, campaign, length, consent, deleted)


Wanted = Annotated[ClipFilter, Depends(clip_filter)]


def clip_body(shown: ShownClip) -> ClipBody:
    """A clip as JSON; what a quiz asks about is left out."""
    row, told = shown.row, not shown.is_hidden
    return ClipBody(
        id=row.id or 0,
        title=row.title if told else "",
        why=row.why if told else "",
        polarity=row.polarity if told else "",
        item_id=row.item_id,
        section=row.section,
        objection=row.objection if told else "",
        campaign=row.campaign,
        length_ms=row.length_ms,
        lines=lines_of(row),
        masked=row.masked,
        consent=Consent(row.consent),
        consent_by=row.consent_by,
        is_shared=row.is_shared,
        is_deleted=row.deleted_at is not None,
        has_recording=shown.has_recording,
        call_id=row.call_id if shown.can_open else None,
        start_ms=row.start_ms if shown.can_open else None,
        evaluation_id=row.evaluation_id if shown.can_open else None,
        name=row.name,
        created_at=row.created_at,
        version=row.version,
    )


def _one(opened: Session, row: ClipRow, request: Request) -> ClipBody:
    return clip_body(shown_clips(opened, [row], person=person_of(actor_of(request)))[0])


@router.get("/clips", summary="案例库 · Clips")
def clips(request: Request, opened: ReadDep, wanted: Wanted, page: Page = 1) -> ClipsBody:
    """The newest first. Who does not teach gets what is shared with the agent's consent, and what of their own calls they
    have been asked about."""
    found = find_clips(opened, wanted, page=page)
    shown = shown_clips(opened, found.clips, person=person_of(actor_of(request)))
    return ClipsBody(
        total=found.total,
        page=page,
        size=PAGE_SIZE,
        clips=[clip_body(one) for one in shown],
        facets={name: dict(values) for name, values in found.facets.items()},
    )


@router.post("/clips", summary="存为案例 · Keep a clip", status_code=201, responses=CHANGED)
def keep_clip(request: Request, services: ServicesDep, later: BackgroundTasks, body: NewClipBody) -> ClipBody:
    """Personal data is found by the words and their times. Only those who teach see it until it is shared."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = save_clip(opened, body.call_id, body.draft(), name=name)
        answer = _one(opened, row, request)
    make_sound_later(later, services, answer.id)
    return answer


def make_sound_later(later: BackgroundTasks, services: Services, clip_id: int) -> None:
    """The file is made after the answer, before anybody listens."""
    later.add_task(try_clip_file, services.engine, services.storage, clip_id, limits(services.settings))


@router.get("/clips/{clip_id}", summary="一个案例 · A clip")
def clip(request: Request, opened: ReadDep, clip_id: ClipId) -> ClipBody:
    """404 also where it is not shared with the asker."""
    return _one(opened, get_clip(opened, clip_id), request)


@router.put("/clips/{clip_id}", summary="修改 · Change a clip", responses=CHANGED)
def change_clip(
    request: Request, services: ServicesDep, later: BackgroundTasks, clip_id: ClipId, body: EditClipBody
) -> ClipBody:
    """409 `clip_changed` where somebody else changed it since `version`. Another stretch needs consent anew."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = get_clip(opened, clip_id)
        edit_clip(opened, row, body.draft(), version=body.version, name=name)
        answer = _one(opened, row, request)
    make_sound_later(later, services, clip_id)
    return answer


@router.delete("/clips/{clip_id}", summary="删除 · Delete a clip", status_code=204)
def remove_clip(request: Request, services: ServicesDep, clip_id: ClipId) -> None:
    """Into the bin; `restore` brings it back as it was."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        delete_clip(opened, get_clip(opened, clip_id), name=name)


@router.post("/clips/{clip_id}/restore", summary="恢复 · Restore a clip")
def bring_back(request: Request, services: ServicesDep, clip_id: ClipId) -> ClipBody:
    """Out of the bin."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = get_clip(opened, clip_id)
        restore_clip(opened, row, name=name)
        return _one(opened, row, request)


@router.post("/clips/{clip_id}/undo", summary="撤销修改 · Undo the last change", responses=CHANGED)
def undo(request: Request, services: ServicesDep, clip_id: ClipId) -> ClipBody:
    """What the clip says and holds is what it was before the last edit. 409 where there is none."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = get_clip(opened, clip_id)
        undo_edit(opened, row, name=name)
        return _one(opened, row, request)


@router.post("/clips/{clip_id}/consent", summary="授权 · Consent")
def consent(request: Request, services: ServicesDep, clip_id: ClipId, body: ConsentBody) -> ClipBody:
    """Given or refused by the agent who is heard, or written down by those who teach. Without it nobody else listens."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = get_clip(opened, clip_id)
        check_consent(row, body.consent)
        set_consent(opened, row, body.consent, name=name)
        return _one(opened, row, request)


def check_consent(row: ClipRow, wanted: Consent) -> None:
    """Raises `NotAllowed` for those whose voice it is not."""
    access = current_access()
    if may_teach() or (access and access.agent_id and access.agent_id == row.agent_id and wanted in BY_AGENT):
        return
    raise NotAllowed("只有录音里的坐席本人可以授权", hint="请培训师代为记录,或由本人登录后确认")


@router.post("/clips/{clip_id}/sharing", summary="共享 · Share a clip", responses=CHANGED)
def share(request: Request, services: ServicesDep, clip_id: ClipId, body: SharingBody) -> ClipBody:
    """409 `clip_not_consented` without the agent's consent."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = get_clip(opened, clip_id)
        share_clip(opened, row, shared=body.shared, name=name)
        return _one(opened, row, request)


@router.api_route(
    "/clips/{clip_id}/audio",
    methods=["GET"],
    summary="案例的声音 · A clip's sound",
    response_class=Response,
    responses=dict(AUDIO),
)
@router.api_route("/clips/{clip_id}/audio", methods=["HEAD"], include_in_schema=False)
def clip_audio(request: Request, services: ServicesDep, opened: ReadDep, clip_id: ClipId) -> Response:
    """The clip's own stretch with a tone where somebody is named, as WAV, with `Range`. 404 `clip_silent` where the recording
    was purged before the clip had its file."""
    return _file(request, services, opened, clip_id)


@router.get(
    "/clips/{clip_id}/export",
    summary="导出声音 · Export a clip's sound",
    response_class=Response,
    responses=dict(AUDIO),
)
def export_clip(request: Request, services: ServicesDep, opened: ReadDep, clip_id: ClipId) -> Response:
    """The same file to save; written down as an export."""
    answer = _file(request, services, opened, clip_id)
    answer.headers["Content-Disposition"] = f'attachment; filename="clip-{clip_id}.wav"'
    return answer


def _file(request: Request, services: Services, opened: Session, clip_id: int) -> Response:
    row = get_clip(opened, clip_id)
    if row.deleted_at is not None:
        raise ClipSilent("案例在回收站里", hint="恢复后就能播放")
    opened.close()  # a player holds its connection for minutes; the database must not wait for it
    key = clip_file(services.engine, services.storage, clip_id, limits(services.settings))
    etag = key.rpartition("/")[2].partition(".")[0]
    return file_response(
        request, services.storage, key, media_type=MEDIA_TYPE, etag=etag, filename=f"clip-{clip_id}.wav"
    )


@router.post("/clips/{clip_id}/heard", summary="听了多少 · What was heard")
def heard(request: Request, services: ServicesDep, clip_id: ClipId, body: PlayedBody) -> HeardBody:
    """Sent by players; the same seconds twice count once."""
    name = signed_actor(request)
    with reading(services.engine) as opened:
        row = get_clip(opened, clip_id)
    with writing(services.engine) as opened:
        done = note_heard(opened, row, body.stretches(), stopped_ms=body.stopped_ms, name=name)
        return HeardBody(share=share_heard(row, done), stopped_ms=done.stopped_ms)


@router.get("/clip-candidates", summary="候选片段 · Moments that may become clips")
def candidates(
    opened: ReadDep,
    subject: Annotated[
        Text, Query(description="质检项编号,或 objection:类型 · Item id or objection type")
    ] = "",
    page: Page = 1,
) -> CandidatesBody:
    """The best and the worst of each item and objection type in the latest 150 scored calls; no agent or wording twice."""
    found, subjects = propose_for(opened, subject, page)
    return CandidatesBody(subjects=subjects, candidates=[_candidate(one) for one in found])


def propose_for(opened: Session, subject: str, page: int) -> tuple[list[Candidate], int]:
    """More of one subject where one is named."""
    found, subjects = propose(opened, subject=subject, each=4 if subject else 1, page=page)
    return list(found), subjects


def _candidate(one: Candidate) -> CandidateBody:
    moment = one.moment
    return CandidateBody(
        call_id=moment.call_id,
        subject=moment.subject,
        polarity=Polarity.GOOD if moment.is_good else Polarity.BAD,
        sureness=round(moment.sureness, 3),
        start_ms=moment.start_ms,
        end_ms=moment.end_ms,
        rubric=moment.rubric,
        lines=[LineBody(role=line.role.value, at_ms=line.at_ms, text=line.text) for line in one.lines],
        reason=one.reason,
        day=one.day,
        campaign=one.campaign,
    )


@router.post("/clip-candidates/dismissals", summary="不要这个候选 · Dismiss a candidate", status_code=204)
def dismiss_candidate(request: Request, services: ServicesDep, body: DismissBody) -> None:
    """It is never proposed again, unless that is taken back."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        get_call(opened, body.call_id)
        if body.take_back:
            take_back(opened, body.call_id, body.subject)
        else:
            dismiss(opened, body.call_id, body.subject, name=name)
