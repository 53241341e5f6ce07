"""Reviews item by item, who is on a call, and the queues."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BeforeValidator, Field
from sqlmodel import Session

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.pages.actor import actor_of, signed_actor
from api.review_desk import Desk, review_address, review_body
from api.routes.bodies.reviews import (
    ArriveBody,
    DecideBody,
    HereBody,
    NextBody,
    QueueBody,
    ReviewBody,
    SecondBody,
    StepBody,
    SubmitBody,
    WaitingBody,
)
from api.routes.parameters import Day, Text
from models.call_measure import Mood
from models.clock import today_of
from models.database import reading
from models.database import session as writing
from models.review import ReviewRow, find_review, get_evaluation, in_force
from models.review_claim import arrive, claim, claimed, leave, present, release, renew
from models.review_edit import Signed, ask_second, decide, reopen, submit, undo
from models.review_queue import backlog, take_next, waiting
from models.review_select import Queue, QueueFilter
from qa_engine.quality.review import Decision

router = APIRouter(tags=["reviews"], responses=responses(404, 409))
Evaluation = Annotated[
    int, Path(ge=1, le=2**63 - 1, description="评分的编号 · Number of the evaluation", examples=[17])
]
Round = Annotated[int, Query(ge=1, le=2, alias="round", description="1 复核,2 复议 · 1 review, 2 second")]
"""Appeals have a round of their own, which changes by their decisions alone."""
Score = Annotated[
    Annotated[float, Field(ge=0, le=100)] | None,
    BeforeValidator(lambda given: given or None),  # a form sends what is left empty
    Query(description="机评得分 · The machine's score"),
]
_EMPTY = BeforeValidator(lambda given: given or None)
MoodOrNone = Annotated[Mood | None, _EMPTY, Query(description="客户情绪 · The customer's mood")]
FromDay = Annotated[Day | None, _EMPTY, Query(alias="from", description="从这一天起 · From this day")]
ToDay = Annotated[Day | None, _EMPTY, Query(alias="to", description="到这一天止(含)· To this day")]
QueueName = Annotated[Queue, Path(description="队列 · Queue")]
BASE = "/evaluations/{evaluation_id}/review"


def reviewer(request: Request, services: ServicesDep, evaluation_id: Evaluation, round_: Round = 1) -> Desk:
    """Who changes which review. Raises `NoName`."""
    name = signed_actor(request)
    with reading(services.engine) as opened:
        return Desk(services, in_force(opened, evaluation_id), round_, name)


DeskDep = Annotated[Desk, Depends(reviewer)]


@router.get(BASE, summary="复核现状 · The review as it stands")
def review(request: Request, opened: ReadDep, evaluation_id: Evaluation, round_: Round = 1) -> ReviewBody:
    """Version 0 where nobody has begun."""
    return review_body(opened, in_force(opened, evaluation_id), round_=round_, name=actor_of(request))


@router.put(f"{BASE}/items/{{item_id}}", summary="判定一项 · Decide an item")
def put_item(
    desk: DeskDep,
    item_id: Annotated[Text, Path(description="质检项编号 · Item id", examples=["opening.identity"])],
    body: DecideBody,
) -> ReviewBody:
    """409 `review_conflict` where somebody else decided the item after `seen`: show theirs, and send again with its version
    to keep one's own."""
    decision = Decision(body.verdict, body.reason, body.note)
    return desk.change(
        lambda opened, row: decide(
            opened, row, item_id, decision, seen=body.seen, by=Signed(desk.name, body.token)
        )
    )


@router.post(f"{BASE}/undo", summary="撤销自己的上一步 · Undo one's last change")
def undo_last(desk: DeskDep, body: StepBody) -> ReviewBody:
    """Also after a reload: the log is kept here. 409 where nothing is left, or somebody decided the item since."""
    return desk.change(lambda opened, row: undo(opened, row, by=Signed(desk.name, body.token)))


@router.post(f"{BASE}/submit", summary="提交复核 · Submit the review")
def submit_review(desk: DeskDep, body: SubmitBody) -> ReviewBody:
    """Closes the review and ends the claim. 422 `review_incomplete` where a correction lacks its reason; 409 where others changed
    it after `seen`."""

    def close(opened: Session, row: ReviewRow) -> None:
        submit(opened, row, seen=body.seen, by=Signed(desk.name, body.token))
        release(opened, desk.evaluation_id, name=desk.name, round_=desk.round)

    return desk.change(close)


@router.post(f"{BASE}/reopen", summary="重新打开 · Open again")
def reopen_review(desk: DeskDep, body: StepBody) -> ReviewBody:
    """A submitted review becomes a draft again."""
    return desk.change(lambda opened, row: reopen(opened, row, by=Signed(desk.name, body.token)))


@router.post(f"{BASE}/second", summary="转复议 · Ask for a second review")
def second(desk: DeskDep, body: SecondBody) -> ReviewBody:
    """Somebody else finds the call in the queue `second` once this review is submitted."""
    return desk.change(
        lambda opened, row: ask_second(opened, row, why=body.why, by=Signed(desk.name, body.token))
    )


@router.post(f"{BASE}/here", summary="我在看 · A sign of life")
def here(desk: DeskDep, body: ArriveBody) -> HereBody:
    """Renews one's claim, or takes a call that is free; names who else is on the call and who has it in hand."""
    with writing(desk.services.engine) as opened:
        get_evaluation(opened, desk.evaluation_id)
        arrive(opened, desk.evaluation_id, name=desk.name)
        if body.claim:
            claim(opened, desk.evaluation_id, name=desk.name, round_=desk.round)
        else:
            renew(opened, desk.evaluation_id, name=desk.name)
        holder = claimed(opened, [desk.evaluation_id]).get((desk.evaluation_id, desk.round), "")
        row = find_review(opened, desk.evaluation_id, desk.round)
        others = [other for other in present(opened, desk.evaluation_id) if other != desk.name]
    return HereBody(
        others=others, version=row.version if row else 0, holder=holder if holder != desk.name else ""
    )


@router.delete(f"{BASE}/here", summary="我走了 · Leave", status_code=204)
def gone(desk: DeskDep) -> None:
    """The page was closed. The claim stays until it is released or its lease ends."""
    with writing(desk.services.engine) as opened:
        leave(opened, desk.evaluation_id, name=desk.name)


@router.delete(f"{BASE}/claim", summary="退回队列 · Release", status_code=204)
def give_back(desk: DeskDep) -> None:
    """The call is free for others; what was decided stays."""
    with writing(desk.services.engine) as opened:
        release(opened, desk.evaluation_id, name=desk.name, round_=desk.round)


def queue_filter(  # noqa: PLR0917 (query parameters)
    agent: Annotated[Text | None, Query(description="坐席 · Agent")] = None,
    team: Annotated[Text | None, Query(description="团队 · Team")] = None,
    campaign: Annotated[Text | None, Query(description="活动 · Campaign")] = None,
    rubric: Annotated[Text | None, Query(description="质检表 · Rubric")] = None,
    item: Annotated[Text | None, Query(description="不符合或待定的项 · Item failed or unknown")] = None,
    min_score: Score = None,
    max_score: Score = None,
    objection: Annotated[Text | None, Query(description="异议类型 · Objection type")] = None,
    mood: MoodOrNone = None,
    first_day: FromDay = None,
    last_day: ToDay = None,
) -> QueueFilter:
    """What a queue is narrowed to."""
    return QueueFilter(
        agent or None,
        team or None,
        campaign or None,
        rubric or None,
        item or None,
        min_score,
        max_score,
        objection or None,
        mood,
        first_day,
        last_day,
    )


Narrowed = Annotated[QueueFilter, Depends(queue_filter)]


@router.get("/reviews/{queue}", summary="复核队列 · A queue")
def queue_head(
    request: Request, services: ServicesDep, opened: ReadDep, queue: QueueName, wanted: Narrowed
) -> QueueBody:
    """The most pressing 100 calls: flagged (auto-fail, complaint, unknown), sampled (so many of each agent and week), second,
    appeals (one line an appeal, the first due first)."""
    name, today = actor_of(request), today_of(services.settings)
    found = backlog(opened, queue, wanted, name=name, today=today)
    lines = waiting(opened, queue, wanted, name=name, today=today)
    return QueueBody(
        n=found.n, oldest=found.oldest, calls=[WaitingBody.model_validate(line) for line in lines]
    )


@router.post("/reviews/{queue}/next", summary="领取下一通 · Claim the next call")
def claim_next(request: Request, services: ServicesDep, queue: QueueName, wanted: Narrowed) -> NextBody:
    """The first call that nobody has in hand; the one that this person had begun before all others."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        line = take_next(opened, queue, wanted, name=name, today=today_of(services.settings))
    if line is None:
        return NextBody(call=None, address=None)
    return NextBody(call=WaitingBody.model_validate(line), address=review_address(queue, line, wanted))
