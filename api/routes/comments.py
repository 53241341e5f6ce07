"""Comments on moments of a call, and mentions of people in them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.pages.actor import actor_of, signed_actor
from api.routes.bodies.comments import (
    CommentBody,
    CommentChangeBody,
    CommentsBody,
    EditBody,
    MentionBody,
    MentionsBody,
    ReadBody,
    ResolveBody,
    TokenBody,
    WriteBody,
)
from api.routes.parameters import CallId
from models.call import get_call
from models.call_comment import (
    CommentRow,
    comment_changes,
    comments_of,
    count_unread,
    get_comment,
    known_names,
    mentions_of,
    read_mentions,
)
from models.call_comment_edit import (
    Place,
    Words,
    edit_comment,
    resolve_comment,
    withdraw_comment,
    write_comment,
)
from models.database import session as writing
from models.review_edit import Signed
from qa_engine.errors import BadInput

router = APIRouter(tags=["comments"], responses=responses(404, 409))
CommentId = Annotated[int, Path(ge=1, le=2**63 - 1, description="批注编号 · Id of the comment", examples=[3])]
LAST_ID = 2**63 - 1


@router.get("/calls/{call_id}/comments", summary="一通电话的批注 · Comments of a call")
def comments(request: Request, opened: ReadDep, call_id: CallId) -> CommentsBody:
    """By time; agents get those that are meant for them."""
    call, name = get_call(opened, call_id), actor_of(request)
    return CommentsBody(
        comments=[comment_body(row, name) for row in comments_of(opened, call_id)],
        people=list(known_names(opened, call)),
    )


@router.post("/calls/{call_id}/comments", summary="写批注 · Write a comment", status_code=201)
def write(request: Request, services: ServicesDep, call_id: CallId, body: WriteBody) -> CommentBody:
    """Whoever is mentioned with @ finds it in their list. 422 `mention_unseen` where an agent is mentioned in an internal one."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = write_comment(
            opened,
            call_id,
            Place(body.start_s, body.end_s),
            Words(body.text, body.for_agent),
            by=Signed(name, body.token),
        )
    return comment_body(row, name)


@router.put("/comments/{comment_id}", summary="改自己的批注 · Edit one's own comment")
def edit(request: Request, services: ServicesDep, comment_id: CommentId, body: EditBody) -> CommentBody:
    """The words before stay in its log. 409 `comment_moved` where it changed after `seen`."""
    name = signed_actor(request)
    words = Words(body.text, body.for_agent)
    with writing(services.engine) as opened:
        row = edit_comment(opened, comment_id, words, seen=body.seen, by=Signed(name, body.token))
    return comment_body(row, name)


@router.post("/comments/{comment_id}/withdraw", summary="撤回自己的批注 · Withdraw one's own comment")
def withdraw(request: Request, services: ServicesDep, comment_id: CommentId, body: TokenBody) -> CommentBody:
    """It stays in its place, shown as withdrawn."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = withdraw_comment(opened, comment_id, by=Signed(name, body.token))
    return comment_body(row, name)


@router.post("/comments/{comment_id}/resolve", summary="标为已处理 · Resolve or reopen")
def resolve(request: Request, services: ServicesDep, comment_id: CommentId, body: ResolveBody) -> CommentBody:
    """By anybody who sees it."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        row = resolve_comment(opened, comment_id, resolved=body.resolved, by=Signed(name, body.token))
    return comment_body(row, name)


@router.get("/comments/{comment_id}/changes", summary="批注的修改记录 · Log of a comment")
def changes(request: Request, opened: ReadDep, comment_id: CommentId) -> list[CommentChangeBody]:
    """Every change with its words; of a withdrawn one for its author alone."""
    row = get_comment(opened, comment_id)
    lines = [CommentChangeBody.model_validate(line) for line in comment_changes(opened, comment_id)]
    if row.withdrawn_at is not None and row.name != actor_of(request):
        return [line.model_copy(update={"text": ""}) for line in lines]
    return lines


@router.get("/mentions", summary="提到我的批注 · Mentions of me")
def mentions(request: Request, opened: ReadDep) -> MentionsBody:
    """The newest 100."""
    name = actor_of(request)
    return MentionsBody(
        unread=count_unread(opened, name),
        mentions=[
            MentionBody(comment=comment_body(comment, name), is_read=mention.read_at is not None)
            for mention, comment, _ in mentions_of(opened, name)
        ],
    )


@router.post("/mentions/read", summary="标为已读 · Mark as read")
def read(request: Request, services: ServicesDep, body: ReadBody) -> MentionsBody:
    """Those of these comments, or all."""
    if any(not 0 < one <= LAST_ID for one in body.comments):
        raise BadInput("批注编号不对", hint="请刷新后再试")
    name = signed_actor(request)
    with writing(services.engine) as opened:
        read_mentions(opened, name, body.comments)
        return mentions(request, opened)


def comment_body(row: CommentRow, name: str) -> CommentBody:
    """A comment for who asks: of a withdrawn one, that it was."""
    body = CommentBody.model_validate({**row.model_dump(), "is_mine": bool(name) and row.name == name})
    return body.model_copy(update={"text": ""}) if row.withdrawn_at else body
